"""The last resort for a payload: each of its lines is the message of a log event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from events.ingest.event import LOG, IncomingEvent
from exceptionless_site.core.json import clean_text

_LINE_BREAKS = re.compile(r"[\r\n]+")


def iterate_lines(text: str, now: datetime) -> Iterator[IncomingEvent]:
    """One log event per line that is not blank, without surrounding blanks."""
    for line in _LINE_BREAKS.split(text):
        message = clean_text(line).strip()
        if message:
            yield IncomingEvent(type=LOG, date=now, message=message)
