"""Dates as the wire writes them: ISO 8601, up to seven fraction digits, trailing zeros trimmed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,16}))?)?)?"
    r"\s*(Z|z|[+-]\d{2}:?\d{2})?"
)


class WireDate(NamedTuple):
    """An aware instant and the 100-nanosecond digit that Python's datetime cannot hold."""

    moment: datetime
    tick: int


def parse_wire_date(text: str) -> WireDate | None:
    """Read an ISO 8601 date or date-time; None when it is not one. No zone means UTC."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    digits = (fraction or "").ljust(7, "0")[:7]
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int(digits[:6]),
            tzinfo=_zone(zone),
        )
        # An offset may push the instant outside the years that can be converted.
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return WireDate(moment, int(digits[6]))


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    if minutes > 59:
        raise ValueError("offset minutes out of range")
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def format_utc(moment: datetime, tick: int = 0) -> str:
    """`2026-01-02T03:04:05.1234567Z`: the instant in UTC."""
    return _clock_text(moment.astimezone(UTC), tick) + "Z"


def format_offset(moment: datetime, tick: int = 0) -> str:
    """`2014-01-17T14:37:02.739-06:00`: the sender's own offset is kept, `+00:00` for UTC."""
    seconds = round((moment.utcoffset() or timedelta()).total_seconds())
    sign = "-" if seconds < 0 else "+"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{_clock_text(moment, tick)}{sign}{hours:02d}:{minutes:02d}"


def _clock_text(moment: datetime, tick: int) -> str:
    whole = f"{moment:%Y}".rjust(4, "0") + f"{moment:-%m-%dT%H:%M:%S}"
    fraction = f"{moment.microsecond:06d}{tick}".rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
