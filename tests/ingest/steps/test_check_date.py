"""Which dates are accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from events.ingest.steps import check_date
from tests.ingest.steps.contexts import RECEIVED_AT, make_context, make_project

TWO_HOURS_EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("age", "retention_days", "is_discarded"),
    [
        (timedelta(0), 0, False),
        (timedelta(days=3), 0, False),
        (timedelta(days=3, microseconds=1), 0, True),
        (timedelta(days=400), 0, True),
        (timedelta(days=1), 1, False),
        (timedelta(days=1, seconds=1), 1, True),
        (timedelta(days=2), 3, False),
        (timedelta(days=4), 180, True),
        (timedelta(days=2), -1, False),
    ],
)
def test_old_events_are_discarded(age: timedelta, retention_days: int, is_discarded: bool) -> None:
    context = make_context(date=RECEIVED_AT - age, project=make_project(retention_days=retention_days))
    check_date.run([context])
    assert (context.is_discarded, context.is_cancelled) == (is_discarded, is_discarded)
    assert context.event.date == RECEIVED_AT - age


def test_sample_data_may_be_of_any_age() -> None:
    context = make_context(date=datetime(1990, 1, 1, tzinfo=UTC), project=make_project(retention_days=1))
    check_date.run([context], maximum_age=None)
    assert context.is_live


@pytest.mark.parametrize("maximum_age", [timedelta(days=3), None])
def test_a_future_date_becomes_the_reception_in_the_senders_offset(maximum_age: timedelta | None) -> None:
    date = (RECEIVED_AT + timedelta(seconds=1)).astimezone(TWO_HOURS_EAST)
    context = make_context(date=date, date_tick=7)
    check_date.run([context], maximum_age=maximum_age)
    assert context.event.date == RECEIVED_AT
    assert context.event.date.utcoffset() == timedelta(hours=2)
    assert context.event.date_tick == 0


def test_the_offset_of_the_sender_does_not_change_the_age() -> None:
    context = make_context(date=(RECEIVED_AT - timedelta(days=3)).astimezone(TWO_HOURS_EAST), date_tick=3)
    check_date.run([context])
    assert context.is_live
    assert context.event.date_tick == 3


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_error(year: int) -> None:
    context = make_context(date=datetime(year, 6, 1, tzinfo=timezone(timedelta(hours=-12))))
    check_date.run([context])
    assert context.error is None
    assert context.is_discarded is (year == 1)
