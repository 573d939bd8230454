"""Taking submissions off the queue so that each is processed exactly once, by whichever worker is alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from events.models import Submission
from exceptionless_site.core.clock import utc_now

LEASE = timedelta(minutes=2)
"""How long a worker may take for a batch before another repeats it."""


class LostClaim(Exception):  # noqa: N818 - an outcome, not a fault
    """The lease ran out and another worker has the submissions now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Submissions that belong to one worker until its lease ends."""

    worker: str
    submissions: Sequence[Submission]

    def finish(self) -> None:
        """Delete the rows; call it in the transaction that stores what came of them. Raises LostClaim."""
        keys = [submission.key for submission in self.submissions]
        deleted, _ = Submission.objects.filter(key__in=keys, claimed_by=self.worker).delete()
        if deleted != len(keys):
            raise LostClaim

    def single(self) -> list[Claim]:
        """The same submissions, one claim for each."""
        return [Claim(self.worker, [submission]) for submission in self.submissions]


def claim_submissions(worker: str, limit: int) -> Claim | None:
    """The oldest waiting submissions, at most `limit`; None when there are none.

    The lease is the row's own `available_utc`, moved into the future: a worker that dies simply lets it pass.
    """
    now = utc_now()
    with transaction.atomic():
        waiting = Submission.objects.filter(parked_utc__isnull=True, available_utc__lte=now)
        # SQLite has one writer at a time and needs no row locks; Django leaves the clause out there.
        locked = waiting.order_by("available_utc", "key").select_for_update(skip_locked=True)
        submissions = list(locked[:limit])
        if not submissions:
            return None
        keys = [submission.key for submission in submissions]
        Submission.objects.filter(key__in=keys).update(
            claimed_by=worker, available_utc=now + LEASE, attempts=F("attempts") + 1
        )
    for submission in submissions:
        submission.attempts += 1
    return Claim(worker, submissions)


def has_waiting() -> bool:
    """A cheap look, without taking the write lock."""
    return Submission.objects.filter(parked_utc__isnull=True, available_utc__lte=utc_now()).exists()
