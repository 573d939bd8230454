"""The regular clean-up: what it does, and what it would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, QuerySet

from accounts.models import Organization
from events.models import Event, Stack
from events.services.orphans import orphaned_events
from events.services.pace import Pace
from events.services.purge import purge_deleted
from events.services.retention import (
    delete_stale_stacks,
    expired_events,
    old_usage,
    remove_expired_events,
    remove_old_usage,
    stale_stacks,
)
from events.services.source_maps import unused_source_maps
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_moment
from projects.models import Project

Step = Callable[[Pace], bool]

STEPS: tuple[Step, ...] = (delete_stale_stacks, purge_deleted, remove_expired_events, remove_old_usage)


def run_clean_up(pace: Pace) -> bool:
    """All steps in their order; False when the time ran out before the last was done."""
    return all(step(pace) for step in STEPS)


class Finding(NamedTuple):
    """Rows of one kind that the clean-up removes; `organization` is a name, or an id when there is none."""

    organization: str
    kind: str
    rows: int
    oldest: datetime | None


def find_clean_up() -> list[Finding]:
    """What the clean-up, the removal of orphans and that of unused source maps would remove now, by owner and kind."""
    names = dict(Organization.objects.order_by().values_list("pk", "name"))
    found = [*_by_age(), *_deleted(), *_orphans()]
    named = (finding._replace(organization=names.get(finding.organization, finding.organization)) for finding in found)
    return sorted((finding for finding in named if finding.rows), key=lambda finding: finding[:2])


def _by_age() -> Iterator[Finding]:
    now = utc_now()
    for organization in Organization.objects.alive():
        yield from _grouped("events past their retention", expired_events(organization, now), "key")
        yield from _grouped("stacks not seen for long", stale_stacks(organization, now), "last_occurrence")
        yield from _grouped("unused source maps", unused_source_maps(organization, now), "touched_utc")
    for rows in old_usage(now):
        yield from _grouped("hours of usage", rows, "hour")


def _deleted() -> Iterator[Finding]:
    stacks = Stack.objects.filter(project__is_deleted=False, organization__is_deleted=False, is_deleted=True)
    projects = Project.objects.filter(organization__is_deleted=False, is_deleted=True)
    organizations = Organization.objects.filter(is_deleted=True)
    yield from _grouped("deleted stacks", stacks, "first_occurrence")
    yield from _grouped("events of deleted stacks", Event.objects.filter(stack__in=stacks), "key")
    yield from _grouped("deleted projects", projects, "created_utc")
    yield from _grouped("events of deleted projects", Event.objects.filter(project__in=projects), "key")
    yield from _grouped("deleted organizations", organizations, "created_utc", owner="pk")
    yield from _grouped("events of deleted organizations", Event.objects.filter(organization__in=organizations), "key")


def _orphans() -> Iterator[Finding]:
    for events in orphaned_events():
        yield from _grouped("orphaned events", events, "key")


def _grouped(kind: str, rows: QuerySet[Any], age: str, owner: str = "organization_id") -> Iterator[Finding]:
    counted = rows.order_by().values_list(owner).annotate(Count("pk"), Min(age))
    for organization_id, count, oldest in counted:
        yield Finding(organization_id, kind, count, key_moment(oldest) if age == "key" else oldest)
