"""The scheduler's loop."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import OperationalError

from exceptionless_site.core.models import RateCounter, ScheduledJob
from exceptionless_site.jobs import runner, schedule
from exceptionless_site.jobs.registry import Job, registered_jobs
from exceptionless_site.jobs.runner import Scheduler

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop would close the connection that the test's own transaction lives in."""
    monkeypatch.setattr(runner, "close_old_connections", lambda: None)


def jobs_that_note(names: list[str], notes: list[str]) -> list[Job]:
    return [Job(name, timedelta(minutes=1), lambda name=name: notes.append(name)) for name in names]  # type: ignore[misc]


@pytest.mark.django_db
def test_each_job_runs_once_per_interval() -> None:
    notes: list[str] = []
    scheduler = Scheduler(lambda: jobs_that_note(["a", "b"], notes))
    with time_machine.travel(NOW, tick=False) as clock:
        assert scheduler.run_due() == 2
        assert scheduler.run_due() == 0
        clock.shift(timedelta(seconds=61))
        assert scheduler.run_due() == 2
    assert notes == ["a", "b", "a", "b"]


@pytest.mark.django_db
def test_a_second_scheduler_leaves_alone_what_the_first_ran() -> None:
    notes: list[str] = []
    for scheduler in (Scheduler(lambda: jobs_that_note(["a"], notes)) for _ in range(2)):
        scheduler.run_due()
    assert notes == ["a"]


@pytest.mark.django_db
def test_a_failing_job_is_noted_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    notes: list[str] = []

    def fail() -> None:
        raise RuntimeError("disk full")

    failing = Job("failing", timedelta(minutes=1), fail)
    scheduler = Scheduler(lambda: [failing, *jobs_that_note(["after"], notes)])
    with caplog.at_level(logging.ERROR):
        assert scheduler.run_due() == 2
    assert notes == ["after"]
    assert ScheduledJob.objects.get(name="failing").last_error == "RuntimeError: disk full"
    assert "The job failing failed" in caplog.text


@pytest.mark.django_db
def test_a_success_clears_the_error() -> None:
    ScheduledJob.objects.create(name="a", last_error="RuntimeError: disk full")
    Scheduler(lambda: jobs_that_note(["a"], [])).run_due()
    assert ScheduledJob.objects.get(name="a").last_error == ""


@pytest.mark.django_db
def test_a_stop_is_heeded_between_two_jobs() -> None:
    notes: list[str] = []
    stop = threading.Event()
    stopping = Job("stopping", timedelta(minutes=1), stop.set)
    Scheduler(lambda: [stopping, *jobs_that_note(["late"], notes)]).run_until(stop)
    assert notes == []


@pytest.mark.django_db
def test_a_database_that_is_away_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    notes: list[str] = []
    stop = threading.Event()
    failures = iter([OperationalError("gone")])

    def last_starts() -> dict[str, datetime | None]:
        for error in failures:
            raise error
        return schedule.last_starts()

    monkeypatch.setattr(runner, "last_starts", last_starts)
    monkeypatch.setattr(runner, "_AFTER_FAILURE_SECONDS", 0.0)
    jobs = [*jobs_that_note(["a"], notes), Job("stop", timedelta(minutes=1), stop.set)]
    Scheduler(lambda: jobs).run_until(stop)
    assert notes == ["a"]
    assert "could not reach its database" in caplog.text


@pytest.mark.django_db
def test_the_servers_own_jobs_remove_what_has_expired() -> None:
    past, future = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    for name, moment in (("old", past), ("new", future)):
        RateCounter.objects.create(key=name, expires_utc=moment)
        Session.objects.create(session_key=name, session_data="", expire_date=moment)
    with time_machine.travel(NOW, tick=False):
        for job in registered_jobs():
            if job.name in ("remove-expired-rate-counters", "clear-expired-sessions"):
                job.run()
    assert [row.key for row in RateCounter.objects.all()] == ["new"]
    assert [row.session_key for row in Session.objects.all()] == ["new"]
