"""Up to 1.0.0.850: entries of the extended data had other names."""

from __future__ import annotations

from events.ingest.parsers.upgraders.documents import LegacyDocuments, error_chain

_NEW_NAMES = {
    "ExtraExceptionProperties": "__ExceptionInfo",
    "ExceptionInfo": "__ExceptionInfo",
    "TraceInfo": "TraceLog",
}


def upgrade(payload: LegacyDocuments) -> None:
    """Rename them in each error and its inner errors; an entry that has its new name already stays."""
    for document in payload.documents:
        for error in error_chain(document):
            data = error.get("ExtendedData")
            if isinstance(data, dict):
                for old, new in _NEW_NAMES.items():
                    if old in data and new not in data:
                        data[new] = data.pop(old)
