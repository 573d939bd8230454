"""Date expressions in filters: ISO dates, milliseconds since 1970, and date math such as `now-1d/d`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from events.search.calendar_units import MONDAY, add, end_of, floor
from events.search.durations import parse_duration
from events.search.errors import FilterValueError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ZONE = r"Z|z|[+-]\d\d(?::?\d\d)?"
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?)?)?)?"
    rf"({_ZONE})?",
    re.ASCII,
)
_MILLISECONDS = re.compile(r"-?\d{1,15}", re.ASCII)
_OPERATION = re.compile(r"([+-])(\d{0,9})([yMwdhHms])|/([yMwdhHms])", re.ASCII)
_OPERATIONS = re.compile(r"(?:(?:[+-]\d{0,9}|/)[yMwdhHms])*", re.ASCII)
_OFFSET = re.compile(rf"{_ZONE}|[+-]\d:\d\d", re.ASCII)
_MISSING_UNITS = ("y", "M", "d", "h", "m", "s")


def parse_date(text: str, *, now: datetime, zone: tzinfo = UTC, round_up: bool = False) -> datetime:
    """The instant of a date expression, in UTC, to the millisecond.

    `zone` is where texts without zone, and `/d` and the like, are local. `round_up` makes parts that are not given,
    and rounded units, their last millisecond instead of their first. Raises FilterValueError.
    """
    try:
        return _to_milliseconds(_evaluate(text.strip(), now, zone, round_up).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise FilterValueError(f"{text} is not a date") from error


def _evaluate(text: str, now: datetime, zone: tzinfo, round_up: bool) -> datetime:
    if text.startswith("now"):
        return _apply(now.astimezone(zone), text[3:], zone, round_up)
    anchor, separator, operations = text.partition("||")
    if separator:
        return _apply(_parse_absolute(anchor, zone, round_up=False).astimezone(zone), operations, zone, round_up)
    return _parse_absolute(text, zone, round_up)


def _apply(moment: datetime, operations: str, zone: tzinfo, round_up: bool) -> datetime:
    local = apply_operations(moment.replace(tzinfo=None), operations, round_up=round_up, first_weekday=MONDAY)
    return local.replace(tzinfo=zone)


def apply_operations(local: datetime, operations: str, *, round_up: bool, first_weekday: int) -> datetime:
    """`-1d/d` and the like applied to a local date-time. Raises ValueError or OverflowError."""
    if not _OPERATIONS.fullmatch(operations):
        raise ValueError("not date math")
    for sign, amount, unit, rounding in _OPERATION.findall(operations):
        if rounding:
            rounded = end_of if round_up else floor
            local = rounded(local, _unit(rounding), first_weekday)
        else:
            local = add(local, int(f"{sign}{amount or 1}"), _unit(unit))
    return local


def _unit(letter: str) -> str:
    return "h" if letter == "H" else letter


def _parse_absolute(text: str, zone: tzinfo, round_up: bool) -> datetime:
    match = _ISO.fullmatch(text)
    if match is None:
        if _MILLISECONDS.fullmatch(text):
            return EPOCH + timedelta(milliseconds=int(text))
        raise ValueError("not a date")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    microsecond = int((fraction or "").ljust(6, "0")[:6])
    local = datetime(  # noqa: DTZ001 - the zone is put on below
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), microsecond
    )
    if round_up and fraction is None:
        given = sum(part is not None for part in (year, month, day, hour, minute, second))
        local = end_of(local, _MISSING_UNITS[given - 1])
    return local.replace(tzinfo=_fixed_offset(offset) if offset else zone)


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_epoch_milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970 of an aware date-time."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def parse_zone(text: str) -> tzinfo:
    """A time zone: `+01:00`, `Z`, a duration such as `-300m`, or a name such as `Europe/Berlin`.

    Raises FilterValueError.
    """
    text = text.strip()
    try:
        if _OFFSET.fullmatch(text):
            return _fixed_offset(text)
        duration = parse_duration(text)
        if duration is not None:
            return timezone(duration)
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError) as error:
        raise FilterValueError(f"{text} is not a time zone") from error


def _fixed_offset(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-distance if text[0] == "-" else distance)
