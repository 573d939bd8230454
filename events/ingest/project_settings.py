"""What the pipeline needs to know of projects, read once per batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from events.ingest.context import ProjectSettings
from projects.models import Project


def load_settings(project_ids: Iterable[str]) -> dict[str, ProjectSettings]:
    """Settings by project id; deleted projects are absent."""
    rows = Project.objects.alive().filter(pk__in=set(project_ids)).select_related("organization")
    return {project.pk: project_settings(project) for project in rows}


def project_settings(project: Project) -> ProjectSettings:
    organization = project.organization
    settings = {name.lower(): str(value) for name, value in project.configuration.items()}
    # The project's own wins over its client configuration, that over the organization's.
    sources = (project.data, settings, organization.data)
    return ProjectSettings(
        project_id=project.pk,
        organization_id=organization.pk,
        settings=settings,
        delete_bot_data_enabled=project.delete_bot_data_enabled,
        has_premium_features=organization.has_premium_features,
        retention_days=organization.effective_retention_days,
        common_methods=_names(sources, "CommonMethods"),
        user_namespaces=_names(sources, "UserNamespaces") or (),
        is_configured=project.is_configured,
    )


def _names(sources: Iterable[Mapping[str, Any]], key: str) -> tuple[str, ...] | None:
    for source in sources:
        value = source.get(key) or source.get(key.lower())
        if isinstance(value, str) and value.strip():
            return tuple(name.strip() for name in value.split(",") if name.strip())
    return None
