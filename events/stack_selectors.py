"""Reading stacks: which ones a list holds, and what their events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Max, Min, OrderBy, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.identity import Identity
from accounts.models import Organization
from events.models import Event, Stack
from events.models.event import EventQuerySet
from events.models.stack import StackQuerySet
from events.project_users import users_of_projects
from events.rollups.selectors import StackOrder, StackTotals, rollups_of
from events.search.calendar_units import next_millisecond
from events.search.dates import TimeRange
from events.search.fields import STACK_FIELDS, Field
from events.search.scope import FilterScope
from events.search.sort import resolve_sort
from events.search.sql.matching import KeyWindow
from events.selectors import EventQuery, Scope
from exceptionless_site.core.time_keys import key_moment, key_range
from projects.models import Project

TIME_FIELDS = ("first", "last")
"""What may stand before a bar in the `time` of a stack list; the last occurrence counts when nothing does."""

_NULLABLE = frozenset({"date_fixed", "snooze_until_utc"})
_BLANK_WHEN_ABSENT = frozenset({"description", "fixed_in_version"})

# --- Which stacks -------------------------------------------------------------------------------


def narrowed(scope: Scope, named: FilterScope, identity: Identity) -> Scope:
    """All organizations of the caller cut down to the one that the filter is about, if it is about one.

    A global admin reaches any organization in this way, as long as the filter names it, or a project or stack of it.
    """
    if not scope.is_global or not named.is_named:
        return scope
    reachable = Organization.objects.visible_to(identity).filter(is_suspended=False)
    condition = _organization_of(named)
    if condition is None:
        return replace(scope, organizations=list(reachable)) if identity.is_global_admin else scope
    found = list(reachable.filter(condition))
    return replace(scope, organizations=found) if found else scope


def _organization_of(named: FilterScope) -> Q | None:
    if named.organization_id is not None:
        return Q(pk=named.organization_id)
    if named.project_id is not None:
        return Q(pk__in=Project.objects.filter(pk=named.project_id).order_by().values("organization_id"))
    if named.stack_id is not None:
        return Q(pk__in=Stack.objects.filter(pk=named.stack_id).order_by().values("organization_id"))
    return None


def with_premium(scope: Scope) -> Scope:
    """The scope without the organizations whose plan has no premium features."""
    return replace(scope, organizations=[row for row in scope.organizations if row.has_premium_features])


def stacks_of(scope: Scope) -> StackQuerySet:
    """The living stacks of the scope that the retention still shows, as of their last occurrence."""
    alive = Stack.objects.filter(is_deleted=False, project__is_deleted=False)
    if scope.project is not None:
        alive = alive.filter(project_id=scope.project.pk)
    shown = Q(pk__in=[])
    for cutoff, organization_ids in _by_cutoff(scope).items():
        shown |= Q(organization_id__in=organization_ids, last_occurrence__gte=cutoff)
    return alive.filter(shown)


def _by_cutoff(scope: Scope) -> Mapping[datetime, list[str]]:
    """Ids of the organizations by the oldest date that they may see."""
    found: dict[datetime, list[str]] = {}
    for organization in scope.organizations:
        found.setdefault(scope.cutoff(organization), []).append(organization.pk)
    return found


def stacks_in_time(stacks: StackQuerySet, time: TimeRange, now: datetime) -> StackQuerySet:
    """Stacks whose first or last occurrence lies in the range; without an end it ends now."""
    column = "first_occurrence" if time.field == "first" else "last_occurrence"
    # Times are given in whole milliseconds and mean all of them.
    before = next_millisecond(now if time.end is None else time.end)
    stacks = stacks.filter(**{f"{column}__lt": before})
    return stacks if time.start is None else stacks.filter(**{f"{column}__gte": time.start})


def sorted_stacks(stacks: StackQuerySet, sort: str | None) -> StackQuerySet:
    """Sorted by the names of the expression, then by id. Raises FilterSyntaxError."""
    columns = [_column(field, descending) for field, descending in resolve_sort(sort, STACK_FIELDS)]
    return stacks.order_by(*(column for column in columns if column is not None), "pk")


def _column(field: Field, descending: bool) -> OrderBy | None:
    name = field.name
    if not any(field is known for known in STACK_FIELDS.fields):
        return None
    expression: F | NullIf = NullIf(F(name), Value("")) if name in _BLANK_WHEN_ABSENT else F(name)
    # Stacks without a value come last in both directions. Elsewhere the words would only keep an index from use.
    last = True if name in _NULLABLE or name in _BLANK_WHEN_ABSENT else None
    return expression.desc(nulls_last=last) if descending else expression.asc(nulls_last=last)


# --- What their events add up to ----------------------------------------------------------------


class StackMode(StrEnum):
    """Lists of the stacks of events: by last date, number, first date, or number of users, each descending."""

    RECENT = "stack_recent"
    FREQUENT = "stack_frequent"
    NEW = "stack_new"
    USERS = "stack_users"


_ORDER = {StackMode.RECENT: "-last", StackMode.FREQUENT: "-total", StackMode.NEW: "-first", StackMode.USERS: "-users"}

_ROLLUP_ORDER: dict[StackMode, StackOrder] = {
    StackMode.RECENT: "last_key",
    StackMode.FREQUENT: "occurrences",
    StackMode.NEW: "first_key",
}


@dataclass(frozen=True, slots=True)
class StackFigures:
    """What the events of a stack add up to within a filter and a range of time.

    `total` counts an event as often as its client says that it happened. Dates are whole milliseconds.
    """

    stack_id: str
    total: int
    users: int
    first_occurrence: datetime
    last_occurrence: datetime


@dataclass(frozen=True, slots=True)
class StackView:
    """A row of a list of summaries; `total_users` are all users of the project in the same range of time, or were
    some minutes ago."""

    stack: Stack
    figures: StackFigures
    project_name: str | None
    total_users: int


def new_stacks_only(query: EventQuery) -> EventQuery:
    """Only events of stacks that occurred for the first time in the range of time."""
    start, end = query.time.start, query.now if query.time.end is None else query.time.end
    is_new = Q(first_occurrence__lt=next_millisecond(end))
    if start is not None:
        is_new &= Q(first_occurrence__gte=start)
    return replace(query, stacks=is_new if query.stacks is None else query.stacks & is_new)


def count_stacks(query: EventQuery) -> int:
    """How many stacks the events belong to. Raises FilterValueError."""
    rollups = rollups_of(query)
    if rollups is not None:
        return rollups.totals().stacks
    return int(query.events().aggregate(number=Count("stack_id", distinct=True))["number"])


def page_of_figures(query: EventQuery, mode: StackMode, page: int, limit: int) -> tuple[list[StackFigures], bool]:
    """A page of the events' stacks, and whether there are more behind it. Raises FilterValueError."""
    start = (page - 1) * limit
    rollups = rollups_of(query)
    if rollups is not None and mode in _ROLLUP_ORDER:
        totals = rollups.stacks(_ROLLUP_ORDER[mode], limit + 1, start)
        return _figures_of_totals(query, rollups.condition, totals[:limit]), len(totals) > limit
    rows = list(_grouped(query.events()).order_by(_ORDER[mode], "stack_id")[start : start + limit + 1])
    return [_figures(row) for row in rows[:limit]], len(rows) > limit


