"""`projects/{id}/slack`, with a stand-in for Slack on loopback."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings

from projects.models import NotificationSetting, Project
from tests.conftest import Cast
from tests.notifications.receiver import Receiver, receiving

GRANTED = {
    "ok": True,
    "access_token": "xoxb-secret",
    "scope": "incoming-webhook",
    "team_name": "Acme",
    "incoming_webhook": {"channel": "#errors", "url": "https://hooks.slack.com/services/T/B/X"},
    "unexpected": "left out",
}


@pytest.fixture
def slack(settings: Settings) -> Iterator[Receiver]:
    settings.WEB_HOOK_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
    settings.SLACK_CLIENT_ID, settings.SLACK_CLIENT_SECRET = "the-id", "the-secret"
    settings.BASE_URL = "https://errors.example.test"
    with receiving() as found:
        found.body = json.dumps(GRANTED).encode()
        settings.SLACK_API_URL = found.url("/api")
        yield found


def connect(cast: Cast, query: str = "?code=the-code", **options: Any) -> Any:
    return cast.client(cast.owner).post(f"/api/v2/projects/{cast.project.pk}/slack{query}", **options)


def disconnect(cast: Cast) -> Any:
    return cast.client(cast.owner).delete(f"/api/v2/projects/{cast.project.pk}/slack")


def stored(cast: Cast) -> Any:
    return Project.objects.get(pk=cast.project.pk).data.get("-@slack")


def test_the_code_is_exchanged_and_the_channel_kept(cast: Cast, slack: Receiver) -> None:
    response = connect(cast)
    assert (response.status_code, response.content) == (200, b"")
    ((path, headers, body),) = slack.received
    assert (path, headers["content-type"]) == ("/api/oauth.access", "application/x-www-form-urlencoded")
    assert parse_qs(body.decode()) == {
        "client_id": ["the-id"],
        "client_secret": ["the-secret"],
        "code": ["the-code"],
        "redirect_uri": ["https://errors.example.test"],
    }
    assert stored(cast) == {name: value for name, value in GRANTED.items() if name not in ("ok", "unexpected")}
    setting = NotificationSetting.objects.get()
    assert (setting.recipient, [name for name, is_on in setting.wishes.items() if is_on]) == (
        "slack",
        ["send_daily_summary", "report_new_errors", "report_critical_errors", "report_event_regressions"],
    )


def test_the_project_says_so_and_hides_the_token(cast: Cast, slack: Receiver) -> None:
    connect(cast)
    response = cast.client(cast.owner).get(f"/api/v2/projects/{cast.project.pk}")
    assert response.json()["has_slack_integration"] is True
    assert "xoxb" not in response.content.decode()


def test_a_second_connection_is_a_304(cast: Cast, slack: Receiver) -> None:
    connect(cast)
    response = connect(cast)
    assert (response.status_code, response.content) == (304, b"")
    assert len(slack.received) == 1


@pytest.mark.parametrize("query", ["", "?code=", "?code=%20"])
def test_a_blank_code_is_a_400(cast: Cast, slack: Receiver, query: str) -> None:
    response = connect(cast, query)
    assert (response.status_code, response.json()["title"]) == (400, "Invalid Slack authorization code.")


@pytest.mark.parametrize(
    "answer",
    [
        b'{"ok": false, "error": "invalid_code"}',
        b"not json",
        b"[]",
        b'{"ok": true}',
        b'{"ok": true, "incoming_webhook": 5}',
    ],
)
def test_what_slack_refuses_is_a_400_and_changes_nothing(cast: Cast, slack: Receiver, answer: bytes) -> None:
    slack.body = answer
    response = connect(cast)
    assert response.status_code == 400
    assert "the-secret" not in response.content.decode()
    assert stored(cast) is None


def test_slack_that_cannot_be_reached_is_a_400(cast: Cast, slack: Receiver, settings: Settings) -> None:
    settings.WEB_HOOK_NETWORKS = ()
    assert connect(cast).status_code == 400
    assert slack.received == []


def test_without_the_operators_registration_it_is_switched_off(cast: Cast) -> None:
    response = connect(cast)
    assert (response.status_code, response.json()["title"]) == (
        501,
        "Slack integration is not configured on this server.",
    )


def test_another_body_is_a_415_and_none_is_needed(cast: Cast, slack: Receiver) -> None:
    assert connect(cast, data="<x/>", content_type="text/xml").status_code == 415
    assert connect(cast, data="{}", content_type="application/json").status_code == 200


def test_disconnecting_forgets_the_channel_and_tells_slack(cast: Cast, slack: Receiver) -> None:
    connect(cast)
    response = disconnect(cast)
    assert (response.status_code, response.content) == (200, b"")
    assert stored(cast) is None
    assert not NotificationSetting.objects.exists()
    path, _, body = slack.received[-1]
    assert (path, parse_qs(body.decode())) == ("/api/auth.revoke", {"token": ["xoxb-secret"]})


def test_disconnecting_works_when_slack_does_not(cast: Cast, slack: Receiver) -> None:
    connect(cast)
    slack.statuses, slack.body = [500], b""
    assert disconnect(cast).status_code == 200
    assert stored(cast) is None
    assert disconnect(cast).status_code == 200


@pytest.mark.parametrize("who", ["stranger", "foreign_key"])
def test_strangers_neither_connect_nor_disconnect(cast: Cast, slack: Receiver, who: str) -> None:
    connect(cast)
    client = cast.client(getattr(cast, who))
    url = f"/api/v2/projects/{cast.project.pk}/slack"
    assert (
        client.delete(url).status_code
        == client.post(f"{url}?code=a").status_code
        == (404 if who == "stranger" else 403)
    )
    assert stored(cast) is not None
