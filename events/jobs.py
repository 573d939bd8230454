"""Jobs about stacks and events."""

from __future__ import annotations

from datetime import timedelta

from events.models.work_item import WorkItemKind
from events.notifications.daily_summary import send_daily_summaries
from events.notifications.dispatch import run_notifications
from events.notifications.overage import send_overage_notices
from events.services.purge import has_deleted
from events.services.source_maps import remove_unused_source_maps
from events.services.stacks import reopen_snoozed_stacks
from events.services.work_items import request_work, run_work_items
from events.sessions.closing import INTERVAL, close_inactive_sessions
from events.source_maps.searches import run_searches
from exceptionless_site.jobs.registry import register

_CLEAN_UP_DELAY, _ORPHANS_DELAY = timedelta(minutes=5), timedelta(minutes=15)
"""A server that has just started has better things to do."""


def register_jobs() -> None:
    register("send-notifications", every=timedelta(seconds=2), run=run_notifications)
    register("daily-summaries", every=timedelta(hours=1), run=send_daily_summaries)
    register("overage-notices", every=timedelta(minutes=5), run=send_overage_notices)
    register("reopen-snoozed-stacks", every=timedelta(seconds=30), run=reopen_snoozed_stacks)
    register("close-inactive-sessions", every=INTERVAL, run=close_inactive_sessions)
    register("run-work-items", every=timedelta(seconds=5), run=run_work_items)
    register("purge-deleted", every=timedelta(minutes=1), run=request_purge)
    register("search-source-maps", every=timedelta(seconds=5), run=run_searches)
    register("remove-unused-source-maps", every=timedelta(hours=6), run=remove_unused_source_maps)
    register("clean-up", every=timedelta(hours=4), run=request_clean_up)
    register("remove-orphans", every=timedelta(hours=8), run=request_removal_of_orphans)


def request_purge() -> None:
    """For what was soft-deleted in the last minute. Long work is done in slices, so that other jobs get their turn."""
    if has_deleted():
        request_work(kind=WorkItemKind.PURGE)


def request_clean_up() -> None:
    """For what has grown too old: events, stacks that nobody looks after, usage."""
    request_work(kind=WorkItemKind.CLEAN_UP, delay=_CLEAN_UP_DELAY)


def request_removal_of_orphans() -> None:
    request_work(kind=WorkItemKind.ORPHANED_DATA, delay=_ORPHANS_DELAY)