def _figures_of_totals(query: EventQuery, condition: Q, totals: Sequence[StackTotals]) -> list[StackFigures]:
    """Users cannot be added up by the hour: those of the few stacks are counted in their events."""
    first, last = query.window
    organizations = _organizations_of_stacks(query.scope, [item.stack_id for item in totals])
    shown = _shown("stack_id", organizations, query.scope, (first, last))
    events = Event.objects.filter(shown, condition).order_by()
    users = dict(events.values_list("stack_id").annotate(number=Count("user_hash", distinct=True)))
    return [
        StackFigures(
            item.stack_id,
            item.occurrences,
            users.get(item.stack_id, 0),
            key_moment(item.first_key),
            key_moment(item.last_key),
        )
        for item in totals
    ]


def _organizations_of_stacks(scope: Scope, stack_ids: Sequence[str]) -> dict[str, str]:
    if len(scope.organizations) == 1:
        return dict.fromkeys(stack_ids, scope.organizations[0].pk)
    return dict(Stack.objects.filter(pk__in=stack_ids).order_by().values_list("pk", "organization_id"))


def _grouped(events: EventQuerySet) -> QuerySet[Any, Any]:
    return (
        events.order_by()
        .values("stack_id")
        .annotate(
            total=Sum(Coalesce("count", 1)),
            users=Count("user_hash", distinct=True),
            first=Min("key"),
            last=Max("key"),
        )
    )


