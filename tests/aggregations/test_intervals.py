"""Where the buckets of date histograms start: calendars, time zones, the hours that come twice or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.aggregations.intervals import Run, TimeBuckets, default_interval, time_buckets
from events.aggregations.parser import AggregationError, Interval, parse_interval

BERLIN, EASTERN = ZoneInfo("Europe/Berlin"), timezone(timedelta(minutes=-300))
HOUR = 3_600_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def starts(interval: str, zone: tzinfo, first: str, last: str) -> list[str]:
    found = time_buckets(parse_interval(interval), zone, at(first), at(last))
    return [datetime.fromtimestamp(start / 1000, UTC).strftime("%m-%d %H:%M") for start in found.starts]


@pytest.mark.parametrize(
    ("interval", "zone", "first", "last", "expected"),
    [
        ("1d", UTC, "2026-01-15T10:00", "2026-01-17T00:00", ["01-15 00:00", "01-16 00:00", "01-17 00:00"]),
        ("1d", EASTERN, "2026-01-15T04:59", "2026-01-15T05:00", ["01-14 05:00", "01-15 05:00"]),
        ("1w", UTC, "2026-01-15T10:00", "2026-01-19T00:00", ["01-12 00:00", "01-19 00:00"]),
        ("M", UTC, "2026-01-31T10:00", "2026-03-01T00:00", ["01-01 00:00", "02-01 00:00", "03-01 00:00"]),
        ("q", EASTERN, "2026-04-01T04:00", "2026-04-01T06:00", ["01-01 05:00", "04-01 05:00"]),
        ("y", UTC, "2025-12-31T23:59", "2026-01-01T00:00", ["01-01 00:00", "01-01 00:00"]),
        ("12h", UTC, "2026-01-15T10:00", "2026-01-15T12:00", ["01-15 00:00", "01-15 12:00"]),
        # Clocks go forward at 01:00 UTC on 29 March, and back at 01:00 UTC on 25 October.
        ("1d", BERLIN, "2026-03-28T23:00", "2026-03-30T00:00", ["03-28 23:00", "03-29 22:00"]),
        ("1d", BERLIN, "2026-10-24T22:30", "2026-10-26T00:00", ["10-24 22:00", "10-25 23:00"]),
        ("h", BERLIN, "2026-03-29T00:10", "2026-03-29T02:10", ["03-29 00:00", "03-29 01:00", "03-29 02:00"]),
        ("h", BERLIN, "2026-10-25T00:10", "2026-10-25T02:10", ["10-25 00:00", "10-25 01:00", "10-25 02:00"]),
        ("2h", BERLIN, "2026-10-25T00:10", "2026-10-25T03:10", ["10-25 00:00", "10-25 01:00", "10-25 03:00"]),
        ("M", BERLIN, "2026-03-15T00:00", "2026-04-15T00:00", ["02-28 23:00", "03-31 22:00"]),
    ],
)
def test_buckets_start_where_the_zone_says(
    interval: str, zone: tzinfo, first: str, last: str, expected: list[str]
) -> None:
    assert starts(interval, zone, first, last) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(minutes=5), timedelta(seconds=15)),
        (timedelta(hours=1), timedelta(seconds=30)),
        (timedelta(hours=24), timedelta(minutes=14)),
        (timedelta(days=7), timedelta(hours=2)),
        (timedelta(days=30), timedelta(hours=7)),
        (timedelta(days=90), timedelta(hours=22)),
        (timedelta(days=365), timedelta(days=4)),
    ],
)
def test_without_an_interval_there_are_about_a_hundred_buckets(length: timedelta, expected: timedelta) -> None:
    assert default_interval(0, length // timedelta(milliseconds=1)) == Interval(duration=expected)


def test_no_stretch_of_time_makes_days() -> None:
    assert default_interval(5, 5) == Interval(unit="d")


@pytest.mark.parametrize("zone", [UTC, BERLIN])
@pytest.mark.parametrize("interval", ["s", "1m", "h", "5ms"])
def test_too_many_buckets_are_refused_before_they_are_made(interval: str, zone: tzinfo) -> None:
    with pytest.raises(AggregationError, match="65536"):
        time_buckets(parse_interval(interval), zone, at("2000-01-01"), at("2026-01-01"))


instants = st.integers(at("2000-01-01"), at("2040-01-01"))


@given(
    interval=st.sampled_from(["d", "w", "M", "q", "y", "h", "90m", "7h", "36h", "100d", "99999999d"]),
    zone=st.sampled_from(
        [UTC, EASTERN, BERLIN, *map(ZoneInfo, ("America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"))]
    ),
    first=instants,
    length=st.integers(0, 200 * 24 * HOUR),
    instant=st.integers(0, 200 * 24 * HOUR),
)
def test_every_instant_lies_in_one_bucket_and_the_runs_say_the_same(
    interval: str, zone: tzinfo, first: int, length: int, instant: int
) -> None:
    buckets = time_buckets(parse_interval(interval), zone, first, first + length)
    assert all(before < after for before, after in pairwise(buckets.starts))
    assert buckets.starts[0] <= first
    assert buckets.starts[-1] <= first + length
    when = first + min(instant, length)
    number = buckets.number(when)
    assert buckets.starts[number] <= when
    assert number + 1 == len(buckets.starts) or when < buckets.starts[number + 1]
    assert number_by_runs(buckets, when) == number


def number_by_runs(buckets: TimeBuckets, instant: int) -> int:
    run = [run for run in buckets.runs() if run.start <= instant][-1]
    return run.number + (instant - run.start) // run.width


def test_equal_buckets_are_one_run() -> None:
    days = time_buckets(Interval(unit="d"), BERLIN, at("2026-03-01"), at("2026-04-10"))
    assert [run.width // HOUR for run in days.runs()][:3] == [24, 23, 24]
    assert time_buckets(Interval(unit="d"), UTC, at("2026-01-01"), at("2026-01-03")).runs() == [
        Run(0, at("2026-01-01"), 24 * HOUR)
    ]
