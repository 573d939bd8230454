"""One end of a time range: a date, a month, `now-7d/d`, `5 days ago`."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from events.search.calendar_units import SUNDAY, add, end_of, floor
from events.search.date_math import apply_operations

RELATION = "last|past|previous|this|next"
UNIT_NAME = "minute|hour|day|week|month|year"
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH_NAME = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)

_FLAGS = re.IGNORECASE | re.ASCII
_EXPLICIT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?)?Z?", _FLAGS)
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)", _FLAGS)
_YEAR = re.compile(r"\d{4}", _FLAGS)
_MONTH = re.compile(rf"(?:({RELATION})\s+)?({MONTH_NAME})", _FLAGS)
_DISTANCE = re.compile(rf"(\d{{1,9}}|an?)\s+({UNIT_NAME})s?\s+(ago|from now)", _FLAGS)
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_UNITS_GIVEN = ("y", "M", "d", "h", "m", "s")


class Limit(Enum):
    """Which end of its unit a part stands for: its first or its last millisecond."""

    LOWER = "lower"
    UPPER = "upper"


class Part(NamedTuple):
    """A local moment; None is `*`, the open end."""

    moment: datetime | None


def parse_part(text: str, now: datetime, limit: Limit) -> Part | None:
    """One end of a range in local time, None when it is not understood. Raises OverflowError."""
    if text == "*":
        return Part(None)
    for parse in (_date_math, _named_day, _distance, _month, _explicit, _month_day, _year):
        try:
            found = parse(text, now, limit)
        except ValueError:
            # The 45th of December.
            return None
        if found is not None:
            return Part(found)
    return None


def is_explicit_date(text: str) -> bool:
    return _EXPLICIT.fullmatch(text) is not None


def short_unit(name: str) -> str:
    """`week` to `w`; only months need the capital."""
    return "M" if name.lower() == "month" else name[0].lower()


def month_number(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month[:3] == name[:3].lower())


def relative_month(relation: str, month: int, now: datetime) -> datetime:
    """The start of the last, this or next january, seen from now; this january may be the one to come."""
    year = now.year
    if relation == "next":
        year += 0 if month > now.month else 1
    elif relation == "this":
        year += 0 if month >= now.month else 1
    else:
        year -= 0 if month < now.month else 1
    return floor(add(now, (year - now.year) * 12 + month - now.month, "M"), "M")


def _limited(moment: datetime, unit: str, limit: Limit) -> datetime:
    return floor(moment, unit, SUNDAY) if limit is Limit.LOWER else end_of(moment, unit, SUNDAY)


def _date_math(text: str, now: datetime, limit: Limit) -> datetime | None:
    if text[:3].lower() == "now":
        anchor, operations = now, text[3:]
    else:
        written, bars, operations = text.partition("||")
        found = _explicit(written, now, Limit.LOWER) if bars else None
        if found is None:
            return None
        anchor = found
    return apply_operations(anchor, operations, round_up=limit is Limit.UPPER, first_weekday=SUNDAY)


def _named_day(text: str, now: datetime, limit: Limit) -> datetime | None:
    days = _DAYS.get(text.lower())
    return None if days is None else _limited(add(now, days, "d"), "d", limit)


def _distance(text: str, now: datetime, limit: Limit) -> datetime | None:
    """`5 days ago`, `an hour from now`."""
    match = _DISTANCE.fullmatch(text)
    if match is None:
        return None
    amount = int(match[1]) if match[1].isdigit() else 1
    unit = short_unit(match[2])
    moment = add(now, -amount if match[3].lower() == "ago" else amount, unit)
    return _limited(moment, unit if unit in "mhd" else "d", limit)


def _month(text: str, now: datetime, limit: Limit) -> datetime | None:
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    month = month_number(match[2])
    start = relative_month(match[1].lower(), month, now) if match[1] else _local(now.year, month, 1)
    return _limited(start, "M", limit)


def _explicit(text: str, now: datetime, limit: Limit) -> datetime | None:
    match = _EXPLICIT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction = match.groups()
    given = sum(part is not None for part in (year, month, day, hour, minute, second))
    moment = _local(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    if limit is Limit.UPPER:
        return end_of(moment, _UNITS_GIVEN[given - 1])
    return moment.replace(microsecond=int((fraction or "").ljust(6, "0")[:6]))


def _month_day(text: str, now: datetime, limit: Limit) -> datetime | None:
    match = _MONTH_DAY.fullmatch(text)
    return _limited(_local(now.year, int(match[1]), int(match[2])), "d", limit) if match else None


def _year(text: str, now: datetime, limit: Limit) -> datetime | None:
    return _limited(_local(int(text), 1, 1), "y", limit) if _YEAR.fullmatch(text) else None


def _local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local time has no zone here
