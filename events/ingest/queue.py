"""The durable queue: an accepted request is one row, on disk before the caller reads 202."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass, field

from django.db import close_old_connections, connection, transaction

from events.models import Submission

logger = logging.getLogger(__name__)

_LARGEST_GROUP = 500
_PATIENCE_SECONDS = 30


class QueueUnavailable(Exception):  # noqa: N818 - named for what the caller tells the client
    """The row could not be stored; the client keeps its events and tries again."""


def enqueue(submission: Submission) -> None:
    """Store the row durably; returns when it is committed. Raises QueueUnavailable.

    Inside a transaction of the caller (as tests have) the row belongs to that transaction.
    """
    if connection.in_atomic_block:
        submission.save(force_insert=True)
        return
    _committer.submit(submission)


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class GroupCommitter:
    """Requests that arrive together share one commit, because a commit costs a disk flush.

    One thread per process writes; it starts with the first request, so a forked process gets its own.
    """

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, submission: Submission) -> None:
        self._ensure_thread()
        waiting = _Waiting(submission)
        self._waiting.put(waiting)
        if not waiting.done.wait(_PATIENCE_SECONDS):
            raise QueueUnavailable("timed out")
        if waiting.error is not None:
            raise QueueUnavailable(type(waiting.error).__name__)

    def _ensure_thread(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._start_lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="submission-committer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            group = [self._waiting.get()]
            while len(group) < _LARGEST_GROUP:
                try:
                    group.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._commit(group)

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            close_old_connections()
            _insert([waiting.submission for waiting in group])
        except Exception as error:
            self._commit_each(group, error)
        for waiting in group:
            waiting.done.set()

    @staticmethod
    def _commit_each(group: list[_Waiting], error: Exception) -> None:
        """One refused row must not fail its neighbours, so each is tried alone."""
        logger.warning("A group of %d submissions could not be stored: %s", len(group), type(error).__name__)
        for waiting in group:
            try:
                close_old_connections()
                _insert([waiting.submission])
            except Exception as failure:
                waiting.error = failure
                logger.error("A submission could not be stored: %s", type(failure).__name__)


def _insert(submissions: list[Submission]) -> None:
    with transaction.atomic():
        Submission.objects.bulk_create(submissions)


_committer = GroupCommitter()
