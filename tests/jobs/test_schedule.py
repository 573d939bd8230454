"""Which jobs are due, and that a run goes to one scheduler only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exceptionless_site.core.models import ScheduledJob
from exceptionless_site.jobs.registry import Job
from exceptionless_site.jobs.schedule import claim, due_jobs, last_starts, record_end, time_left

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOURLY = Job("hourly", timedelta(hours=1), lambda: None)


@pytest.mark.parametrize(
    ("last", "left"),
    [
        (None, timedelta(0)),
        (NOW - timedelta(minutes=59), timedelta(minutes=1)),
        (NOW - timedelta(hours=1), timedelta(0)),
        (NOW - timedelta(hours=3), timedelta(hours=-2)),
    ],
)
def test_a_job_is_due_an_interval_after_its_last_start(last: datetime | None, left: timedelta) -> None:
    starts = {"hourly": last}
    assert time_left(HOURLY, starts, NOW) == left
    assert due_jobs([HOURLY], starts, NOW) == ([HOURLY] if left <= timedelta(0) else [])


def test_a_job_that_never_ran_is_due() -> None:
    assert due_jobs([HOURLY], {}, NOW) == [HOURLY]


@pytest.mark.django_db
def test_a_run_is_claimed_once_per_interval() -> None:
    assert claim(HOURLY, NOW)
    assert not claim(HOURLY, NOW)
    assert not claim(HOURLY, NOW + timedelta(minutes=59))
    assert claim(HOURLY, NOW + timedelta(hours=1))
    assert last_starts() == {"hourly": NOW + timedelta(hours=1)}


@pytest.mark.django_db
def test_of_two_schedulers_that_both_find_a_job_due_one_gets_it() -> None:
    ScheduledJob.objects.create(name="hourly", last_started_utc=NOW - timedelta(days=1))
    assert [claim(HOURLY, NOW), claim(HOURLY, NOW)] == [True, False]


@pytest.mark.django_db
def test_the_end_and_the_error_of_a_run_are_kept() -> None:
    claim(HOURLY, NOW)
    record_end(HOURLY, NOW + timedelta(seconds=3), "ValueError: no")
    row = ScheduledJob.objects.get()
    assert (row.last_started_utc, row.last_finished_utc) == (NOW, NOW + timedelta(seconds=3))
    assert row.last_error == "ValueError: no"
