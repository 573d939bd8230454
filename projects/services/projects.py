"""Making, changing and deleting projects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from projects.selectors import is_name_available
from projects.services.notification_settings import USUAL_WISHES, set_notification_settings

on_delete: list[Callable[[Sequence[Project]], object]] = []
"""What higher apps do at once, in the same transaction, when projects are deleted.

They register in `AppConfig.ready`.
"""


class NameTakenError(Exception):
    """The organization has a living project of that name, or the name is blank."""


class ProjectLimitError(Exception):
    """The plan of the organization allows no further project."""


@transaction.atomic
def create_project(
    *,
    organization_id: str,
    name: str,
    creator: User,
    delete_bot_data_enabled: bool = False,
    promoted_tabs: Sequence[str] = (),
) -> Project:
    """A new project whose creator gets the usual mails.

    Raises Organization.DoesNotExist, NameTakenError and ProjectLimitError, in this order.
    """
    organization = _locked_organization(organization_id)
    if not is_name_available(organization_id=organization.pk, name=name):
        raise NameTakenError
    if 0 <= organization.max_projects <= Project.objects.alive().filter(organization=organization).count():
        raise ProjectLimitError
    project = Project.objects.create(
        organization=organization,
        name=name.strip(),
        delete_bot_data_enabled=delete_bot_data_enabled,
        promoted_tabs=clean_tabs(promoted_tabs),
    )
    set_notification_settings(project=project, recipient=creator.pk, wishes=USUAL_WISHES)
    return project


@transaction.atomic
def update_project(
    *,
    project: Project,
    name: str | None = None,
    delete_bot_data_enabled: bool | None = None,
    promoted_tabs: Sequence[str] | None = None,
) -> None:
    """Store what is not None, in the row and in the given object. Raises NameTakenError."""
    changes: dict[str, Any] = {"updated_utc": utc_now()}
    if name is not None:
        _locked_organization(project.organization_id)
        if not is_name_available(organization_id=project.organization_id, name=name, except_id=project.pk):
            raise NameTakenError
        changes["name"] = name.strip()
    if delete_bot_data_enabled is not None:
        changes["delete_bot_data_enabled"] = delete_bot_data_enabled
    if promoted_tabs is not None:
        changes["promoted_tabs"] = clean_tabs(promoted_tabs)
    # Only what was asked for is written: a tab promoted meanwhile must not be lost to a change of the name.
    Project.objects.filter(pk=project.pk, organization_id=project.organization_id).update(**changes)
    for field, value in changes.items():
        setattr(project, field, value)


@transaction.atomic
def delete_projects(*, projects: Sequence[Project]) -> None:
    """Soft-delete: the projects are gone for every caller at once, a job removes what they hold."""
    for project in projects:
        rows = Project.objects.filter(pk=project.pk, organization_id=project.organization_id)
        rows.update(is_deleted=True, updated_utc=utc_now())
    for hook in on_delete:
        hook(projects)


def clean_tabs(names: Sequence[str]) -> list[str]:
    """Trimmed, without blanks and repetitions, in the given order."""
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _locked_organization(organization_id: str) -> Organization:
    # Two projects made at once could otherwise both pass the checks of name and limit.
    return Organization.objects.alive().select_for_update().get(pk=organization_id)
