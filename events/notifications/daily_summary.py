"""Yesterday's errors of a project, by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.mails import web_link
from accounts.models import User
from accounts.plans import FREE
from events.ingest.event import ERROR
from events.models import Event, Stack
from events.notifications.mail import Mail, queue_mails
from events.notifications.occurrence import stack_url
from events.notifications.recipients import reachable_members, settings_of
from events.stacking.status import StackStatus
from events.stacking.text import truncate
from events.summaries.summary import short_type_name
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_range
from projects.models import Project, ProjectUsage

DAY = timedelta(days=1)
DELAY = timedelta(hours=9)
"""Between the end of the day and the mail, so that it comes in the morning."""
LATEST = timedelta(days=2)
"""Of days that ended longer ago nobody is told any more: the server was off."""
_END_OF_DAY = timedelta(hours=1)
_PROJECTS_AT_ONCE = 100
_STACKS_SHOWN = 3
_NAME_LENGTH = 50
_OPEN = (StackStatus.OPEN, StackStatus.REGRESSED)


@dataclass(frozen=True, slots=True)
class StackLine:
    title: str
    type_name: str
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of errors: in open stacks, how many stacks, how many of them new, in stacks that are fixed."""

    start: datetime
    count: int
    unique: int
    new: int
    fixed: int
    blocked: int
    too_big: int
    most_frequent: Sequence[StackLine]
    newest: Sequence[StackLine]


def send_daily_summaries() -> int:
    """Queue the mails of all projects whose day is over; how many projects were looked at. The job's function."""
    if not settings.ENABLE_DAILY_SUMMARY:
        return 0
    now, count = utc_now(), 0
    _begin(now)
    due = Project.objects.alive().filter(next_summary_utc__lt=now - DELAY).select_related("organization")
    while projects := list(due.order_by("next_summary_utc", "pk")[:_PROJECTS_AT_ONCE]):
        for project in projects:
            _summarize(project, now)
        count += len(projects)
    return count


def summary_of(project: Project, end: datetime) -> Summary:
    """Of the day that ended then."""
    start = end - DAY
    errors = _errors(project, start, end)
    opened = errors.filter(stack__status__in=_OPEN)
    numbers = opened.aggregate(
        count=Sum(Coalesce("count", 1)),
        unique=Count("stack_id", distinct=True),
        new=Count("key", filter=Q(is_first_occurrence=True)),
    )
    fixed = errors.filter(stack__status=StackStatus.FIXED).aggregate(count=Sum(Coalesce("count", 1)))
    hours = ProjectUsage.objects.filter(organization_id=project.organization_id, project_id=project.pk)
    usage = hours.filter(hour__gte=start, hour__lt=end).aggregate(blocked=Sum("blocked"), too_big=Sum("too_big"))
    return Summary(
        start=start,
        count=numbers["count"] or 0,
        unique=numbers["unique"],
        new=numbers["new"],
        fixed=fixed["count"] or 0,
        blocked=usage["blocked"] or 0,
        too_big=usage["too_big"] or 0,
        most_frequent=_lines(opened, Sum(Coalesce("count", 1))),
        newest=_lines(opened.filter(is_first_occurrence=True), Max("key")),
    )


def _begin(now: datetime) -> None:
    """Projects that have no day yet get the one that ends tomorrow at one o'clock."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY + _END_OF_DAY
    Project.objects.alive().filter(next_summary_utc__isnull=True).update(next_summary_utc=tomorrow)


@transaction.atomic
def _summarize(project: Project, now: datetime) -> None:
    end = project.next_summary_utc
    if end is None or not _take(project, end, now) or end < now - LATEST:
        return
    members = _members(project)
    if members:
        summary = summary_of(project, end)
        queue_mails([_mail(project, summary, member) for member in members])


def _take(project: Project, end: datetime, now: datetime) -> bool:
    """Go on to the next day that is not too long ago; False when another process has done so."""
    following = end + DAY
    while following < now - LATEST:
        following += DAY
    rows = Project.objects.filter(pk=project.pk, organization_id=project.organization_id, next_summary_utc=end)
    return bool(rows.update(next_summary_utc=following))


def _members(project: Project) -> list[User]:
    wishes = settings_of([(project.organization_id, project.pk)]).get(project.pk, {})
    wanting = {recipient: wish for recipient, wish in wishes.items() if wish["send_daily_summary"]}
    return list(reachable_members([(project.organization_id, wanting)]).values()) if wanting else []


def _errors(project: Project, start: datetime, end: datetime) -> QuerySet[Event]:
    return Event.objects.filter(
        organization_id=project.organization_id,
        project_id=project.pk,
        key__range=key_range(start, end - timedelta(milliseconds=1)),
        type=ERROR,
        stack__is_deleted=False,
    ).order_by()


def _lines(events: QuerySet[Event], rank: Sum | Max) -> list[StackLine]:
    """The stacks that rank highest."""
    ranked = events.values("stack_id").annotate(rank=rank).order_by(F("rank").desc(), "stack_id")
    ids = [row["stack_id"] for row in ranked[:_STACKS_SHOWN]]
    stacks = Stack.objects.in_bulk(ids)
    return [_line(stacks[stack_id]) for stack_id in ids if stack_id in stacks]


def _line(stack: Stack) -> StackLine:
    type_name = short_type_name(stack.signature_info.get("ExceptionType", ""))
    return StackLine(
        truncate(stack.title, _NAME_LENGTH), truncate(type_name, _NAME_LENGTH), stack.status, stack_url(stack)
    )


def _mail(project: Project, summary: Summary, member: User) -> Mail:
    day = f"{summary.start:%A, %B %-d, %Y}"
    return Mail(
        organization_id=project.organization_id,
        recipient=member.email_address,
        subject=f"[{project.name}] Summary for {day}",
        template="daily_summary",
        context={
            "name": member.full_name,
            "project_name": project.name,
            "day": day,
            "summary": {name: value for name, value in asdict(summary).items() if name != "start"},
            "has_submitted_events": project.is_configured,
            "is_free_plan": project.organization.plan_id == FREE.id,
            "project_url": web_link(f"/project/{project.pk}/error/dashboard"),
            "configure_url": web_link(f"/project/{project.pk}/configure"),
            "settings_url": web_link(f"/account/notifications?projectId={project.pk}"),
        },
    )
