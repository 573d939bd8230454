"""The `time` and `offset` parameters of lists: people's ways to name a stretch of time.

Everything is worked out in local time, which is UTC moved by the offset, and turned back to UTC at the end.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from events.search.calendar_units import add, end_of, floor
from events.search.date_parts import (
    MONTH_NAME,
    RELATION,
    UNIT_NAME,
    Limit,
    is_explicit_date,
    month_number,
    parse_part,
    relative_month,
    short_unit,
)
from events.search.durations import parse_duration
from events.search.errors import TimeRangeError
from exceptionless_site.core.dates import parse_wire_date

MAX_LENGTH = 200
"""Longer texts are no time range; it also bounds the search for the hyphen between two parts."""

_AMOUNT = re.compile(rf"({RELATION})\s+(\d{{1,9}})\s+({UNIT_NAME})s?", re.IGNORECASE | re.ASCII)
_SINGLE = re.compile(rf"({RELATION})\s+({UNIT_NAME})", re.IGNORECASE)
_WORDS = ("today", "yesterday", "tomorrow")
_COMPARISON = re.compile(r"([<>]=?)\s*(.+)", re.DOTALL)
_BRACKETED = re.compile(r"([\[{]?)\s*(.+?)\s*([\]}]?)", re.DOTALL)
_TO = re.compile(r"\s+TO\s+", re.IGNORECASE)
_MONTH_RELATION = re.compile(rf"({RELATION})\s+({MONTH_NAME})", re.IGNORECASE)
_ZONED_ANCHOR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:?\d\d)(?=\|\|)", re.ASCII)
_WHOLE = re.compile(rf"\d\d-\d\d|{MONTH_NAME}|\d{{4}}", re.IGNORECASE | re.ASCII)


class TimeRange(NamedTuple):
    """Both ends are inclusive, aware and in UTC; None is open. `field` is the field the caller asked for, or None."""

    start: datetime | None = None
    end: datetime | None = None
    field: str | None = None


class _Local(NamedTuple):
    start: datetime | None
    end: datetime | None


def parse_offset(text: str | None) -> timedelta:
    """The distance of local time from UTC; zero when the text is no duration."""
    return (parse_duration(text) if text else None) or timedelta()


def parse_time(
    text: str | None,
    *,
    now: datetime,
    offset: timedelta = timedelta(),
    fields: tuple[str, ...] = ("date",),
) -> TimeRange:
    """The range a `time` parameter stands for; what is not understood is all time.

    `now` is aware. A name of `fields` may stand in front: `first|last week`; any other name there is ignored.
    Raises TimeRangeError for a range that is understood but impossible.
    """
    field, body = _split_field(text or "", fields)
    if len(body) > MAX_LENGTH:
        return TimeRange(field=field)
    try:
        local_now = now.astimezone(UTC).replace(tzinfo=None) + offset
        local = _parse_local(_ZONED_ANCHOR.sub(lambda match: _anchor(match[0], offset), body), local_now)
        if local is None:
            return TimeRange(field=field)
        return TimeRange(_to_utc(local.start, offset), _to_utc(local.end, offset), field)
    except OverflowError as error:
        raise TimeRangeError(f"The time range {body} is beyond the calendar") from error


def _split_field(text: str, fields: tuple[str, ...]) -> tuple[str | None, str]:
    # `2014-01-01||+1M/d` holds bars too, hence the look at the name.
    before, bar, rest = text.strip().partition("|")
    name = before.strip()
    if not bar or not name.isidentifier():
        return None, text.strip()
    return name.lower() if name.lower() in fields else None, rest.strip()


def _to_utc(local: datetime | None, offset: timedelta) -> datetime | None:
    return None if local is None else (local - offset).replace(tzinfo=UTC)


def _anchor(text: str, offset: timedelta) -> str:
    """The zone of a plain date is ignored, that of a date with date math, as in `2014-01-01T00:00Z||+1d`, counts."""
    read = parse_wire_date(text)
    if read is None:
        return text
    return (read.moment.astimezone(UTC).replace(tzinfo=None) + offset).isoformat()


def _parse_local(text: str, now: datetime) -> _Local | None:
    for parse in (_amount, _word, _comparison, _two_parts, _explicit, _month_relation, _whole, _single):
        found = parse(text, now)
        if found is not None:
            return found
    return None


def _amount(text: str, now: datetime) -> _Local | None:
    """`last 24 hours`, `next 5 weeks`."""
    match = _AMOUNT.fullmatch(text)
    return _from_now(match[1].lower(), int(match[2]), match[3], now) if match else None


def _single(text: str, now: datetime) -> _Local | None:
    """`last week`, `this hour`."""
    match = _SINGLE.fullmatch(text)
    return _from_now(match[1].lower(), 1, match[2], now) if match else None


def _from_now(relation: str, amount: int, unit_name: str, now: datetime) -> _Local:
    if amount == 0:
        raise TimeRangeError("A time range needs at least one unit of time")
    unit = short_unit(unit_name)
    rounding = unit if unit in "mhd" else "d"
    if relation in ("this", "next"):
        return _Local(now, end_of(add(now, amount, unit), rounding))
    return _Local(floor(add(now, -amount, unit), rounding), now)


def _word(text: str, now: datetime) -> _Local | None:
    return _unit_of_part(text, now) if text.lower() in _WORDS else None


def _explicit(text: str, now: datetime) -> _Local | None:
    return _unit_of_part(text, now) if is_explicit_date(text) else None


def _whole(text: str, now: datetime) -> _Local | None:
    """A day of this year, a month of this year, or a year."""
    return _unit_of_part(text, now) if _WHOLE.fullmatch(text) else None


def _unit_of_part(text: str, now: datetime) -> _Local | None:
    start, end = parse_part(text, now, Limit.LOWER), parse_part(text, now, Limit.UPPER)
    return None if start is None or end is None else _Local(start.moment, end.moment)


def _month_relation(text: str, now: datetime) -> _Local | None:
    """`last january`."""
    match = _MONTH_RELATION.fullmatch(text)
    if match is None:
        return None
    start = relative_month(match[1].lower(), month_number(match[2]), now)
    return _Local(start, end_of(start, "M"))


def _comparison(text: str, now: datetime) -> _Local | None:
    """`>now-7d`, `<=2014`."""
    match = _COMPARISON.fullmatch(text)
    if match is None:
        return None
    is_upper = match[1] in (">", "<=")
    part = parse_part(match[2].strip(), now, Limit.UPPER if is_upper else Limit.LOWER)
    if part is None:
        return None
    return _Local(part.moment, None) if match[1][0] == ">" else _Local(None, part.moment)


def _two_parts(text: str, now: datetime) -> _Local | None:
    """`jan-feb`, `[now-7d/d TO now/d]`; an exclusive end leaves its own unit out."""
    match = _BRACKETED.fullmatch(text)
    if match is None or bool(match[1]) != bool(match[3]):
        return None
    lower = Limit.UPPER if match[1] == "{" else Limit.LOWER
    upper = Limit.LOWER if match[3] == "}" else Limit.UPPER
    for left, right in _splits(match[2]):
        start = parse_part(left, now, lower)
        end = parse_part(right, now, upper) if start is not None else None
        if start is not None and end is not None:
            return _ordered(start.moment, end.moment)
    return None


def _splits(text: str) -> list[tuple[str, str]]:
    words = _TO.split(text)
    if len(words) == 2:
        return [(words[0], words[1])]
    if is_explicit_date(text):
        # `2012-11-06` is a day, not the year 2012 up to the sixth of November.
        return []
    hyphens = (index for index, character in enumerate(text) if character == "-")
    return [(text[:index].strip(), text[index + 1 :].strip()) for index in hyphens]


def _ordered(start: datetime | None, end: datetime | None) -> _Local:
    if start is not None and end is not None and start > end:
        return _Local(end, end)
    return _Local(start, end)
