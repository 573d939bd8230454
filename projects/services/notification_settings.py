"""Who hears of what: the wishes of people and of the Slack channel for a project."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from projects.models import NotificationSetting, Project
from projects.models.notification_setting import WISHES

USUAL_WISHES = dict.fromkeys(WISHES[:4], True)
"""What the creator of a project gets, and a Slack channel that was just connected."""


@transaction.atomic
def set_notification_settings(*, project: Project, recipient: str, wishes: Mapping[str, bool]) -> None:
    """Replace the wishes of a person, by id, or of an integration; wishes that are not named are off."""
    values = dict.fromkeys(WISHES, False) | dict(wishes)
    NotificationSetting.objects.update_or_create(
        organization_id=project.organization_id, project_id=project.pk, recipient=recipient, defaults=values
    )


def remove_notification_settings(*, project: Project, recipient: str) -> None:
    rows = NotificationSetting.objects.filter(organization_id=project.organization_id, project_id=project.pk)
    rows.filter(recipient=recipient).delete()


def forget_recipient(organization_id: str, user_id: str) -> None:
    """Remove the wishes of a member who has left, for all projects of the organization."""
    NotificationSetting.objects.filter(organization_id=organization_id, recipient=user_id).delete()
