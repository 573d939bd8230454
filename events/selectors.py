"""Reading events: which ones a caller may see, in which order, and where a page ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from django.db.models import F, OrderBy, Q
from django.db.models.lookups import In

from accounts.identity import Identity
from accounts.models import Organization
from events.models import Event, Stack
from events.models.event import EventQuerySet
from events.search.compile import compile_events
from events.search.conditions import EVERYTHING, Condition
from events.search.dates import TimeRange
from events.search.sql.matching import KeyWindow, Unindexed, top_condition
from events.search.sql.queries import AnyOf, Has, Query
from events.search.sql.tokens import keyword_token
from events.search.sql.vendor import is_postgresql
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import hour_of_key, key_range
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

    def owners(self, *, by_hour: bool = False) -> Q:
        """Whose events these are, each organization's as far back as its retention shows them.

        `by_hour`: the same for their rollups.
        """
        if self.stack is not None:
            return Q(stack_id=self.stack.pk)
        if self.project is not None:
            return Q(project_id=self.project.pk)
        if len(self.organizations) == 1:
            return Q(organization_id=self.organizations[0].pk)
        found = Q(organization_id__in=[organization.pk for organization in self.organizations])
        cutoffs = {
            organization.pk: key_range(self.cutoff(organization), None)[0] for organization in self.organizations
        }
        earliest = min(cutoffs.values())
        for organization_id, cutoff in cutoffs.items():
            if cutoff > earliest:
                # The retention begins with a day.
                is_older = Q(hour__lt=hour_of_key(cutoff)) if by_hour else Q(key__lt=cutoff)
                found &= ~(Q(organization_id=organization_id) & is_older)
        return found

    def with_stacks(self, condition: Q | None) -> Q:
        """Events of living stacks that fulfil the condition; without one, events of all but the deleted stacks."""
        if condition is None and self.stack is not None:
            return Q()
        stacks = Stack.objects.filter(self._stack_owners()).order_by().values("pk")
        column = Unindexed("stack_id")
        if condition is not None:
            living = stacks.filter(condition, is_deleted=False, project__is_deleted=False)
            return Q(In(column, living))
        found = ~Q(In(column, stacks.filter(is_deleted=True)))
        if self.project is None:
            projects = Project.objects.filter(self._organization_owners(), is_deleted=True).order_by().values("pk")
            found &= ~Q(In(column, stacks.filter(project_id__in=projects)))
        return found

    def _stack_owners(self) -> Q:
        if self.stack is not None:
            return Q(pk=self.stack.pk)
        return self._organization_owners() if self.project is None else Q(project_id=self.project.pk)

    def _organization_owners(self) -> Q:
        return Q(organization_id__in=[organization.pk for organization in self.organizations])

    def tokens(self) -> Query:
        """The same as `owners`, retention aside, as a question to an index of tokens that holds them."""
        if self.stack is not None:
            return Has(keyword_token("stack", self.stack.pk))
        if self.project is not None:
            return Has(keyword_token("project", self.project.pk))
        return AnyOf(tuple(Has(keyword_token("organization", one.pk)) for one in self.organizations))

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


# --- Searching ----------------------------------------------------------------------------------

_MOST_WALKS = 8
_NEAR = 1_000
"""So many events are looked at one by one before PostgreSQL's index of tokens is asked for all that match."""


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events of a scope are asked for.

    `condition` is what they must be, `stacks` what their stacks must be; without it all that live. `columns` narrows
    the rows besides. A range of time without an end ends now, so that future events stay hidden.
    """

    scope: Scope
    time: TimeRange
    now: datetime
    condition: Condition = EVERYTHING
    stacks: Q | None = None
    columns: Q = Q()  # noqa: RUF009 - nobody changes it

    @property
    def window(self) -> KeyWindow:
        """The keys of the range of time, as far as the retention of one of the organizations goes."""
        cutoffs = [self.scope.cutoff(organization) for organization in self.scope.organizations]
        first, last = key_range(self.time.start, self.time.end or self.now)
        return max(first, min((key_range(cutoff, None)[0] for cutoff in cutoffs), default=first)), last

    def events(self) -> EventQuerySet:
        """The events in no order, to be counted and added up. Raises FilterValueError."""
        return self._selected(self.window).rows

    def count(self) -> int:
        """How many events there are. Raises FilterValueError."""
        return self.events().count()

    def newest(self, limit: int, *, start: int = 0, window: KeyWindow | None = None) -> list[Event]:
        """The newest events from the number `start` on, newest first. Raises FilterValueError."""
        return self._walk(limit, start, window or self.window, descending=True)

    def oldest(self, limit: int, *, start: int = 0, window: KeyWindow | None = None) -> list[Event]:
        """The oldest events from the number `start` on, oldest first. Raises FilterValueError."""
        return self._walk(limit, start, window or self.window, descending=False)

    def _walk(self, limit: int, start: int, window: KeyWindow, *, descending: bool) -> list[Event]:
        walks = self._walks(window)
        if len(walks) == 1:
            return walks[0].read(start, start + limit, descending=descending)
        rows = [walk.read(0, start + limit, descending=descending) for walk in walks]
        return list(islice(merge(*rows, key=_key, reverse=descending), start, start + limit))

    def _walks(self, window: KeyWindow) -> list[_Selection]:
        """One walk along the keys for each organization: an index gives the order within one organization only."""
        scope = self.scope
        is_single = scope.project is not None or scope.stack is not None or len(scope.organizations) < 2
        if is_single or len(scope.organizations) > _MOST_WALKS:
            return [self._selected(window)]
        alone = [replace(self, scope=replace(scope, organizations=[one])) for one in scope.organizations]
        return [query._selected((max(window[0], query.window[0]), window[1])) for query in alone]

    def _selected(self, window: KeyWindow) -> _Selection:
        if not self.scope.organizations or window[0] > window[1]:
            return _Selection(Event.objects.none())
        compiled = compile_events(self.condition, window)
        every = Event.objects.filter(self.scope.owners(), key__gte=window[0], key__lte=window[1])
        rows = every.filter(compiled.condition, self.columns, self.scope.with_stacks(self.stacks))
        if compiled.query is None:
            return _Selection(rows)
        found = top_condition(compiled.query, self.scope.tokens(), window)
        return _Selection(rows.filter(found.condition), found.key, every if is_postgresql() else None)


@dataclass(frozen=True, slots=True)
class _Selection:
    """Rows, and the name of the key by which they are to be walked.

    PostgreSQL cannot tell whether a walk finds enough of them soon; there `every` are the rows of which they are some.
    """

    rows: EventQuerySet
    key: str = "key"
    every: EventQuerySet | None = None

    def read(self, start: int, end: int, *, descending: bool) -> list[Event]:
        if self.every is None:
            return list(self.rows.order_by(f"{'-' if descending else ''}{self.key}")[start:end])
        near = self.every.order_by("-key" if descending else "key").values("key")[:_NEAR]
        # The sum keeps the planner from walking along the keys: what is found by the index of tokens is sorted.
        order = OrderBy(F("key") + 0, descending=descending)
        found = list(self.rows.filter(key__in=near).order_by(order)[start:end])
        return found if len(found) == end - start else list(self.rows.order_by(order)[start:end])


def _key(event: Event) -> int:
    return int(event.key)


@dataclass(frozen=True, slots=True)
class EventPage:
    events: list[Event]
    has_more: bool


def page_by_number(query: EventQuery, page: int, limit: int, *, oldest_first: bool = False) -> EventPage:
    rows = (query.oldest if oldest_first else query.newest)(limit + 1, start=(page - 1) * limit)
    return EventPage(rows[:limit], len(rows) > limit)


def page_by_key(
    query: EventQuery, limit: int, *, before: int | None, after: int | None, oldest_first: bool = False
) -> EventPage:
    """The page next to a key: `after` goes on in the order of the list, `before` back in it.

    New events change neither what lies behind a key nor its order, so paging stays stable while they arrive.
    """
    first, last = query.window
    is_upward = oldest_first == (before is None)
    boundary = after if before is None else before
    if boundary is not None:
        first, last = (max(first, boundary + 1), last) if is_upward else (first, min(last, boundary - 1))
    rows = (query.oldest if is_upward else query.newest)(limit + 1, window=(first, last))
    events = rows[:limit]
    return EventPage(events[::-1] if before is not None else events, len(rows) > limit)


def neighbours(event: Event, window: KeyWindow) -> tuple[str | None, str | None]:
    """Ids of the previous (older) and the next (newer) event of the same stack within the window."""
    first, last = window
    same = Event.objects.filter(stack_id=event.stack_id, organization_id=event.organization_id)
    ids = same.values_list("event_id", flat=True)
    older = ids.filter(key__gte=first, key__lte=min(last, event.key - 1)).order_by("-key").first()
    newer = ids.filter(key__gte=max(first, event.key + 1), key__lte=last).order_by("key").first()
    return older, newer
