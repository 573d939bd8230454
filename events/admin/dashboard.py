"""The first page of the admin: what happened, what is new, whether the server keeps up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import ExpressionWrapper, F, IntegerField, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import Organization
from accounts.services.usage import month_total
from events.admin.figures import SPANS, Span, series_by_type, totals
from events.models import Event, Rollup, Stack, WorkItem
from events.queue_selectors import queue_statistics
from events.stacking.status import StackStatus
from exceptionless_site.core.charts import bar_chart, sparkline
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import ScheduledJob
from exceptionless_site.core.time_keys import key_range
from projects.models import Project

_LISTED = 8
_SPARKS = 24
_OFFERED = 200
"""So many organizations and projects can be chosen from; others are reached by their own pages."""


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    value: str
    address: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page is about; without organization and project all of the server."""

    organization: Organization | None
    project: Project | None
    span_name: str

    @property
    def span(self) -> Span:
        return SPANS[self.span_name]

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the page is about."""
        if self.project is not None:
            return rows.filter(organization_id=self.project.organization_id, project_id=self.project.pk)
        if self.organization is not None:
            return rows.filter(organization_id=self.organization.pk)
        alive = Organization.objects.alive().order_by().values("pk")
        return rows.filter(organization_id__in=alive)

    def address(self, page: str, **query: str) -> str:
        """A list of the admin, narrowed to the choice."""
        if self.project is not None:
            query["project__id__exact"] = self.project.pk
        elif self.organization is not None:
            query["organization__id__exact"] = self.organization.pk
        return f"{reverse(f'admin:{page}_changelist')}?{urlencode(query)}"


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds all that the page's template takes to the context; unfold calls it."""
    choice, now = _choice(request), utc_now()
    series = series_by_type(choice.of(Rollup.objects.all()), choice.span, now)
    return context | {
        "choice": choice,
        "organizations": Organization.objects.alive().order_by("name")[:_OFFERED],
        "projects": _projects(choice),
        "spans": [(name, span.title, name == choice.span_name) for name, span in SPANS.items()],
        "chart": bar_chart(f"Events, {choice.span.title}", choice.span.labels(now), series),
        "tiles": [*_event_tiles(choice, totals(series), now), *_server_tiles(choice, now)],
        "frequent": _frequent(choice, now),
        "newest": _stacks(choice).order_by("-first_occurrence")[:_LISTED],
        "regressed": _stacks(choice).filter(status=StackStatus.REGRESSED).order_by("-last_occurrence")[:_LISTED],
        "job_errors": ScheduledJob.objects.exclude(last_error="").order_by("-last_started_utc")[:_LISTED],
        "work_errors": WorkItem.objects.exclude(error="").order_by("-pk")[:_LISTED],
        "stack_list": choice.address("events_stack"),
    }


def _choice(request: HttpRequest) -> Choice:
    project = (
        Project.objects.filter(is_deleted=False, pk=_id(request, "project")).select_related("organization").first()
    )
    if project is not None:
        organization: Organization | None = project.organization
    else:
        organization = Organization.objects.alive().filter(pk=_id(request, "organization")).first()
    span = request.GET.get("span", "")
    return Choice(organization, project, span if span in SPANS else "week")


def _id(request: HttpRequest, name: str) -> str | None:
    # PostgreSQL refuses texts with NUL.
    return request.GET.get(name, "").replace("\x00", "") or None


def _projects(choice: Choice) -> Iterable[Project]:
    rows = Project.objects.filter(is_deleted=False, organization__is_deleted=False)
    if choice.organization is not None:
        rows = rows.filter(organization_id=choice.organization.pk)
    return rows.select_related("organization").order_by("organization__name", "name")[:_OFFERED]


def _stacks(choice: Choice) -> QuerySet[Stack]:
    rows: QuerySet[Stack] = choice.of(Stack.objects.filter(is_deleted=False, project__is_deleted=False))
    return rows.exclude(type="session").select_related("project")


# --- Tiles --------------------------------------------------------------------------------------


