"""Jobs about stacks and events."""

from __future__ import annotations

from datetime import timedelta

from events.services.stacks import reopen_snoozed_stacks
from exceptionless_site.jobs.registry import register


def register_jobs() -> None:
    register("reopen-snoozed-stacks", every=timedelta(seconds=30), run=reopen_snoozed_stacks)
