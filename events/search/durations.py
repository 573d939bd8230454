"""Durations as number and unit: `-300m`, `5h`, `2d`."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"\s*([+-]?\d{1,12})\s*([A-Za-z]+)\s*", re.ASCII)
_DAYS_IN_YEAR = 365.2425
_DAYS_IN_MONTH = 30.436875
_MICROSECONDS = {
    "nanos": 0.001,
    "micros": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}


def parse_duration(text: str) -> timedelta | None:
    """The duration, None when the text is none. Months and years are their average length, in whole days.

    `m` is minutes and `M` is months; the other units may be written in any case.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    amount, unit = int(match[1]), match[2] if match[2] in ("m", "M") else match[2].lower()
    try:
        if unit == "y":
            return timedelta(days=int(amount * _DAYS_IN_YEAR))
        if unit == "M":
            return timedelta(days=int(amount * _DAYS_IN_MONTH))
        return timedelta(microseconds=amount * _MICROSECONDS[unit])
    except (KeyError, OverflowError):
        return None