def _event_tiles(choice: Choice, numbers: dict[str, int], now: datetime) -> list[Tile]:
    start = choice.span.start(now)
    new = _stacks(choice).filter(first_occurrence__gte=start).count()
    regressed = _stacks(choice).filter(status=StackStatus.REGRESSED).count()
    return [
        Tile("Events", f"{sum(numbers.values()):,}", choice.address("events_event")),
        Tile("Errors", f"{numbers.get('error', 0):,}", choice.address("events_event", type="error")),
        Tile("New stacks", f"{new:,}", choice.address("events_stack", o="-6")),
        Tile("Regressed", f"{regressed:,}", choice.address("events_stack", status__exact="regressed"), bool(regressed)),
        Tile("Users affected", f"{_users(choice, start, now):,}"),
        Tile("Sessions", f"{numbers.get('session', 0):,}", choice.address("events_event", type="session")),
    ]


def _users(choice: Choice, start: datetime, now: datetime) -> int:
    first, last = key_range(start, now)
    rows = choice.of(Event.objects.filter(key__gte=first, key__lte=last)).exclude(user_hash=None)
    return rows.order_by().values("user_hash").distinct().count()


def _server_tiles(choice: Choice, now: datetime) -> list[Tile]:
    queue = queue_statistics()
    waiting = queue["waiting"] + queue["working"] + queue["delayed"]
    depth = f"{waiting:,}" if queue["oldest_seconds"] < 1 else f"{waiting:,}, oldest {queue['oldest_seconds']:,.0f} s"
    address = reverse("admin:events_submission_changelist")
    tiles = [
        Tile("Queue", depth, address, queue["oldest_seconds"] > 60),
        Tile("Parked", f"{queue['parked']:,}", f"{address}?state=parked", bool(queue["parked"])),
    ]
    return [*tiles, _quota(choice.organization, now)] if choice.organization else tiles


def _quota(organization: Organization, now: datetime) -> Tile:
    used, limit = month_total(organization.pk, now), organization.event_limit(now)
    address = reverse("admin:accounts_organization_change", args=[organization.pk])
    if limit < 0:
        return Tile("Used this month", f"{used:,}, no limit", address)
    return Tile("Used this month", f"{used:,} of {limit:,}", address, used >= limit)


# --- Stacks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FrequentStack:
    stack: Stack
    occurrences: int
    course: SafeString


def _frequent(choice: Choice, now: datetime) -> list[FrequentStack]:
    """The stacks with the most occurrences in the time shown, each with its course."""
    first = choice.span.first_hour(now)
    rows = choice.of(Rollup.objects.filter(hour__gte=first)).exclude(type="session").order_by()
    # Some more than are shown: stacks that were deleted since are left out below.
    found = rows.values_list("stack_id").annotate(total=Sum("occurrences")).order_by("-total", "stack_id")
    numbers: dict[str, int] = dict(found[: 2 * _LISTED])
    stacks = {stack.pk: stack for stack in _stacks(choice).filter(pk__in=list(numbers))}
    shown = [id_ for id_ in numbers if id_ in stacks][:_LISTED]
    courses = _courses(choice, shown, first, now)
    return [
        FrequentStack(stacks[id_], numbers[id_], sparkline(courses[id_], f"{numbers[id_]:,} occurrences"))
        for id_ in shown
    ]


def _courses(choice: Choice, stack_ids: list[str], first: int, now: datetime) -> dict[str, list[int]]:
    hours = max((choice.span.bars * choice.span.hours_per_bar) // _SPARKS, 1)
    part = ExpressionWrapper((F("hour") - first) / hours, IntegerField())
    rows = choice.of(Rollup.objects.filter(stack_id__in=stack_ids, hour__gte=first)).order_by()
    courses = {id_: [0] * _SPARKS for id_ in stack_ids}
    for id_, number, count in rows.annotate(part=part).values_list("stack_id", "part").annotate(Sum("occurrences")):
        courses[id_][min(number, _SPARKS - 1)] += count
    return courses
