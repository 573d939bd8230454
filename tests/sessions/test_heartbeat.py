"""GET /api/v2/events/session/heartbeat: what it keeps, and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from events.models import Heartbeat
from events.sessions.names import name_hash
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import Cast, make_key
from tokens.models import Token

URL = "/api/v2/events/session/heartbeat"


def send(cast: Cast, query: str, who: Any = None) -> Any:
    return cast.client(who or cast.key).get(f"{URL}?{query}")


def test_a_heartbeat_is_kept_and_answered_with_200_and_an_empty_body(cast: Cast) -> None:
    response = send(cast, "id=session-0001")
    assert (response.status_code, response.content) == (200, b"")
    kept = Heartbeat.objects.get()
    assert (kept.organization_id, kept.project_id) == (cast.organization.pk, cast.project.pk)
    assert (kept.name_hash, kept.closes) == (name_hash("session-0001"), False)
    assert utc_now() - kept.last_heartbeat_utc < timedelta(minutes=1)


def test_it_sends_neither_the_config_version_nor_rate_limits(cast: Cast, settings: Settings) -> None:
    settings.API_THROTTLE_LIMIT = 100
    response = send(cast, "id=session-0001")
    assert not {"X-Exceptionless-ConfigVersion", "X-RateLimit-Limit"} & set(response.headers)


def test_one_row_is_kept_for_each_name(cast: Cast) -> None:
    send(cast, "id=session-0001")
    Heartbeat.objects.update(last_heartbeat_utc=utc_now() - timedelta(hours=1))
    send(cast, "id=session-0001")
    send(cast, "id=session-0002")
    assert Heartbeat.objects.count() == 2
    assert all(utc_now() - row.last_heartbeat_utc < timedelta(minutes=1) for row in Heartbeat.objects.all())


@pytest.mark.parametrize(
    ("close", "closes"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("", False), ("1", False)],
)
def test_close_is_read_in_any_case(cast: Cast, close: str, closes: bool) -> None:
    assert send(cast, f"id=session-0001&close={close}").status_code == 200
    assert Heartbeat.objects.get().closes is closes


def test_an_end_stays_one_whatever_heartbeats_come_after_it(cast: Cast) -> None:
    for close in ("false", "true", "false"):
        send(cast, f"id=session-0001&close={close}")
    assert Heartbeat.objects.get().closes is True


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("u-1@example.com", "u-1@example.com"),
        ("u-1%40example.com", "u-1@example.com"),
        ("jane+work@example.com", "jane+work@example.com"),
        ("jane%2Bwork@example.com", "jane+work@example.com"),
        ("Jane%20Doe", "Jane Doe"),
        ("J%C3%BCrgen", "Jürgen"),
        ("Jürgen", "Jürgen"),
        ("%ff%00", "\ufffd"),
        ("x" * 3000, "x" * 3000),
    ],
)
def test_names_are_found_encoded_or_not(cast: Cast, sent: str, name: str) -> None:
    assert send(cast, f"id={sent}").status_code == 200
    assert name_hash(name) in Heartbeat.objects.values_list("name_hash", flat=True)


@pytest.mark.parametrize("query", ["", "id=", "id=%20", "close=true"])
def test_without_a_name_it_is_answered_and_forgotten(cast: Cast, query: str) -> None:
    response = send(cast, query)
    assert (response.status_code, response.content) == (200, b"")
    assert not Heartbeat.objects.exists()


def test_while_submission_is_switched_off_too(cast: Cast, settings: Settings) -> None:
    settings.EVENT_SUBMISSION_DISABLED = True
    assert send(cast, "id=session-0001").status_code == 200
    assert not Heartbeat.objects.exists()


def test_it_is_never_throttled(cast: Cast, settings: Settings) -> None:
    settings.API_THROTTLE_LIMIT = 1
    assert [send(cast, "id=session-0001").status_code for _ in range(3)] == [200, 200, 200]


def test_basic_credentials_and_the_query_string_will_do(cast: Cast) -> None:
    client = cast.client(None)
    assert client.get(f"{URL}?id=session-0001&access_token={cast.key.secret}").status_code == 200
    client.credentials(HTTP_AUTHORIZATION="bearer " + cast.key.secret)
    assert client.get(f"{URL}?id=session-0001").status_code == 200


def test_a_key_s_default_project_will_do(cast: Cast) -> None:
    key = Token.objects.create(organization=cast.organization, default_project=cast.project, scopes=["client"])
    assert send(cast, "id=session-0001", key).status_code == 200
    assert Heartbeat.objects.get().project_id == cast.project.pk


def test_it_takes_a_constant_number_of_statements(cast: Cast, django_assert_num_queries: Any) -> None:
    client = cast.client(cast.key)
    # token, organization, project, heartbeat
    with django_assert_num_queries(4):
        assert client.get(f"{URL}?id=session-0001").status_code == 200


class TestRefusals:
    @pytest.fixture(autouse=True)
    def _nothing_is_kept(self, db: None) -> Any:
        yield
        assert not Heartbeat.objects.exists()

    def test_without_credentials_401(self, cast: Cast) -> None:
        response = cast.client(None).get(f"{URL}?id=session-0001")
        assert response.status_code == 401
        assert json.loads(response.content)["status"] == 401

    @pytest.mark.parametrize("query", ["id=session-0001", ""])
    def test_a_person_without_a_default_project_401(self, cast: Cast, query: str) -> None:
        assert send(cast, query, cast.owner).status_code == 401

    def test_a_key_without_the_client_scope_403(self, cast: Cast) -> None:
        assert send(cast, "id=session-0001", make_key(cast.project, "source-maps:write")).status_code == 403

    def test_a_project_that_is_gone_404(self, cast: Cast) -> None:
        Project.objects.update(is_deleted=True)
        assert send(cast, "id=session-0001").status_code == 404

    def test_a_disabled_key_401(self, cast: Cast) -> None:
        client = cast.client(cast.key)
        Token.objects.update(is_disabled=True)
        assert client.get(f"{URL}?id=session-0001").status_code == 401

    def test_another_case_of_the_address_404(self, cast: Cast) -> None:
        assert cast.client(cast.key).get("/api/v2/events/Session/Heartbeat?id=session-0001").status_code == 404
