"""What follows from calls of a web hook that fail: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_TO_GIVE_UP = 10
"""From so many failures in a row on, a call that fails is not made again."""
MEMORY = timedelta(days=3)
"""Failures count in a row only when they are not further apart."""
PAUSE = timedelta(minutes=15)
PATIENCE = timedelta(days=2)
"""A web hook that failed all that time is disabled."""
_FIRST_RETRY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Health:
    """How the calls of one web hook went lately."""

    failures: int = 0
    first_failure: datetime | None = None
    last_attempt: datetime | None = None

    def after_failure(self, now: datetime) -> Health:
        is_forgotten = self.last_attempt is None or self.last_attempt < now - MEMORY
        if is_forgotten or self.first_failure is None:
            return Health(1, now, now)
        return Health(self.failures + 1, self.first_failure, now)

    @property
    def gives_up(self) -> bool:
        return self.failures >= FAILURES_TO_GIVE_UP

    def is_hopeless(self, now: datetime) -> bool:
        return self.gives_up and self.first_failure is not None and self.first_failure < now - PATIENCE

    def paused_until(self, now: datetime) -> datetime | None:
        """When calls may be made again; None when they may be made now."""
        if self.failures <= FAILURES_TO_GIVE_UP or self.last_attempt is None:
            return None
        end = self.last_attempt + PAUSE
        return end if end > now else None


def retry_after(attempts: int) -> timedelta:
    """The pause before the next attempt, after that many."""
    return min(_FIRST_RETRY * (1 << min(attempts - 1, 10)), PAUSE)
