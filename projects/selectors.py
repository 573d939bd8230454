"""Reading projects: which ones a caller asks for, what they sent, what clients read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from django.db.models import F, OrderBy, Q, QuerySet
from django.db.models.functions import Lower

from accounts.identity import Identity
from accounts.services.usage import start_of_month
from accounts.usage_history import UsageHistory, usage_histories
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.json import dumps
from exceptionless_site.core.text_filter import NOTHING, matching
from projects.models import NotificationSetting, Project, ProjectUsage, SavedView
from projects.models.project import ProjectQuerySet

HIDDEN_DATA = "-"
"""Data keys that start so belong to the server: nobody sees or sets them through the API."""
SLACK_DATA = "-@slack"

_SCOPES = {
    "organization": "organization_id",
    "organization_id": "organization_id",
    "project": "pk",
    "project_id": "pk",
    "id": "pk",
}
_SORTS: dict[str, Lower | F] = {"name": Lower("name"), "created": F("created_utc"), "created_utc": F("created_utc")}
_USAGE_KEPT = timedelta(days=366)


def is_name_available(*, organization_id: str, name: str, except_id: str | None = None) -> bool:
    """Whether no living project of the organization has the name; a blank name is never free.

    Names are the same when they are equal in any case, trimmed, and with percent escapes decoded.
    """
    wanted = _comparable(name)
    if not wanted:
        return False
    rows = Project.objects.alive().filter(organization_id=organization_id).exclude(pk=except_id or "")
    return all(_comparable(taken) != wanted for taken in rows.values_list("name", flat=True).order_by())


def _comparable(name: str) -> str:
    return unquote(name).strip().casefold()


def own_projects(identity: Identity, filter_text: str) -> ProjectQuerySet:
    """Projects of the caller's own organizations that match the filter.

    Only a filter that names an organization or a project reaches further, for a global admin.
    """
    rows = Project.objects.visible_to(identity)
    names_scope = False

    def term(field: str, text: str) -> Q:
        nonlocal names_scope
        names_scope = names_scope or field in _SCOPES
        return _term(field, text)

    condition = matching(filter_text, term)
    return (
        rows.filter(condition) if names_scope else rows.filter(condition, organization_id__in=identity.organization_ids)
    )


def project_matching(filter_text: str) -> Q:
    """The condition for a filter: words of the name, `name:`, `organization:`, `project:`; others match nothing."""
    return matching(filter_text, _term)


def _term(field: str, text: str) -> Q:
    if field in _SCOPES:
        return Q(**{_SCOPES[field]: text})
    return Q(name__icontains=text) if field in ("", "name") else NOTHING


def sort_columns(sort: str) -> list[OrderBy | str]:
    """Columns for `name` or `-created`, several parted by commas; unknown ones are left out, the name is last."""
    columns: list[OrderBy | str] = []
    for name in sort.replace(",", " ").split():
        expression = _SORTS.get(name.lstrip("+-").lower())
        if expression is not None:
            columns.append(expression.desc() if name.startswith("-") else expression.asc())
    return [*columns, Lower("name").asc(), "pk"]


def usage_months(now: datetime) -> list[datetime]:
    """Starts of the months that usage is shown for, oldest first: twelve, thirteen as a month begins."""
    oldest = now.replace(hour=0, minute=0, second=0, microsecond=0) - _USAGE_KEPT
    months = [start_of_month(now)]
    while (before := start_of_month(months[0] - timedelta(days=1))) >= oldest:
        months.insert(0, before)
    return months


def usage_of(projects: Sequence[Project], now: datetime) -> dict[str, UsageHistory]:
    """What each project sent, by its id, in two statements."""
    rows = ProjectUsage.objects.filter(
        organization_id__in={project.organization_id for project in projects},
        project_id__in=[project.pk for project in projects],
    )
    limits = {project.pk: project.organization.event_limit(now) for project in projects}
    return usage_histories(rows, "project_id", limits, usage_months(now), now)


@dataclass(frozen=True, slots=True)
class Totals:
    """`event_count` and `stack_count` of one project."""

    stacks: int = 0
    events: int = 0


TotalsSource = Callable[[Sequence[Project]], Mapping[str, Totals]]
_totals_sources: list[TotalsSource] = []


def register_totals(source: TotalsSource) -> None:
    """Name what counts stacks and events by project id; the app that owns them calls this when it is ready."""
    _totals_sources.append(source)


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project and what is read along with it; the counts are 0 unless they were asked for."""

    project: Project
    usage: UsageHistory
    totals: Totals = Totals()

    @property
    def has_slack_integration(self) -> bool:
        return SLACK_DATA in self.project.data


def project_views(projects: Sequence[Project], *, with_totals: bool = False) -> list[ProjectView]:
    """What the wire shows of each project; the number of statements does not depend on how many there are.

    The projects come with their organizations.
    """
    if not projects:
        return []
    usage = usage_of(projects, utc_now())
    totals: dict[str, Totals] = {}
    for source in _totals_sources if with_totals else ():
        totals.update(source(projects))
    return [ProjectView(project, usage[project.pk], totals.get(project.pk, Totals())) for project in projects]


def client_settings(project: Project) -> dict[str, str]:
    """The settings as texts: some clients read nothing else."""
    return {key: _setting_text(value) for key, value in project.configuration.items() if value is not None}


def _setting_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else dumps(value).decode()


def notification_settings_of(project: Project) -> dict[str, dict[str, bool]]:
    """The wishes for a project by user id, or `slack`."""
    rows = NotificationSetting.objects.filter(organization_id=project.organization_id, project_id=project.pk)
    return {row.recipient: row.wishes for row in rows}


def listed_views(identity: Identity, organization_id: str) -> QuerySet[SavedView]:
    """What a list of the organization's views shows: shared ones and the caller's own."""
    return SavedView.objects.filter(organization_id=organization_id, user_id__in=_own_or_shared(identity))


def removable_views(identity: Identity) -> QuerySet[SavedView]:
    """The views that the caller may remove: those seen; for a global admin, shared views of all organizations."""
    if not identity.is_global_admin:
        return SavedView.objects.visible_to(identity)
    return SavedView.objects.filter(organization__is_deleted=False, user_id__in=_own_or_shared(identity))


def _own_or_shared(identity: Identity) -> set[str]:
    return {"", identity.user.pk if identity.user is not None else ""}
