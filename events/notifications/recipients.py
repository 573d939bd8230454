"""Who may get mails of a project: members with a verified address who want mails at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from accounts.models import Membership, User
from projects.models import NotificationSetting
from projects.models.notification_setting import SLACK

Settings = Mapping[str, Mapping[str, bool]]
"""The wishes for one project, by user id or `slack`."""


def settings_of(owners: Iterable[tuple[str, str]]) -> dict[str, dict[str, Mapping[str, bool]]]:
    """The settings of several projects by project id; owners are pairs of the ids of organization and project."""
    pairs = list(owners)
    rows = NotificationSetting.objects.filter(
        organization_id__in={organization_id for organization_id, _ in pairs},
        project_id__in={project_id for _, project_id in pairs},
    )
    found: defaultdict[str, dict[str, Mapping[str, bool]]] = defaultdict(dict)
    for row in rows:
        found[row.project_id][row.recipient] = row.wishes
    return dict(found)


def reachable_members(settings: Iterable[tuple[str, Settings]]) -> dict[tuple[str, str], User]:
    """The people named in the settings who may be mailed, by the ids of organization and user."""
    wanted = [(organization_id, recipients) for organization_id, recipients in settings]
    rows = Membership.objects.filter(
        organization_id__in={organization_id for organization_id, _ in wanted},
        user_id__in={recipient for _, recipients in wanted for recipient in recipients if recipient != SLACK},
        user__is_active=True,
        user__is_email_address_verified=True,
        user__email_notifications_enabled=True,
    )
    return {(row.organization_id, row.user_id): row.user for row in rows.select_related("user")}
