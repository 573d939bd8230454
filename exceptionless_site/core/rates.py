"""Counting in fixed, clock-aligned windows; exact across processes because the row is the counter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import RateCounter


@dataclass(frozen=True, slots=True)
class Window:
    """Counts of one kind of thing, such as `login-email`, over `length`."""

    kind: str
    length: timedelta

    def start(self) -> datetime:
        """Of the current window."""
        seconds = int(self.length.total_seconds())
        return datetime.fromtimestamp(int(utc_now().timestamp()) // seconds * seconds, UTC)

    def _key(self, subject: str) -> tuple[str, datetime]:
        start = self.start()
        # The subject may be an address of any length and of a person: only its hash is kept.
        digest = hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:32]
        return f"{self.kind}:{digest}:{int(start.timestamp())}", start + self.length

    def add(self, subject: str, amount: int = 1) -> int:
        """Count `amount` more for the subject in the current window; the new count."""
        key, expires = self._key(subject)
        if not RateCounter.objects.filter(key=key).update(count=F("count") + amount):
            row = RateCounter(key=key, count=0, expires_utc=expires)
            # Two first requests may race; the loser's insert is ignored and both then add.
            RateCounter.objects.bulk_create([row], ignore_conflicts=True)
            RateCounter.objects.filter(key=key).update(count=F("count") + amount)
        return self.current(subject)

    def add_all(self, amounts: Mapping[str, int]) -> dict[str, int]:
        """Count for many subjects in a few statements; their new counts."""
        keys = {subject: self._key(subject) for subject in amounts}
        rows = [RateCounter(key=key, count=0, expires_utc=expires) for key, expires in sorted(keys.values())]
        same_amounts: dict[int, list[str]] = {}
        for subject, amount in amounts.items():
            same_amounts.setdefault(amount, []).append(keys[subject][0])
        with transaction.atomic():
            RateCounter.objects.bulk_create(rows, ignore_conflicts=True)
            # Locked in one order, since two processes may count the same subjects in different amounts.
            locked = RateCounter.objects.filter(key__in=[row.key for row in rows]).order_by("key").select_for_update()
            list(locked.values_list("key"))
            for amount, same in same_amounts.items():
                RateCounter.objects.filter(key__in=same).update(count=F("count") + amount)
            return self.current_of(amounts)

    def current(self, subject: str) -> int:
        key, _ = self._key(subject)
        return RateCounter.objects.filter(key=key).values_list("count", flat=True).first() or 0

    def current_of(self, subjects: Iterable[str]) -> dict[str, int]:
        """The counts of several subjects in one statement; those without any are missing."""
        keys = {self._key(subject)[0]: subject for subject in subjects}
        rows = RateCounter.objects.filter(key__in=keys).values_list("key", "count")
        return {keys[key]: count for key, count in rows}

    def take_back(self, subject: str, amount: int = 1) -> None:
        key, _ = self._key(subject)
        RateCounter.objects.filter(key=key).update(count=Greatest(F("count") - amount, 0))

    def reset(self, subject: str) -> None:
        key, _ = self._key(subject)
        RateCounter.objects.filter(key=key).delete()


def remove_expired_counters() -> int:
    """Delete the counters of past windows; how many."""
    return RateCounter.objects.filter(expires_utc__lt=utc_now()).delete()[0]
