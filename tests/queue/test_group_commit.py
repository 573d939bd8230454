"""Requests that arrive together share a commit, and each gets the truth about its own row."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from events.ingest import queue
from events.ingest.queue import GroupCommitter, QueueUnavailable, enqueue
from events.models import Submission
from tests.conftest import Cast
from tests.queue.rows import at_once, draft

pytestmark = pytest.mark.usefixtures("real_database")

Insert = Callable[[Sequence[Submission]], None]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were written, with a little time for others to gather."""
    sizes: list[int] = []
    insert: Insert = queue._insert

    def slow(submissions: Sequence[Submission]) -> None:
        sizes.append(len(submissions))
        time.sleep(0.05)
        insert(submissions)

    monkeypatch.setattr(queue, "_insert", slow)
    return sizes


def test_fifty_requests_at_once_are_all_stored_in_few_commits(cast: Cast, commits: list[int]) -> None:
    rows = [draft(cast.project, {"message": str(number)}) for number in range(50)]
    assert at_once([partial(enqueue, row) for row in rows]) == [None] * 50
    assert Submission.objects.count() == 50
    assert sum(commits) == 50
    assert len(commits) <= 10


def test_a_refused_row_fails_alone(cast: Cast, commits: list[int]) -> None:
    rows = [draft(cast.project, {}) for _ in range(10)]
    rows[4].user_agent = None  # type: ignore[assignment]
    results = at_once([partial(enqueue, row) for row in rows])
    assert [type(result) for result in results] == [type(None)] * 4 + [QueueUnavailable] + [type(None)] * 5
    assert Submission.objects.count() == 9


def test_a_key_that_is_taken_is_drawn_again(cast: Cast) -> None:
    first, second = draft(cast.project, {}), draft(cast.project, {})
    second.key = first.key
    enqueue(first)
    enqueue(second)
    assert Submission.objects.count() == 2


def test_a_row_that_waits_too_long_is_withdrawn_and_never_stored(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    committer = GroupCommitter()
    is_free, insert = threading.Event(), queue._insert

    def hold(submissions: Sequence[Submission]) -> None:
        is_free.wait(10)
        insert(submissions)

    monkeypatch.setattr(queue, "_insert", hold)
    first, late = draft(cast.project, {}), draft(cast.project, {})

    def submit_late() -> None:
        time.sleep(0.2)
        try:
            committer.submit(late, patience=0.2)
        finally:
            is_free.set()

    results = at_once([partial(committer.submit, first), submit_late])
    committer.submit(draft(cast.project, {"message": "afterwards"}))
    assert [type(result) for result in results] == [type(None), QueueUnavailable]
    assert Submission.objects.filter(key=first.key).exists()
    assert not Submission.objects.filter(key=late.key).exists()
    assert Submission.objects.count() == 2


def test_a_row_that_is_being_written_is_waited_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the client would hear 503, send its events again, and have them twice."""
    insert = queue._insert

    def slow(submissions: Sequence[Submission]) -> None:
        time.sleep(0.5)
        insert(submissions)

    monkeypatch.setattr(queue, "_insert", slow)
    GroupCommitter().submit(draft(cast.project, {}), patience=0.1)
    assert Submission.objects.count() == 1


def test_a_database_that_is_away_is_asked_once_for_the_group(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def away(submissions: Sequence[Submission]) -> None:
        calls.append(len(submissions))
        time.sleep(0.05)
        raise OperationalError

    monkeypatch.setattr(queue, "_insert", away)
    results = at_once([partial(enqueue, draft(cast.project, {})) for _ in range(20)])
    assert {type(result) for result in results} == {QueueUnavailable}
    assert sum(calls) == 20
    assert len(calls) <= 5


def test_a_connection_lost_between_two_requests_costs_nothing(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    enqueue(draft(cast.project, {}))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    enqueue(draft(cast.project, {}))
    assert Submission.objects.count() == 2


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_does_not_write_what_its_parent_is_waiting_for(cast: Cast) -> None:
    committer: GroupCommitter = queue._committer
    os.register_at_fork(after_in_child=committer.forget)
    enqueue(draft(cast.project, {}))
    committer._waiting.put(queue._Waiting(draft(cast.project, {})))
    child = os.fork()
    if child == 0:
        is_new = committer._thread is None and committer._waiting.empty()
        os._exit(0 if is_new else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_inside_a_transaction_the_row_belongs_to_it(cast: Cast) -> None:
    with transaction.atomic():
        enqueue(draft(cast.project, {}))
        transaction.set_rollback(True)
    assert not Submission.objects.exists()
