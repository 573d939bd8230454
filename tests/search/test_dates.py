"""The `time` and `offset` parameters, and date math in filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from events.search.calendar_units import add, end_of, floor
from events.search.date_math import parse_date, parse_zone
from events.search.dates import TimeRange, parse_offset, parse_time
from events.search.durations import parse_duration
from events.search.errors import FilterValueError, TimeRangeError

NOW = datetime(2014, 11, 6, 4, 32, 56, 78000, tzinfo=UTC)
ALL_TIME = TimeRange()


def utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("last 2 weeks", "2014-10-23T00:00:00", "2014-11-06T04:32:56.078"),
        ("past 3 months", "2014-08-06T00:00:00", "2014-11-06T04:32:56.078"),
        ("Last 90 Minutes", "2014-11-06T03:02:00", "2014-11-06T04:32:56.078"),
        ("this month", "2014-11-06T04:32:56.078", "2014-12-06T23:59:59.999"),
        ("TODAY", "2014-11-06T00:00:00", "2014-11-06T23:59:59.999"),
        (">now-7d", "2014-10-30T04:32:56.078", None),
        (">2012", "2012-12-31T23:59:59.999", None),
        (">= 2012", "2012-01-01T00:00:00", None),
        ("<2012", None, "2012-01-01T00:00:00"),
        ("<=yesterday", None, "2014-11-05T23:59:59.999"),
        ("2014-02-01T05:30:00-now", "2014-02-01T05:30:00", "2014-11-06T04:32:56.078"),
        ("2014-02-01-2014-03-01", "2014-02-01T00:00:00", "2014-03-01T23:59:59.999"),
        ("2014-02-01T05:30:20.5Z", "2014-02-01T05:30:20.5", "2014-02-01T05:30:20.999"),
        ("[2014-02-01||+1M/d to now]", "2014-03-01T00:00:00", "2014-11-06T04:32:56.078"),
        ("a week ago - now", "2014-10-30T00:00:00", "2014-11-06T04:32:56.078"),
        ("now - 2 hours from now", "2014-11-06T04:32:56.078", "2014-11-06T06:59:59.999"),
        ("last dec TO 11-02", "2013-12-01T00:00:00", "2014-11-02T23:59:59.999"),
        ("next january", "2015-01-01T00:00:00", "2015-01-31T23:59:59.999"),
        ("next november", "2015-11-01T00:00:00", "2015-11-30T23:59:59.999"),
        ("this november", "2014-11-01T00:00:00", "2014-11-30T23:59:59.999"),
        ("dec", "2014-12-01T00:00:00", "2014-12-31T23:59:59.999"),
        ("[now/w TO now]", "2014-11-02T00:00:00", "2014-11-06T04:32:56.078"),
        ("[now TO now-1d]", "2014-11-05T04:32:56.078", "2014-11-05T04:32:56.078"),
        ("[* TO *]", None, None),
    ],
)
def test_a_time_text_stands_for_a_range(text: str, start: str | None, end: str | None) -> None:
    assert parse_time(text, now=NOW) == TimeRange(utc(start), utc(end))


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "  ", "now", "now-7d", "all", "custom", "[2012-11-06]", "2012 TO", "2014-13-01", "[2012 TO 2013)"),
        *("last fortnight", "1 TO 2 TO 3", "x" * 500, "2014-02-30 TO now"),
    ],
)
def test_what_is_not_understood_is_all_time(text: str | None) -> None:
    assert parse_time(text, now=NOW) == ALL_TIME


@pytest.mark.parametrize("text", ["last 0 days", "last 99999 years", "next 999999999 weeks", "[now-9999y TO now]"])
def test_an_impossible_range_is_an_error_with_a_reason(text: str) -> None:
    with pytest.raises(TimeRangeError, match="time range"):
        parse_time(text, now=NOW)


def test_the_offset_makes_rounding_local_and_the_result_is_utc() -> None:
    offset = timedelta(hours=-5)
    found = parse_time("[now/d TO now]", now=NOW, offset=offset)
    assert found == TimeRange(utc("2014-11-05T05:00:00"), NOW)
    # The Z of a plain date is ignored.
    found = parse_time("2014-11-05T00:00:00Z", now=NOW, offset=offset)
    assert found.start == utc("2014-11-05T05:00:00")


def test_the_zone_of_a_date_counts_only_with_date_math() -> None:
    offset = timedelta(hours=-5)
    found = parse_time("[2014-11-05T12:00:00+02:00||+1h TO now]", now=NOW, offset=offset)
    assert found.start == utc("2014-11-05T11:00:00")
    found = parse_time("2014-11-05T23:30Z||/d TO now", now=NOW, offset=offset)
    assert found.start == utc("2014-11-05T05:00:00")
    assert parse_time("2014-13-05T23:30Z||/d TO now", now=NOW) == ALL_TIME


def test_a_field_in_front_counts_only_when_the_list_has_it() -> None:
    week = parse_time("last week", now=NOW)
    assert parse_time("first|last week", now=NOW, fields=("first", "last")) == week._replace(field="first")
    assert parse_time("date | last week", now=NOW) == week._replace(field="date")
    assert parse_time("DATE|last week", now=NOW) == week._replace(field="date")
    assert parse_time("other|last week", now=NOW) == week


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("-300m", timedelta(minutes=-300)),
        ("5h", timedelta(hours=5)),
        (" +2d ", timedelta(days=2)),
        ("3W", timedelta(weeks=3)),
        ("1500ms", timedelta(seconds=1.5)),
        ("7micros", timedelta(microseconds=7)),
        ("2000 nanos", timedelta(microseconds=2)),
        ("1M", timedelta(days=30)),
        ("1m", timedelta(minutes=1)),
        ("1y", timedelta(days=365)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration
    assert parse_offset(text) == duration


@pytest.mark.parametrize("text", [None, "", "5", "h", "5 fortnights", "1.5h", "five h", "999999999999w"])
def test_what_is_no_duration_is_no_offset(text: str | None) -> None:
    assert parse_offset(text) == timedelta()


@pytest.mark.parametrize(
    ("text", "down", "up"),
    [
        ("2014", "2014-01-01T00:00:00", "2014-12-31T23:59:59.999"),
        ("2014-02", "2014-02-01T00:00:00", "2014-02-28T23:59:59.999"),
        ("2014-12-09", "2014-12-09T00:00:00", "2014-12-09T23:59:59.999"),
        ("2014-12-09T17", "2014-12-09T17:00:00", "2014-12-09T17:59:59.999"),
        ("2014-12-09T17:28:44", "2014-12-09T17:28:44", "2014-12-09T17:28:44.999"),
        ("2014-12-09T17:28:44.9667274+01:00", "2014-12-09T16:28:44.966", "2014-12-09T16:28:44.966"),
        ("1609459200000", "2021-01-01T00:00:00", "2021-01-01T00:00:00"),
        ("now", "2014-11-06T04:32:56.078", "2014-11-06T04:32:56.078"),
        ("now-1d/d", "2014-11-05T00:00:00", "2014-11-05T23:59:59.999"),
        ("now+d-2H", "2014-11-07T02:32:56.078", "2014-11-07T02:32:56.078"),
        ("now/w", "2014-11-03T00:00:00", "2014-11-09T23:59:59.999"),
        ("2020-01-31||+1M/d", "2020-02-29T00:00:00", "2020-02-29T23:59:59.999"),
        ("2014-12-31||/y", "2014-01-01T00:00:00", "2014-12-31T23:59:59.999"),
    ],
)
def test_a_date_expression_rounds_down_or_up(text: str, down: str, up: str) -> None:
    assert parse_date(text, now=NOW) == utc(down)
    assert parse_date(text, now=NOW, round_up=True) == utc(up)


def test_a_date_without_zone_is_local_to_the_given_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse_date("2014-07-01", now=NOW, zone=berlin) == utc("2014-06-30T22:00:00")
    assert parse_date("now/d", now=NOW, zone=timezone(timedelta(hours=-5))) == utc("2014-11-05T05:00:00")
    assert parse_date("2014-07-01T00:00:00Z", now=NOW, zone=berlin) == utc("2014-07-01T00:00:00")


@pytest.mark.parametrize(
    "text", ["", "x", "2014-13-01", "now-1x", "now*", "||+1d", "10000-01-01", "now-9999y", "9" * 20]
)
def test_what_is_no_date_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(FilterValueError, match="is not a date"):
        parse_date(text, now=NOW)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("Z", 0), ("+01:00", 1), ("-0530", -5.5), ("+02", 2), ("-5:30", -5.5), ("-300m", -5), ("5h", 5)],
)
def test_a_zone_is_an_offset_or_a_duration(text: str, hours: float) -> None:
    assert parse_zone(text).utcoffset(NOW) == timedelta(hours=hours)


def test_a_zone_may_have_a_name() -> None:
    assert parse_zone("America/Chicago") == ZoneInfo("America/Chicago")


@pytest.mark.parametrize("text", ["", "Nowhere/Atall", "../../etc/passwd", "99h", "+99:00", "a\0b"])
def test_what_is_no_zone_is_an_error(text: str) -> None:
    with pytest.raises(FilterValueError, match="is not a time zone"):
        parse_zone(text)


def test_calendar_units_know_their_lengths() -> None:
    leap_day = datetime(2024, 2, 29, 13, 14, 15, 16)  # noqa: DTZ001
    assert floor(leap_day, "q") == datetime(2024, 1, 1)  # noqa: DTZ001
    assert end_of(leap_day, "q") == datetime(2024, 3, 31, 23, 59, 59, 999000)  # noqa: DTZ001
    assert add(leap_day, 1, "y") == datetime(2025, 2, 28, 13, 14, 15, 16)  # noqa: DTZ001
    assert add(leap_day, -4, "q").month == 2
    assert end_of(datetime(9999, 12, 31), "y") == datetime(9999, 12, 31, 23, 59, 59, 999000)  # noqa: DTZ001
    with pytest.raises(OverflowError):
        add(leap_day, -3000, "y")
