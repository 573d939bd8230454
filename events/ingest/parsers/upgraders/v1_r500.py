"""Up to 1.0.0.500: the installation date of the client was written in other forms."""

from __future__ import annotations

from events.ingest.parsers.upgraders.documents import LegacyDocuments
from exceptionless_site.core.dates import format_offset, parse_wire_date


def upgrade(payload: LegacyDocuments) -> None:
    """Bring the installation date to the form of the wire, or take it out."""
    for document in payload.documents:
        info = document.get("ExceptionlessClientInfo")
        if isinstance(info, dict) and "InstallDate" in info:
            text = info.pop("InstallDate")
            date = parse_wire_date(text) if isinstance(text, str) else None
            if date is not None:
                info["InstallDate"] = format_offset(date.moment, date.tick)