def _figures(row: Mapping[str, Any]) -> StackFigures:
    return StackFigures(row["stack_id"], row["total"], row["users"], key_moment(row["first"]), key_moment(row["last"]))


def views_of_figures(figures: Iterable[StackFigures], scope: Scope, time: TimeRange, now: datetime) -> list[StackView]:
    """The summaries of counted stacks, in the same order; three statements."""
    found = list(figures)
    rows = Stack.objects.filter(
        organization_id__in=[organization.pk for organization in scope.organizations],
        pk__in=[item.stack_id for item in found],
    )
    return _views({stack.pk: stack for stack in rows}, found, scope, time, now)


def views_of_stacks(stacks: Sequence[Stack], scope: Scope, time: TimeRange, now: datetime) -> list[StackView]:
    """The summaries of stacks, in the same order, without those that have no event in the range; three statements."""
    by_id = {stack.pk: stack for stack in stacks}
    organizations = {stack.pk: stack.organization_id for stack in stacks}
    events = Event.objects.filter(_shown("stack_id", organizations, scope, key_range(time.start, time.end or now)))
    figures = {row["stack_id"]: _figures(row) for row in _grouped(events)}
    return _views(by_id, [figures[stack.pk] for stack in stacks if stack.pk in figures], scope, time, now)


def _views(
    stacks: Mapping[str, Stack], figures: Iterable[StackFigures], scope: Scope, time: TimeRange, now: datetime
) -> list[StackView]:
    owners = {stack.project_id: stack.organization_id for stack in stacks.values()}
    if not owners:
        return []
    names = dict(Project.objects.filter(pk__in=owners).order_by().values_list("pk", "name"))
    users = _users_by_project(owners, scope, time, now)
    return [
        StackView(stack, item, names.get(stack.project_id), users.get(stack.project_id, 0))
        for item in figures
        if (stack := stacks.get(item.stack_id)) is not None
    ]


def _users_by_project(owners: Mapping[str, str], scope: Scope, time: TimeRange, now: datetime) -> dict[str, int]:
    """By project id; `owners` are the organization ids of the projects."""
    starts = {organization.pk: scope.cutoff(organization) for organization in scope.organizations}
    ranges = {
        project_id: (max(starts[owner], time.start or starts[owner]), time.end or now)
        for project_id, owner in owners.items()
    }
    shown = _shown("project_id", owners, scope, key_range(time.start, time.end or now))
    return users_of_projects(Event.objects.filter(shown), ranges)


def _shown(column: str, organizations: Mapping[str, str], scope: Scope, window: KeyWindow) -> Q:
    """Events of the window with these ids in the column that the retention shows, whatever became of their stacks.

    `organizations` are those of the ids. Events are not asked for theirs, so that an index alone can answer; and of
    two lower bounds SQLite may use the wrong one.
    """
    by_organization = {id_: cutoff for cutoff, ids in _by_cutoff(scope).items() for id_ in ids}
    by_cutoff: dict[datetime, list[str]] = {}
    for id_, organization_id in organizations.items():
        if organization_id in by_organization:
            by_cutoff.setdefault(by_organization[organization_id], []).append(id_)
    shown = Q() if by_cutoff else Q(pk__in=[])
    for cutoff, ids in by_cutoff.items():
        first = max(window[0], key_range(cutoff, None)[0])
        shown |= Q(**{f"{column}__in": ids, "key__gte": first, "key__lte": window[1]})
    return shown
