"""Counting what projects sent; their organizations are counted along with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.services.usage import add_to_hour, count_usage, was_sent
from exceptionless_site.core.clock import utc_now
from projects.models import Project, ProjectUsage


@transaction.atomic
def count_project_usage(*, organization_id: str, project_id: str | None, counts: Mapping[str, int]) -> None:
    """Add to the counters of the current hour of the project, if it is known, and of its organization."""
    if project_id is not None:
        _count_project(organization_id, project_id, counts)
    count_usage(organization_id=organization_id, counts=counts)


@transaction.atomic(savepoint=False)
def count_usage_of_projects(counts: Mapping[tuple[str, str], Mapping[str, int]]) -> None:
    """The same for several projects; the keys are the ids of organization and project.

    All projects come before all organizations, each in the order of their ids: two workers that count the
    same ones would otherwise wait for each other in a circle.
    """
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (organization_id, project_id), added in sorted(counts.items()):
        _count_project(organization_id, project_id, added)
        sums[organization_id].update(added)
    for organization_id, added in sorted(sums.items()):
        count_usage(organization_id=organization_id, counts=added)


def _count_project(organization_id: str, project_id: str, counts: Mapping[str, int]) -> None:
    add_to_hour(ProjectUsage, {"organization_id": organization_id, "project_id": project_id}, counts)
    if was_sent(counts):
        changes: dict[str, Any] = {"last_event_date_utc": utc_now()}
        if counts.get("total"):
            changes["is_configured"] = True
        Project.objects.filter(organization_id=organization_id, pk=project_id).update(**changes)
