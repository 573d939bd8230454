"""Reading events: which ones a caller may see, in which order, and where a page ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.identity import Identity
from accounts.models import Organization
from events.models import Event, Stack
from events.models.event import EventQuerySet
from events.search.dates import TimeRange
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_range
from projects.models import Project

_GRACE = timedelta(days=3)
"""Events may be that much older than the organization or project they belong to."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list is about: some organizations, or one of their projects, or one stack."""

    organizations: Sequence[Organization]
    project: Project | None = None
    stack: Stack | None = None
    is_global: bool = False
    """All organizations of the caller, as opposed to one that the address names."""

    def events(self) -> EventQuerySet:
        """The events of the scope that the organizations' retention still shows."""
        alive = Event.objects.filter(stack__is_deleted=False, project__is_deleted=False)
        if self.stack is not None:
            alive = alive.filter(stack_id=self.stack.pk)
        elif self.project is not None:
            alive = alive.filter(project_id=self.project.pk)
        return alive.filter(self._within_retention())

    def _within_retention(self) -> Q:
        """One window per organization; a single organization is the usual case and makes one index range."""
        condition = Q(pk__in=[])
        for organization in self.organizations:
            first, _ = key_range(self.cutoff(organization), None)
            condition |= Q(organization_id=organization.pk, key__gte=first)
        return condition

    def cutoff(self, organization: Organization) -> datetime:
        """The oldest date that the organization's plan shows."""
        today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
        dates = [
            today - timedelta(days=organization.effective_retention_days),
            _day(organization.created_utc) - _GRACE,
        ]
        if self.project is not None:
            dates.append(_day(self.project.created_utc) - _GRACE)
        return max(dates)


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def global_scope(identity: Identity) -> Scope:
    """The caller's own organizations, suspended ones left out."""
    rows = Organization.objects.alive().filter(pk__in=identity.organization_ids, is_suspended=False)
    return Scope(list(rows), is_global=True)


def in_time(events: EventQuerySet, time: TimeRange, now: datetime) -> EventQuerySet:
    """Events of the range; without an end it ends now, so that future events stay hidden."""
    first, last = key_range(time.start, time.end or now)
    return events.filter(key__gte=first, key__lte=last)


@dataclass(frozen=True, slots=True)
class EventPage:
    events: list[Event]
    has_more: bool


def page_by_number(events: EventQuerySet, page: int, limit: int, *, oldest_first: bool = False) -> EventPage:
    start = (page - 1) * limit
    rows = list(events.order_by("key" if oldest_first else "-key")[start : start + limit + 1])
    return EventPage(rows[:limit], len(rows) > limit)


def page_by_key(events: EventQuerySet, limit: int, *, before: int | None, after: int | None) -> EventPage:
    """The page next to a key, newest first: `after` goes back in time, `before` towards now.

    New events change neither what lies behind a key nor its order, so paging stays stable while they arrive.
    """
    if before is not None:
        rows = list(events.filter(key__gt=before).order_by("key")[: limit + 1])
        return EventPage(rows[:limit][::-1], len(rows) > limit)
    if after is not None:
        events = events.filter(key__lt=after)
    rows = list(events.order_by("-key")[: limit + 1])
    return EventPage(rows[:limit], len(rows) > limit)


def neighbours(event: Event) -> tuple[str | None, str | None]:
    """Ids of the previous (older) and the next (newer) event of the same stack."""
    same = Event.objects.filter(stack_id=event.stack_id, organization_id=event.organization_id)
    ids = same.values_list("event_id", flat=True)
    older = ids.filter(key__lt=event.key).order_by("-key").first()
    newer = ids.filter(key__gt=event.key).order_by("key").first()
    return older, newer
