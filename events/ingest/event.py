"""An event on its way from the payload to the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exceptionless_site.core.dates import format_offset

ERROR = "error"
LOG = "log"
NOT_FOUND = "404"
USAGE = "usage"
SESSION = "session"
SESSION_END = "sessionend"
HEARTBEAT = "heartbeat"


@dataclass(slots=True)
class IncomingEvent:
    """One event as a parser read it; field names and rules are those of the wire.

    `date` is aware and keeps the sender's offset; `date_tick` is its seventh fraction digit.
    `data` keys are as sent, known keys such as `@error` in their canonical lower-case spelling.
    """

    type: str
    date: datetime
    date_tick: int = 0
    source: str | None = None
    message: str | None = None
    geo: str | None = None
    value: float | None = None
    count: int | None = None
    tags: list[str] = field(default_factory=list)
    reference_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    def set_date(self, moment: datetime, tick: int = 0) -> None:
        self.date = moment
        self.date_tick = tick

    def mapping(self, key: str) -> dict[str, Any] | None:
        """The data entry of that key when it is an object, else None."""
        value = self.data.get(key)
        return value if isinstance(value, dict) else None

    def to_document(self) -> dict[str, Any]:
        """The stored wire form: snake_case, nulls left out, without the ids, which are columns."""
        document: dict[str, Any] = {"type": self.type}
        if self.source is not None:
            document["source"] = self.source
        document["date"] = format_offset(self.date, self.date_tick)
        document["tags"] = self.tags
        for name in ("message", "geo", "value", "count"):
            value = getattr(self, name)
            if value is not None:
                document[name] = value
        document["data"] = self.data
        if self.reference_id is not None:
            document["reference_id"] = self.reference_id
        return document
