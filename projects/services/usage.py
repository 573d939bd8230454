"""Counting what a project sent; its organization is counted along with it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.services.usage import add_to_hour, count_usage
from exceptionless_site.core.clock import utc_now
from projects.models import Project, ProjectUsage


@transaction.atomic
def count_project_usage(*, organization_id: str, project_id: str | None, counts: Mapping[str, int]) -> None:
    """Add to the counters of the current hour of the project, if it is known, and of its organization."""
    if project_id is not None:
        add_to_hour(ProjectUsage, {"organization_id": organization_id, "project_id": project_id}, counts)
        if counts.get("total"):
            Project.objects.filter(organization_id=organization_id, pk=project_id).update(
                last_event_date_utc=utc_now(), is_configured=True
            )
    count_usage(organization_id=organization_id, counts=counts)
