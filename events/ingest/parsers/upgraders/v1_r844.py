"""Up to 1.0.0.844: collections of a request could hold an entry without a name."""

from __future__ import annotations

from events.ingest.parsers.upgraders.documents import LegacyDocuments

_COLLECTIONS = ("Cookies", "Form", "QueryString")


def upgrade(payload: LegacyDocuments) -> None:
    """Take the nameless entries out."""
    for document in payload.documents:
        request = document.get("RequestInfo")
        if isinstance(request, dict):
            for name in _COLLECTIONS:
                collection = request.get(name)
                if isinstance(collection, dict):
                    collection.pop("", None)
