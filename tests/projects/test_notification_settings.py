"""`users/{userId}/projects/{id}/notifications`, `projects/{id}/notifications` and those of the integration."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Organization, User
from projects.models import NotificationSetting
from projects.models.notification_setting import WISHES
from projects.services.notification_settings import set_notification_settings
from tests.conftest import Cast

NOTHING = dict.fromkeys(WISHES, False)


def url(cast: Cast, who: User | None = None, project: Any = None) -> str:
    return f"/api/v2/users/{(who or cast.owner).pk}/projects/{(project or cast.project).pk}/notifications"


def slack_url(cast: Cast, integration: str = "slack") -> str:
    return f"/api/v2/projects/{cast.project.pk}/{integration}/notifications"


def test_who_has_chosen_nothing_gets_nothing(cast: Cast) -> None:
    assert cast.client(cast.owner).get(url(cast)).json() == NOTHING


@pytest.mark.parametrize("method", ["put", "post"])
def test_settings_are_replaced_as_a_whole(cast: Cast, method: str) -> None:
    client = cast.client(cast.owner)
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={"report_new_events": True})
    response = getattr(client, method)(url(cast), {"report_new_errors": True, "other": 1}, format="json")
    assert (response.status_code, response.content) == (200, b"")
    assert client.get(url(cast)).json() == NOTHING | {"report_new_errors": True}
    assert NotificationSetting.objects.get().organization_id == cast.organization.pk


@pytest.mark.parametrize("body", ["", "null"])
@pytest.mark.parametrize("method", ["put", "post"])
def test_no_body_or_null_removes_the_settings(cast: Cast, method: str, body: str) -> None:
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={"report_new_events": True})
    response = cast.client(cast.owner).generic(method.upper(), url(cast), body, content_type="application/json")
    assert response.status_code == 200
    assert not NotificationSetting.objects.exists()


def test_settings_can_be_deleted_also_twice(cast: Cast) -> None:
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={"report_new_events": True})
    set_notification_settings(project=cast.project, recipient=cast.mate.pk, wishes={"report_new_events": True})
    for _ in range(2):
        response = cast.client(cast.owner).delete(url(cast))
        assert (response.status_code, response.content) == (200, b"")
    assert NotificationSetting.objects.get().recipient == cast.mate.pk


@pytest.mark.parametrize(
    "body", [{"report_new_errors": "yes"}, {"report_new_errors": 1}, {"report_new_errors": None}, [], "text", 5]
)
def test_a_wrong_body_is_a_400(cast: Cast, body: Any) -> None:
    response = cast.client(cast.owner).put(url(cast), body, format="json")
    assert (response.status_code, response.json()["status"]) == (400, 400)
    assert not NotificationSetting.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "post", "delete"])
@pytest.mark.parametrize("who", ["mate", "stranger", "user_key"])
def test_nobody_else_decides_for_a_person(cast: Cast, method: str, who: str) -> None:
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={"report_new_events": True})
    response = getattr(cast.client(getattr(cast, who)), method)(url(cast), {"report_new_errors": True}, format="json")
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")
    assert NotificationSetting.objects.get().wishes == NOTHING | {"report_new_events": True}


@pytest.mark.parametrize("method", ["get", "put", "post", "delete"])
def test_a_foreign_project_is_a_404(cast: Cast, method: str) -> None:
    address = url(cast, project=cast.foreign_project)
    assert getattr(cast.client(cast.owner), method)(address, {}, format="json").status_code == 404
    assert not NotificationSetting.objects.exists()


def test_client_keys_and_the_anonymous_are_refused(cast: Cast) -> None:
    assert cast.client(cast.key).get(url(cast)).status_code == 403
    assert cast.client(None).get(url(cast)).status_code == 401


def test_a_global_admin_decides_for_everybody_who_exists(cast: Cast) -> None:
    client = cast.client(cast.admin)
    assert client.put(url(cast), {"report_new_errors": True}, format="json").status_code == 200
    assert client.get(url(cast)).json()["report_new_errors"] is True
    nobody = f"/api/v2/users/{'0' * 24}/projects/{cast.project.pk}/notifications"
    assert client.put(nobody, {"report_new_errors": True}, format="json").status_code == 404


def test_a_global_admin_sees_all_settings_by_recipient(cast: Cast) -> None:
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={"report_new_events": True})
    set_notification_settings(project=cast.project, recipient="slack", wishes={"report_new_errors": True})
    set_notification_settings(project=cast.foreign_project, recipient=cast.stranger.pk, wishes={})
    shown = cast.client(cast.admin).get(f"/api/v2/projects/{cast.project.pk}/notifications").json()
    assert shown == {
        cast.owner.pk: NOTHING | {"report_new_events": True},
        "slack": NOTHING | {"report_new_errors": True},
    }


@pytest.mark.parametrize("method", ["put", "post"])
def test_the_slack_channel_has_settings_of_its_own(cast: Cast, method: str) -> None:
    client = cast.client(cast.mate)
    assert client.get(slack_url(cast)).json() == NOTHING
    assert getattr(client, method)(slack_url(cast), {"report_new_errors": True}, format="json").status_code == 200
    assert client.get(slack_url(cast)).json() == NOTHING | {"report_new_errors": True}
    assert NotificationSetting.objects.get().recipient == "slack"


@pytest.mark.parametrize("method", ["get", "put", "post"])
@pytest.mark.parametrize("integration", ["Slack", "teams", "slack%00x"])
def test_there_is_no_other_integration(cast: Cast, method: str, integration: str) -> None:
    response = getattr(cast.client(cast.owner), method)(slack_url(cast, integration), {}, format="json")
    assert response.status_code == 404


def test_slack_needs_a_plan_that_has_it(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(has_premium_features=False)
    response = cast.client(cast.owner).put(slack_url(cast), {"report_new_errors": True}, format="json")
    assert (response.status_code, response.json()["title"]) == (
        426,
        "Please upgrade your plan to enable slack integration.",
    )
    assert cast.client(cast.owner).get(slack_url(cast)).status_code == 200
