"""Jobs of the server itself."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from exceptionless_site.core.rates import remove_expired_counters
from exceptionless_site.jobs.registry import register


def register_jobs() -> None:
    register("remove-expired-rate-counters", every=timedelta(minutes=15), run=remove_expired_counters)
    register("clear-expired-sessions", every=timedelta(hours=6), run=SessionStore.clear_expired)
