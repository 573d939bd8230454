"""The hot route of posts: what it remembers, and that it answers as the viewset would."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from rest_framework.test import APIClient

from accounts.models import Organization
from accounts.models.organization import SuspensionCode
from accounts.services.memberships import remove_user
from accounts.services.suspensions import suspend
from events.api import posting
from events.models import Submission
from exceptionless_site.api.router import ROWS
from exceptionless_site.api.shortcuts import ShortcutMiddleware
from exceptionless_site.core import memory
from exceptionless_site.core.clock import utc_now
from projects.services.projects import delete_projects
from projects.services.settings import set_configuration_value
from tests.conftest import Cast
from tokens.models import Token
from tokens.services.tokens import delete_tokens, update_token

VERSION = "X-Exceptionless-ConfigVersion"


def post(client: APIClient, address: str = "/api/v2/events", **extra: Any) -> Any:
    return client.post(address, {"message": "hello"}, format="json", **extra)


def test_once_it_knows_the_caller_a_post_costs_one_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    client = cast.client(cast.key)
    assert post(client).status_code == 202
    for address in ("/api/v2/events", f"/api/v2/projects/{cast.project.pk}/events"):
        post(client, address)
        with django_assert_num_queries(1):
            assert post(client, address).status_code == 202


def test_a_person_posts_to_a_project_at_the_same_price(cast: Cast, django_assert_num_queries: Any) -> None:
    client, address = cast.client(cast.owner), f"/api/v2/projects/{cast.project.pk}/events"
    assert post(client, address).status_code == 202
    with django_assert_num_queries(1):
        assert post(client, address).status_code == 202


def test_every_address_for_posts_has_the_shortcut(cast: Cast) -> None:
    taken: list[Any] = []
    middleware = ShortcutMiddleware(lambda request: taken.append(request.path))  # type: ignore[arg-type, return-value]
    routes = [route for method, route, _, action in ROWS if action == "submit"]
    assert len(routes) == 5
    for route in routes:
        path = route.replace("{project_id:objectid}", cast.project.pk)
        request = RequestFactory().post(
            path, b"{}", content_type="application/json", headers={"Authorization": f"Bearer {cast.key.secret}"}
        )
        response = middleware(request)
        assert (response.status_code, taken) == (202, [])
    assert Submission.objects.count() == 5


@pytest.mark.parametrize(
    ("path", "method"),
    [("/api/v2/events/", "POST"), ("/api/v2/events", "GET"), ("/api/v2/projects/short/events", "POST")],
)
def test_other_requests_go_on(path: str, method: str) -> None:
    taken: list[Any] = []
    middleware = ShortcutMiddleware(lambda request: taken.append(request.path))  # type: ignore[arg-type, return-value]
    middleware(RequestFactory().generic(method, path))
    assert taken == [path]


class TestWhatEndsAtOnce:
    """Changes in the same process, after the caller was let in."""

    @pytest.mark.parametrize(
        "revoke",
        [
            lambda cast: update_token(token=cast.key, is_disabled=True),
            lambda cast: delete_tokens(tokens=[cast.key]),
            lambda cast: Token.objects.filter(pk=cast.key.pk).update(is_disabled=True),
            lambda cast: suspend(
                organization=cast.organization,
                code=SuspensionCode.ABUSE,
                notes="",
                suspended_by_user_id=cast.admin.pk,
            ),
            lambda cast: delete_projects(projects=[cast.project]),
        ],
        ids=["disabled", "deleted", "revoked in the admin", "suspended", "with its project"],
    )
    def test_a_key(self, cast: Cast, revoke: Callable[[Cast], Any]) -> None:
        client = cast.client(cast.key)
        assert post(client).status_code == 202
        revoke(cast)
        assert post(client).status_code == 401

    def test_a_membership(self, cast: Cast) -> None:
        client, address = cast.client(cast.mate), f"/api/v2/projects/{cast.project.pk}/events"
        assert post(client, address).status_code == 202
        remove_user(organization=cast.organization, email_address=cast.mate.email_address)
        assert post(client, address).status_code == 401

    def test_a_scope(self, cast: Cast) -> None:
        client = cast.client(cast.key)
        assert post(client).status_code == 202
        cast.key.scopes = ["source-maps:write"]
        cast.key.save(update_fields=["scopes"])
        assert post(client).status_code == 403

    def test_a_version_of_the_configuration(self, cast: Cast) -> None:
        client = cast.client(cast.key)
        assert post(client)[VERSION] == "1"
        set_configuration_value(project=cast.project, key="a", value="b")
        assert post(client)[VERSION] == "2"

    def test_a_plan(self, cast: Cast) -> None:
        client = cast.client(cast.key)
        assert post(client).status_code == 202
        rows = Organization.objects.filter(pk=cast.organization.pk)
        rows.update(max_events_per_month=1)
        assert post(client).status_code == 202
        cast.organization.usage_hours.create(hour=utc_now().replace(minute=0, second=0, microsecond=0), total=1)
        memory.forget_everything()
        assert post(client).status_code == 402

    def test_the_time_of_a_key_although_it_is_remembered(self, cast: Cast) -> None:
        cast.key.expires_utc = utc_now() + timedelta(milliseconds=500)
        cast.key.save(update_fields=["expires_utc"])
        client = cast.client(cast.key)
        assert post(client).status_code == 202
        with time_machine.travel(utc_now() + timedelta(milliseconds=600)):
            assert post(client).status_code == 401


def test_what_another_process_changes_is_felt_within_a_second(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client, now = cast.client(cast.key), [100.0]
    monkeypatch.setattr(memory, "time", type("Clock", (), {"monotonic": staticmethod(lambda: now[0])}))
    assert post(client).status_code == 202
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tokens_token SET is_disabled = %s WHERE id = %s", [True, cast.key.pk])
    now[0] += 1.01
    assert post(client).status_code == 401


def test_what_one_caller_may_is_not_remembered_for_another(cast: Cast) -> None:
    address = f"/api/v2/projects/{cast.project.pk}/events"
    for _ in range(2):
        assert post(cast.client(cast.owner), address).status_code == 202
        assert post(cast.client(cast.stranger), address).status_code == 404
        assert post(cast.client(cast.foreign_key), address).status_code == 404
        assert post(cast.client(cast.admin), address).status_code == 401
        assert post(cast.client(None), address).status_code == 401


CREDENTIALS: list[Callable[[Token], dict[str, Any]]] = [
    lambda key: {"headers": {"authorization": f"Bearer {key.secret}"}},
    lambda key: {"headers": {"authorization": f"token {key.secret}"}},
    lambda key: {"headers": {"authorization": basic("client", key.secret)}},
    lambda key: {"headers": {"authorization": basic(key.secret, "x-oauth-basic")}},
    lambda key: {"query_params": {"access_token": key.secret}},
    lambda key: {"query_params": {"apiKey": key.secret}},
]


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize("credential", CREDENTIALS, ids=["bearer", "token", "basic", "oauth", "query", "any case"])
def test_each_form_of_a_key_is_known_again(
    cast: Cast, credential: Callable[[Token], dict[str, Any]], django_assert_num_queries: Any
) -> None:
    client = APIClient()
    assert post(client, **credential(cast.key)).status_code == 202
    with django_assert_num_queries(1):
        assert post(client, **credential(cast.key)).status_code == 202


def test_a_password_is_looked_at_each_time(cast: Cast) -> None:
    client, address = APIClient(), f"/api/v2/projects/{cast.project.pk}/events"
    sent = {"headers": {"authorization": basic("owner@example.test", "tester-password")}}
    assert post(client, address, **sent).status_code == 202
    cast.owner.set_password("another-password")
    cast.owner.save(update_fields=["password"])
    assert post(client, address, **sent).status_code == 401


# --- The same answers as those of the viewset -----------------------------------------------------

Request = tuple[str, dict[str, Any]]
JSON = {"data": b"{}", "content_type": "application/json"}


def refused(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> dict[str, Request]:
    return {
        "length": ("/api/v2/events", {"data": b"", "content_type": "application/json", "CONTENT_LENGTH": "0"}),
        "size": ("/api/v2/events", JSON | {"data": b"x" * 200_001}),
        "type": ("/api/v2/events", JSON | {"content_type": "application/xml"}),
        "project": (f"/api/v2/projects/{cast.foreign_project.pk}/events", dict(JSON)),
        "nothing": ("/api/v1/events", dict(JSON)),
    }


@pytest.mark.parametrize("name", ["length", "size", "type", "project", "nothing"])
def test_answers_are_those_of_the_viewset(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, name: str
) -> None:
    address, body = refused(cast, monkeypatch, settings)[name]
    answers = []
    for shortcut in (posting.post_events, lambda request, **_: None):
        routes = [route._replace(shortcut=shortcut) for route in ShortcutMiddleware(lambda _: None).routes]  # type: ignore[arg-type, return-value]
        monkeypatch.setattr("exceptionless_site.api.shortcuts._routes", lambda rows, routes=routes: routes)
        response = cast.client(cast.key).post(address, **body, headers={"origin": "https://shop.example"})
        headers = {key: value for key, value in response.headers.items() if key not in ("Content-Length", "Vary")}
        content = json.loads(response.content) if response.content else None
        if content:
            content.pop("traceId")
        answers.append((response.status_code, headers, content))
    quick, thorough = answers
    # Only what negotiates has these.
    for header in ("Allow", "Content-Type" if quick[2] is None else ""):
        quick[1].pop(header, None)
        thorough[1].pop(header, None)
    assert quick == thorough


def test_a_browser_gets_a_page(cast: Cast) -> None:
    response = post(cast.client(cast.key), headers={"accept": "text/html"})
    assert response.status_code == 202
    assert "text/html" in response["Content-Type"]


def test_a_connection_that_breaks_off_is_a_400(cast: Cast) -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise OSError("gone")

    request = RequestFactory().post("/api/v2/events", b"{}", content_type="application/json")
    request.META["HTTP_AUTHORIZATION"] = f"Bearer {cast.key.secret}"
    request._stream = Broken()  # type: ignore[assignment]
    response = posting.post_events(request)
    assert response is not None
    assert response.status_code == 400
    assert not Submission.objects.exists()
