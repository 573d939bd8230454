"""The durable queue: an accepted request is one row, on disk before the caller reads 202."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, InterfaceError, OperationalError, close_old_connections, connection, transaction

from events.ingest.submission_rows import insert_submissions
from events.ingest.waking import bell
from events.models import Submission
from exceptionless_site.core.time_keys import arrival_key

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 20.0
_LARGEST_GROUP = 500


class QueueUnavailable(Exception):  # noqa: N818 - named for what the caller tells the client
    """The row was not stored, and will not be: the client keeps its events and sends them again."""


def enqueue(submission: Submission) -> None:
    """Store the row durably; returns when it is committed. Raises QueueUnavailable.

    Inside a transaction of the caller (as tests have) the row belongs to that transaction.
    """
    if connection.in_atomic_block:
        submission.save(force_insert=True)
        return
    _committer.submit(submission)


@dataclass(slots=True, eq=False)
class _Waiting:
    submission: Submission
    done: threading.Event = field(default_factory=threading.Event)
    is_taken: bool = False
    is_withdrawn: bool = False
    is_stored: bool = False


class GroupCommitter:
    """Requests that arrive together share one commit, because a commit costs a disk flush.

    One thread per process writes; it starts with the first request.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew; a forked child must not write what its parent's requests wait for."""
        self._waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, submission: Submission, patience: float = PATIENCE_SECONDS) -> None:
        """Store the row together with those of other callers. Raises QueueUnavailable.

        After `patience` seconds the row is withdrawn, unless it is being written: a row that is stored in the
        end must not be refused, since the client would send its events once more.
        """
        self._ensure_thread()
        waiting = _Waiting(submission)
        self._waiting.put(waiting)
        if not waiting.done.wait(patience):
            if self._withdraw(waiting):
                raise QueueUnavailable
            waiting.done.wait()
        if not waiting.is_stored:
            raise QueueUnavailable

    def _ensure_thread(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="submission-committer", daemon=True)
                self._thread.start()

    def _withdraw(self, waiting: _Waiting) -> bool:
        with self._lock:
            waiting.is_withdrawn = not waiting.is_taken
            return waiting.is_withdrawn

    def _take(self, waiting: _Waiting) -> bool:
        with self._lock:
            waiting.is_taken = not waiting.is_withdrawn
            return waiting.is_taken

    def _run(self) -> None:
        while True:
            group = [waiting for waiting in self._arrived() if self._take(waiting)]
            try:
                _commit(group)
            finally:
                for waiting in group:
                    waiting.done.set()

    def _arrived(self) -> list[_Waiting]:
        """At least one, and what else is there by then."""
        group = [self._waiting.get()]
        while len(group) < _LARGEST_GROUP:
            try:
                group.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return group


def _commit(group: Sequence[_Waiting]) -> None:
    if not group:
        return
    try:
        close_old_connections()
        _insert([waiting.submission for waiting in group])
    except (OperationalError, InterfaceError) as error:
        # The database is away or busy: asking it for each row alone would only keep the callers longer.
        logger.error("%d submissions could not be stored: %s", len(group), type(error).__name__)
    except Exception as error:
        logger.warning("A group of %d submissions could not be stored: %s", len(group), type(error).__name__)
        for waiting in group:
            waiting.is_stored = _insert_alone(waiting.submission)
    else:
        for waiting in group:
            waiting.is_stored = True
        bell.ring()


def _insert_alone(submission: Submission) -> bool:
    """Whether the row could be stored; one that is refused must not fail its neighbours."""
    try:
        try:
            _insert([submission])
        except IntegrityError:
            # Two processes may draw the same key in the same millisecond.
            submission.key = arrival_key(submission.received_utc)
            _insert([submission])
    except Exception as error:
        logger.error("A submission could not be stored: %s", type(error).__name__)
        return False
    return True


def _insert(submissions: Sequence[Submission]) -> None:
    with transaction.atomic():
        insert_submissions(submissions)


_committer = GroupCommitter()
os.register_at_fork(after_in_child=_committer.forget)
