"""Calendar arithmetic on local date-times without zone, with the units of date math: y q M w d h m s."""

from __future__ import annotations

from datetime import datetime, timedelta

MONDAY, SUNDAY = 0, 6
MILLISECOND = timedelta(milliseconds=1)

_FIXED = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_MONTHS = {"y": 12, "q": 3, "M": 1}


def floor(moment: datetime, unit: str, first_weekday: int = MONDAY) -> datetime:
    """The start of the unit in which the moment lies."""
    if unit == "s":
        return moment.replace(microsecond=0)
    if unit == "m":
        return moment.replace(second=0, microsecond=0)
    if unit == "h":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "d":
        return day
    if unit == "w":
        return day - timedelta(days=(day.weekday() - first_weekday) % 7)
    months = _MONTHS[unit]
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def end_of(moment: datetime, unit: str, first_weekday: int = MONDAY) -> datetime:
    """The last millisecond of the unit in which the moment lies."""
    start = floor(moment, unit, first_weekday)
    if unit in _FIXED:
        # Added to the last millisecond, not the other way round: the next unit may lie beyond the calendar.
        return start + (_FIXED[unit] - MILLISECOND)
    last_month = add(start, _MONTHS[unit] - 1, "M")
    return end_of(last_month.replace(day=days_in_month(last_month.year, last_month.month)), "d")


def add(moment: datetime, amount: int, unit: str) -> datetime:
    """The moment moved by whole units; a day that the month does not have becomes its last. Raises OverflowError."""
    if unit in _FIXED:
        return moment + _FIXED[unit] * amount
    months = moment.year * 12 + moment.month - 1 + amount * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError("date value out of range")
    return moment.replace(year=year, month=month, day=min(moment.day, days_in_month(year, month)))


def next_millisecond(moment: datetime) -> datetime:
    """What lies before it is all of the moment's millisecond; the end of the calendar stays itself."""
    try:
        return moment + MILLISECOND
    except OverflowError:
        return moment


def days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
