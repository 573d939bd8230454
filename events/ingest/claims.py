"""Taking submissions off the queue so that each is processed exactly once, by whichever worker is alive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Length

from events.ingest.parking import MAXIMUM_ATTEMPTS
from events.models import Submission
from exceptionless_site.core.clock import utc_now

LEASE = timedelta(minutes=1)
"""How long a worker may be silent before another repeats what it claimed."""
CLAIMED_ROWS = 300
CLAIMED_BYTES = 2_000_000
"""A claim ends with the row that exceeds this; payloads count as they were sent."""
_PROJECTS_PER_CLAIM = 20


class LostClaim(Exception):  # noqa: N818 - an outcome, not a fault
    """The lease ran out and another worker has the submissions now."""


@dataclass(slots=True)
class Claim:
    """Submissions that belong to one worker until its lease ends."""

    worker: str
    submissions: Sequence[Submission]
    _renewed: datetime = field(default_factory=utc_now)

    def finish(self) -> None:
        """Delete the rows; call it in the transaction that stores what came of them. Raises LostClaim."""
        keys = [submission.key for submission in self.submissions]
        deleted, _ = Submission.objects.filter(key__in=keys, claimed_by=self.worker).delete()
        if deleted != len(keys):
            raise LostClaim

    def single(self) -> list[Claim]:
        """The same submissions, one claim for each."""
        return [Claim(self.worker, [submission]) for submission in self.submissions]

    def release(self) -> None:
        """Let go of what is not finished, as if it had not been claimed."""
        keys = [submission.key for submission in self.submissions]
        Submission.objects.filter(key__in=keys, claimed_by=self.worker).update(
            claimed_by="", available_utc=F("received_utc"), attempts=F("attempts") - 1
        )

    def keep(self) -> None:
        """Renew the lease of what is not finished yet, when much of it has passed. To be called now and then."""
        now = utc_now()
        if now - self._renewed < LEASE / 4:
            return
        keys = [submission.key for submission in self.submissions]
        Submission.objects.filter(key__in=keys, claimed_by=self.worker).update(available_utc=now + LEASE)
        self._renewed = now


class _Row(NamedTuple):
    key: int
    project_id: str
    claimed_by: str
    attempts: int
    size: int


class Claimer:
    """Draws claims for one worker. All that waits is taken in the order of arrival, up to CLAIMED_ROWS.

    When more is waiting, each project has the same share of the claim, and the oldest of all fill it up: the
    flood of one project does not hold up the others. The projects take turns, so that each is served within
    (projects / 20) claims however many there are.
    """

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self._last_project = ""

    def claim(self, limit: int = CLAIMED_ROWS) -> Claim | None:
        """What to process next; None when nothing is waiting.

        The lease is the row's own `available_utc`, moved into the future: a worker that dies simply lets it pass.
        """
        now = utc_now()
        with transaction.atomic():
            keys = [row.key for row in self._choose(now, limit)]
            if not keys:
                return None
            Submission.objects.filter(key__in=keys).update(
                claimed_by=self.worker, available_utc=now + LEASE, attempts=F("attempts") + 1
            )
        rows = Submission.objects.filter(key__in=keys, claimed_by=self.worker).order_by("key")
        return Claim(self.worker, list(rows))

    def _choose(self, now: datetime, limit: int) -> list[_Row]:
        oldest = _read(_waiting(now), limit + 1)
        if oldest and oldest[0].claimed_by:
            return _suspect(oldest[0], now)
        rows = oldest if len(oldest) <= limit else self._share(now, limit, oldest)
        return list(_affordable((row for row in rows if not row.claimed_by), limit))

    def _share(self, now: datetime, limit: int, oldest: Iterable[_Row]) -> Iterator[_Row]:
        """The projects' rows in turn, then the oldest of all."""
        waiting = _waiting(now)
        projects = self._next_projects(waiting)
        share = max(limit // max(len(projects), 1), 1)
        queues = [_read(waiting.filter(project_id=project), share) for project in projects]
        fair = (row for turn in zip_longest(*queues) for row in turn if row is not None)
        return iter(dict.fromkeys(chain(fair, oldest)))

    def _next_projects(self, waiting: QuerySet[Submission]) -> list[str]:
        """Projects with waiting rows, from where the last claim left off."""
        projects: list[str] = []
        for start in (self._last_project, ""):
            after = start
            while len(projects) < _PROJECTS_PER_CLAIM:
                later = waiting.filter(project_id__gt=after).order_by("project_id")
                found = later.values_list("project_id", flat=True).first()
                if found is None or found in projects:
                    break
                projects.append(found)
                after = found
        self._last_project = projects[-1] if projects else ""
        return projects


def claim_submissions(worker: str, limit: int = CLAIMED_ROWS) -> Claim | None:
    """One claim, for a worker that takes no other."""
    return Claimer(worker).claim(limit)


def has_waiting() -> bool:
    """A cheap look, without taking the write lock."""
    return _waiting(utc_now()).exists()


def _waiting(now: datetime) -> QuerySet[Submission]:
    return Submission.objects.filter(parked_utc__isnull=True, available_utc__lte=now)


def _read(waiting: QuerySet[Submission], limit: int) -> list[_Row]:
    """The oldest rows, without their payloads, locked until the claim is written."""
    # SQLite has one writer at a time and needs no row locks; Django leaves the clause out there.
    locked = waiting.order_by("available_utc", "key").select_for_update(skip_locked=True)
    columns = locked.values_list("key", "project_id", "claimed_by", "attempts", Length("payload"))
    return [_Row(*values) for values in columns[:limit]]


def _affordable(rows: Iterable[_Row], limit: int) -> Iterator[_Row]:
    size = 0
    for count, row in enumerate(rows, 1):
        yield row
        size += row.size
        if count == limit or size > CLAIMED_BYTES:
            return


def _suspect(row: _Row, now: datetime) -> list[_Row]:
    """A row whose worker was never heard of again: alone, since it may be what ended it."""
    if row.attempts < MAXIMUM_ATTEMPTS:
        return [row]
    Submission.objects.filter(key=row.key).update(
        claimed_by="", parked_utc=now, error="Each worker that processed this died before it was done."
    )
    return []
