"""How many stacks and events organizations and projects have, for `mode=stats` of the apps below this one.

Events are counted by the stacks' own counters, which is one read of a small table however many events there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, Sum

from accounts.selectors import Totals
from accounts.selectors import register_totals as register_organization_totals
from events.models import Stack
from projects.models import Project
from projects.selectors import Totals as ProjectTotals
from projects.selectors import register_totals as register_project_totals


def register() -> None:
    """Called once, when the app is ready."""
    register_organization_totals(organization_totals)
    register_project_totals(project_totals)


def organization_totals(organization_ids: Sequence[str]) -> Mapping[str, Totals]:
    return {owner: Totals(stacks, events) for owner, stacks, events in _count("organization_id", organization_ids)}


def project_totals(projects: Sequence[Project]) -> Mapping[str, ProjectTotals]:
    counted = _count("project_id", [project.pk for project in projects])
    return {owner: ProjectTotals(stacks, events) for owner, stacks, events in counted}


def _count(column: str, ids: Sequence[str]) -> list[tuple[str, int, int]]:
    rows = Stack.objects.filter(is_deleted=False, project__is_deleted=False, **{f"{column}__in": ids})
    counted = rows.order_by().values(column).annotate(stacks=Count("pk"), events=Sum("total_occurrences"))
    return [(row[column], row["stacks"], row["events"]) for row in counted]
