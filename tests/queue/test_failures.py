"""What cannot be processed is tried again, then parked; its neighbours pass."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.sites import site
from django.db import DataError, OperationalError
from django.test import RequestFactory

from accounts.models import OrganizationUsage
from events.ingest import batches, pipeline, worker, writer
from events.ingest.context import EventContext
from events.ingest.parking import MAXIMUM_ATTEMPTS, pause_after
from events.ingest.parsers import iterate_events
from events.ingest.rows import event_row
from events.ingest.stacks import create_stacks
from events.ingest.steps.step import Step, each
from events.ingest.worker import Worker
from events.models import Event, Submission
from events.search.sql.storage import SearchableEvent
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast
from tests.queue.rows import queued, work

SECRET = "what the payload says"


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Exception]], None]:
    """Make the database refuse events whose message is `poison`."""

    def arm(kind: type[Exception]) -> None:
        def refuse(context: EventContext, *arguments: Any) -> SearchableEvent:
            if context.event.message == "poison":
                raise kind(f"{SECRET}\x00\ud800")
            return event_row(context, *arguments)

        monkeypatch.setattr(writer, "event_row", refuse)

    return arm


def messages() -> list[str]:
    return sorted(event.content["message"] for event in Event.objects.all())


def work_for(duration: timedelta) -> None:
    """Let time pass in steps from now on, working at each."""
    now = utc_now()
    for seconds in range(0, int(duration.total_seconds()) + 1, 60):
        with time_machine.travel(now + timedelta(seconds=seconds)):
            work()


def test_the_neighbours_of_a_failing_submission_pass_at_once(
    cast: Cast, poison: Callable[[type[Exception]], None]
) -> None:
    poison(DataError)
    queued(cast.project, {"message": "before"}, {"message": "poison"}, {"message": "after"})
    work()
    assert messages() == ["after", "before"]
    waiting = Submission.objects.get()
    assert (waiting.attempts, waiting.claimed_by, waiting.parked_utc) == (1, "", None)
    assert waiting.error.startswith("DataError: ")
    assert OrganizationUsage.objects.get().total == 2


def test_a_failing_submission_is_tried_with_growing_pauses_then_parked(
    cast: Cast, poison: Callable[[type[Exception]], None]
) -> None:
    poison(ValueError)
    queued(cast.project, {"message": "poison"})
    now, pauses = utc_now(), []
    for attempt in range(1, MAXIMUM_ATTEMPTS + 1):
        with time_machine.travel(now, tick=False):
            work()
            waiting = Submission.objects.get()
            assert waiting.attempts == attempt
            pauses.append((waiting.available_utc - now).total_seconds())
            now = waiting.available_utc
    assert pauses[:7] == [2, 4, 8, 16, 32, 64, 128]
    assert waiting.parked_utc is not None
    assert waiting.error == f"ValueError: {SECRET}\ufffd"
    with time_machine.travel(now + timedelta(days=1)):
        work()
    assert Submission.objects.get().attempts == MAXIMUM_ATTEMPTS


def test_pauses_double() -> None:
    assert [pause_after(attempts).total_seconds() for attempts in (1, 2, 7)] == [2, 4, 128]


def test_of_a_failing_post_only_the_event_that_is_refused_is_parked(
    cast: Cast, poison: Callable[[type[Exception]], None]
) -> None:
    poison(DataError)
    queued(cast.project, [{"message": "a"}, {"message": "poison", "reference_id": "order-1042"}, {"message": "b"}])
    work_for(timedelta(minutes=30))
    assert messages() == ["a", "b"]
    parked = Submission.objects.get()
    assert parked.parked_utc is not None
    assert parked.attempts == MAXIMUM_ATTEMPTS
    assert OrganizationUsage.objects.get().total == 2


def test_what_was_parked_can_be_tried_again(
    cast: Cast, poison: Callable[[type[Exception]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(DataError)
    queued(cast.project, {"message": "poison"})
    work_for(timedelta(minutes=10))
    assert Submission.objects.get().parked_utc is not None
    monkeypatch.setattr(writer, "event_row", event_row)
    action = site.get_model_admin(Submission)
    monkeypatch.setattr(action, "message_user", lambda *arguments, **options: None)
    action.retry(RequestFactory().post("/"), Submission.objects.all())  # type: ignore[attr-defined]
    work()
    assert messages() == ["poison"]
    assert not Submission.objects.exists()


def test_a_step_that_raises_parks_that_event_only(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(context: EventContext) -> None:
        if context.event.message == "bad":
            raise KeyError(SECRET)

    steps = (*pipeline.steps(), Step((99,), "stumble", each(stumble)))
    monkeypatch.setattr(worker, "default_steps", lambda: steps)
    queued(cast.project, [{"message": "a"}, {"message": "bad", "data": {"k": 1}}, {"message": "b"}], {"message": "c"})
    work()
    assert messages() == ["a", "b", "c"]
    parked = Submission.objects.get()
    assert parked.parked_utc is not None
    assert parked.error == "test_failures: KeyError"
    document = json.loads(bytes(parked.payload))
    assert (document["message"], document["data"]["k"]) == ("bad", 1)
    assert OrganizationUsage.objects.get().total == 3
    monkeypatch.undo()
    Submission.objects.update(parked_utc=None)
    work()
    assert messages() == ["a", "b", "bad", "c"]


def test_a_parser_that_raises_fails_its_submission_only(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(text: str, **options: Any) -> Any:
        if "bad" in text:
            raise RuntimeError(SECRET)
        return iterate_events(text, **options)

    monkeypatch.setattr(batches, "iterate_events", stumble)
    queued(cast.project, {"message": "a"}, {"message": "bad"}, {"message": "b"})
    work()
    assert messages() == ["a", "b"]
    assert Submission.objects.get().error == f"RuntimeError: {SECRET}"


def test_the_log_says_where_it_failed_and_not_what_was_sent(
    cast: Cast, poison: Callable[[type[Exception]], None], caplog: pytest.LogCaptureFixture
) -> None:
    poison(DataError)
    queued(cast.project, {"message": "poison"})
    with caplog.at_level(logging.WARNING):
        work()
    assert "DataError" in caplog.text
    assert "writer.py" in caplog.text
    assert SECRET not in caplog.text


def test_trouble_with_the_database_never_parks_anything(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(groups: Sequence[Any]) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(writer, "create_stacks", full)
    queued(cast.project, {"message": "a"}, [{"message": "b"}, {"message": "c"}])
    work_for(timedelta(hours=1))
    assert list(Submission.objects.values_list("attempts", "parked_utc")) == [(0, None)] * 2
    monkeypatch.undo()
    with time_machine.travel(utc_now() + timedelta(hours=2)):
        work()
    assert messages() == ["a", "b", "c"]


def test_a_deadlock_is_tried_again_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def lose_once(groups: Sequence[Any]) -> None:
        calls.append(groups)
        if len(calls) == 1:
            raise OperationalError("deadlock detected")
        create_stacks(groups)

    monkeypatch.setattr(writer, "create_stacks", lose_once)
    queued(cast.project, {"message": "a"}, {"message": "b"})
    work()
    assert messages() == ["a", "b"]
    assert len(calls) == 2


def test_the_events_of_a_deleted_project_are_let_go(cast: Cast) -> None:
    queued(cast.project, {"message": "a"})
    queued(cast.foreign_project, {"message": "b"})
    type(cast.project).objects.filter(pk=cast.project.pk).update(is_deleted=True)
    work()
    assert messages() == ["b"]
    assert not Submission.objects.exists()


def test_no_exception_ends_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Worker] = []

    def fail_twice(self: Worker, stop: threading.Event) -> int:
        calls.append(self)
        if len(calls) < 3:
            raise MemoryError
        stop.set()
        return 0

    monkeypatch.setattr(Worker, "run_once", fail_twice)
    monkeypatch.setattr(worker, "_AFTER_FAILURE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    Worker("tough").run_until(threading.Event())
    assert len(calls) == 3
