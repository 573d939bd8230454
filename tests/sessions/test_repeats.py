"""Batches that fail, are repeated, or meet those of another worker: each session has one start all the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import OrganizationUsage
from events.ingest import worker, writer
from events.ingest.claims import claim_submissions
from events.ingest.worker import Worker, process
from events.models import Event, Session, Stack, Submission
from events.sessions import changes, rows
from events.sessions.changes import SessionChanges
from events.sessions.closing import close_inactive_sessions
from tests.conftest import Cast
from tests.sessions.conftest import Documents, Enqueue
from tests.sessions.stories import SESSION_ID, Story, end_of, others, session_ids, starts, the_start


def fail_once(monkeypatch: pytest.MonkeyPatch, error: Exception, meanwhile: Callable[[], None] | None = None) -> None:
    """The first transaction fails at its end, after which something may happen before it is tried again."""
    write = writer.write_batch
    calls: list[None] = []

    def write_or_fail(**arguments: Any) -> None:
        if calls:
            return write(**arguments)
        calls.append(None)

        def fail(*_: Any) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(writer, "_count_usage", fail)
            patch.setattr(writer, "park_failed", fail)
            try:
                write(**arguments)
            finally:
                patch.undo()
                if meanwhile is not None:
                    meanwhile()

    monkeypatch.setattr(worker, "write_batch", write_or_fail)


def test_a_transaction_that_is_tried_again_stores_the_session_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch, IntegrityError())
    story.batch(story.named(0), story.named(30), story.jane(5))
    assert sorted(start.value or 0 for start in starts()) == [0, 30]
    assert len(others()) == 3
    assert OrganizationUsage.objects.get().total == 3


def test_a_batch_that_joined_may_begin_when_it_is_tried_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.batch(story.named(0))
    fail_once(monkeypatch, IntegrityError(), meanwhile=lambda: Event.objects.filter(type="session").delete() and None)
    story.batch(story.named(10), story.named(30))
    assert (the_start().date, the_start().value) == (story.at(10), 20)


def test_a_batch_that_began_joins_when_another_has_begun_meanwhile(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, planned = SessionChanges.plan, []

    def plan_and_be_overtaken(self: SessionChanges, now: datetime) -> None:
        plan(self, now)
        planned.append(self)
        if len(planned) == 1:
            # As another worker would, between this one's look and its transaction.
            story.batch(story.named(0, message="other"), story.jane(0, message="other"))

    monkeypatch.setattr(SessionChanges, "plan", plan_and_be_overtaken)
    story.batch(story.named(20, "sessionend"), story.named(10), story.jane(40))
    found = {(start.date, start.value, start.is_session_open) for start in starts()}
    assert found == {(story.at(0), 20, False), (story.at(0), 40, True)}
    assert session_ids() == {start.reference_id for start in starts()}
    assert len(others()) == 5


def test_a_worker_that_dies_in_its_transaction_leaves_nothing_behind(
    story: Story, enqueue: Enqueue, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    enqueue([story.named(0), story.named(20)])
    fail_once(monkeypatch, PowerCut())  # type: ignore[arg-type]
    with pytest.raises(PowerCut):
        work()
    assert not Event.objects.exists()
    assert not Session.objects.exists()
    Submission.objects.update(available_utc="2020-01-01T00:00:00Z")
    while Worker("another").run_once():
        pass
    assert the_start().value == 20
    assert len(others()) == 2


# --- Two workers at once ------------------------------------------------------------------------

postgresql_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time; there are no races to see"
)


@contextmanager
def held_up_before_deciding(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.5) -> Iterator[threading.Event]:
    """The first worker waits in its transaction, when it has locked what it decides on; the event tells when."""
    locked, read = threading.Event(), rows.read_starts

    def read_and_wait(groups: Any, *, lock: bool = False) -> Any:
        found = read(groups, lock=lock)
        if lock and not locked.is_set():
            locked.set()
            threading.Event().wait(seconds)
        return found

    monkeypatch.setattr(changes, "read_starts", read_and_wait)
    yield locked


def run_worker(name: str, failures: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            Worker(name).run_once()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def both(enqueue: Enqueue, monkeypatch: pytest.MonkeyPatch) -> Callable[[Documents, Documents], None]:
    """Two batches, each processed by a worker of its own; the second finds the first in its transaction."""

    def run(first: Documents, second: Documents) -> None:
        failures: list[BaseException] = []
        with held_up_before_deciding(monkeypatch) as locked:
            enqueue(first)
            one = run_worker("one", failures)
            assert locked.wait(10)
            enqueue(second)
            two = run_worker("two", failures)
            one.join(20)
            two.join(20)
        assert not failures
        assert not Submission.objects.exists()

    return run


@postgresql_only
@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def test_a_new_session_gets_one_start(self, story: Story, both: Callable[..., None]) -> None:
        both([story.named(0)], [story.named(30)])
        # Whichever came first.
        assert (the_start().date, the_start().value) in ((story.at(0), 30), (story.at(30), 0))
        assert len(others()) == 2
        assert Stack.objects.get(type="session").total_occurrences == 1

    def test_the_client_s_start_is_stored_by_one_of_them(self, story: Story, both: Callable[..., None]) -> None:
        both([story.named(10)], [story.named(0, "session", message="mine"), story.named(30)])
        assert (the_start().date, the_start().value) in ((story.at(0), 30), (story.at(10), 20))
        assert len(others()) == 2

    def test_a_user_gets_one_session(self, story: Story, both: Callable[..., None]) -> None:
        both([story.jane(0), story.jane(5)], [story.jane(30)])
        assert (the_start().date, the_start().value) in ((story.at(0), 30), (story.at(30), 0))
        assert session_ids() == {the_start().reference_id}
        assert len(others()) == 3

    @pytest.mark.parametrize(("first", "second"), [(50, 20), (20, 50)])
    def test_no_activity_of_a_stored_session_is_lost(
        self, story: Story, both: Callable[..., None], first: float, second: float
    ) -> None:
        story.batch(story.named(0))
        both([story.named(first)], [story.named(second)])
        assert the_start().value == 50

    def test_no_activity_of_a_user_s_session_is_lost(self, story: Story, both: Callable[..., None]) -> None:
        story.batch(story.jane(0))
        both([story.jane(10)], [story.jane(40)])
        assert the_start().value == 40

    @pytest.mark.parametrize("is_end_first", [True, False])
    def test_an_end_is_not_lost(self, story: Story, both: Callable[..., None], is_end_first: bool) -> None:
        story.batch(story.named(0))
        end, other = [story.named(50, "sessionend")], [story.named(20)]
        both(*((end, other) if is_end_first else (other, end)))
        assert (the_start().value, the_start().is_session_open) == (50, False)

    def test_after_an_end_a_user_s_events_make_a_new_session(self, story: Story, both: Callable[..., None]) -> None:
        story.batch(story.jane(0))
        both([story.jane(50, "sessionend")], [story.jane(60)])
        old, new = starts()
        assert (old.value, old.is_session_open) == (50, False)
        assert (new.date, new.is_session_open) == (story.at(60), True)
        assert others()[-1].session_id == new.reference_id != old.reference_id

    def test_many_sessions_in_opposite_orders_lock_no_one_out(self, story: Story, both: Callable[..., None]) -> None:
        names = [f"session-{number:04}" for number in range(20)]
        both(
            [story.named(number, session_id=name) for number, name in enumerate(names)],
            [story.named(100 - number, session_id=name) for number, name in enumerate(reversed(names))],
        )
        assert sorted(start.reference_id or "" for start in starts()) == names
        assert len(others()) == 40

    def test_four_workers_and_the_job_make_one_start_for_each_session(self, story: Story, enqueue: Enqueue) -> None:
        for number in range(120):
            name = f"session-{number % 10:04}"
            user = {"@user": {"identity": f"user-{number % 7}"}}
            enqueue([story.named(number, session_id=name), story.event(number, data=user)])
        failures: list[BaseException] = []

        def work_on() -> None:
            worker = Worker("one of four")
            try:
                while (claim := claim_submissions(worker.name, 5)) is not None:
                    process(claim)
                    close_inactive_sessions(story.at(200))
            except BaseException as failure:
                failures.append(failure)
            finally:
                connection.close()

        threads = [threading.Thread(target=work_on) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not failures
        assert not Submission.objects.exists()
        ids = [start.reference_id for start in starts()]
        assert len(ids) == len(set(ids)) == 17
        assert session_ids() == set(ids)
        for start in starts():
            dates = [event.date for event in others() if event.session_id == start.reference_id]
            last = start.date + timedelta(seconds=start.value or 0)
            assert last == max(*dates, start.date)

    def test_the_job_waits_for_a_worker_and_leaves_its_session_open(
        self, story: Story, enqueue: Enqueue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        story.batch(story.named(0))
        failures: list[BaseException] = []
        with held_up_before_deciding(monkeypatch) as locked:
            enqueue([story.named(3500)])
            thread = run_worker("one", failures)
            assert locked.wait(10)
            assert close_inactive_sessions(story.at(3600)) == 0
            thread.join(20)
        assert not failures
        assert (the_start().value, end_of(the_start())) == (3500, None)

    def test_the_job_may_run_twice_at_once(self, story: Story) -> None:
        story.batch(*(story.named(number, session_id=f"session-{number:04}") for number in range(30)))
        counts: list[int] = []

        def run() -> None:
            counts.append(close_inactive_sessions(story.at(3600)))
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sum(counts) == 30
        assert not Event.objects.filter(is_session_open=True).exists()

    def test_heartbeats_of_one_session_may_come_at_once(self, cast: Cast) -> None:
        statuses: list[int] = []

        def run() -> None:
            address = f"/api/v2/events/session/heartbeat?id={SESSION_ID}"
            statuses.extend(cast.client(cast.key).get(address).status_code for _ in range(5))
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert statuses == [200] * 20
