"""The last resort for a payload: each of its lines is the message of a log event."""

from __future__ import annotations

import re
from datetime import datetime

from events.ingest.event import LOG, IncomingEvent
from exceptionless_site.core.json import clean_text

_LINE_BREAKS = re.compile(r"[\r\n]+")


def parse_lines(text: str, now: datetime) -> list[IncomingEvent]:
    """One log event per line that is not blank, without surrounding blanks."""
    lines = (clean_text(line).strip() for line in _LINE_BREAKS.split(text))
    return [IncomingEvent(type=LOG, date=now, message=line) for line in lines if line]
