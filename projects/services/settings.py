"""Single values of a project: client settings, data, promoted tabs.

Each write locks the row and decides on what it holds then, so that changes made at once all count.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from exceptionless_site.core.clock import utc_now
from projects.models import Project


@transaction.atomic
def set_configuration_value(*, project: Project, key: str, value: str) -> None:
    """Store a client setting under a new version. Keys match in any case and keep their first spelling."""
    row = _locked(project)
    row.configuration[_stored_key(row.configuration, key) or key] = value
    row.configuration_version += 1
    _save(row, "configuration", "configuration_version")


@transaction.atomic
def remove_configuration_value(*, project: Project, key: str) -> bool:
    """Remove a client setting; False, and no new version, when there is none."""
    row = _locked(project)
    stored = _stored_key(row.configuration, key)
    if stored is None:
        return False
    del row.configuration[stored]
    row.configuration_version += 1
    _save(row, "configuration", "configuration_version")
    return True


@transaction.atomic
def set_data_value(*, project: Project, key: str, value: str) -> None:
    row = _locked(project)
    row.data[key] = value
    _save(row, "data")


@transaction.atomic
def remove_data_value(*, project: Project, key: str) -> None:
    row = _locked(project)
    if row.data.pop(key, None) is not None:
        _save(row, "data")


@transaction.atomic
def promote_tab(*, project: Project, name: str) -> None:
    row = _locked(project)
    if name not in row.promoted_tabs:
        row.promoted_tabs.append(name)
        _save(row, "promoted_tabs")


@transaction.atomic
def demote_tab(*, project: Project, name: str) -> None:
    row = _locked(project)
    if name in row.promoted_tabs:
        row.promoted_tabs.remove(name)
        _save(row, "promoted_tabs")


def _locked(project: Project) -> Project:
    return Project.objects.select_for_update().get(pk=project.pk, organization_id=project.organization_id)


def _save(row: Project, *fields: str) -> None:
    row.updated_utc = utc_now()
    row.save(update_fields=[*fields, "updated_utc"])


def _stored_key(configuration: dict[str, Any], key: str) -> str | None:
    wanted = key.lower()
    return next((stored for stored in configuration if stored.lower() == wanted), None)
