"""Texts of the query and of the path that no database stores."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client

from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack

NUL = "%00"
ODD = (f"a{NUL}b", "%ed%a0%80%ff", "9" * 400)


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/docs/v2/openapi.json").json()
    return found


def readable() -> Iterator[tuple[str, list[str]]]:
    """The paths that can be read, and the names of their query parameters."""
    for path, operations in document()["paths"].items():
        parameters = operations.get("get", {}).get("parameters", [])
        names = [item["name"] for item in parameters if item["in"] == "query"]
        if names:
            yield path, names


def address_of(path: str, cast: Cast) -> str:
    stack = make_stack(cast.project)
    values = {
        "organizationId": cast.organization.pk,
        "projectId": cast.project.pk,
        "stackId": stack.pk,
        "referenceId": "my-reference-id",
        "sessionId": "my-session-id",
        "type": "log",
        "viewType": "events",
        "name": "indexes",
        "id": cast.project.pk,
    }
    if path.startswith("/api/v2/events/{id}"):
        values["id"] = make_event(stack).event_id
    if path.startswith("/api/v2/stacks/{id}"):
        values["id"] = stack.pk
    if path.startswith("/api/v2/organizations/{id}"):
        values["id"] = cast.organization.pk
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path
    return path


@pytest.mark.parametrize(("path", "names"), [pytest.param(*item, id=item[0]) for item in readable()])
def test_no_text_of_a_query_makes_the_server_fail(cast: Cast, path: str, names: list[str]) -> None:
    address, client = address_of(path, cast), cast.client(cast.owner)
    for text in ODD:
        together: Any = client.get(f"{address}?" + "&".join(f"{name}={text}" for name in names))
        assert together.status_code < 500, text
        for name in names:
            response: Any = client.get(f"{address}?{name}={text}")
            assert response.status_code < 500, (name, text)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "organizations/{organization}/users/a%00b@example.test"),
        ("delete", "organizations/{organization}/users/a%00b@example.test"),
        ("post", "organizations/{organization}/data/a%00b"),
        ("delete", "organizations/{organization}/data/a%00b"),
        ("post", "organizations/{organization}/features/a%00b"),
        ("delete", "organizations/{organization}/features/a%00b"),
        ("get", "auth/check-email-address/a%00b@example.test"),
        ("get", "events/submit/a%00b?message=x"),
        ("get", "projects/{project}/events/submit/a%00b?message=a%00b&a%00b=1"),
        ("delete", "projects/{project}/source-maps/a%00b"),
        ("post", "projects/{project}/config?key=a%00b"),
        ("delete", "projects/{project}/config?key=a%00b"),
        ("post", "projects/{project}/data?key=a%00b"),
        ("delete", "projects/{project}/data?key=a%00b"),
        ("put", "projects/{project}/promotedtabs?name=a%00b"),
        ("post", "events/by-ref/my-reference-id/user-description?projectId=a%00b"),
        ("post", "stacks/{stack}/mark-fixed?version=1%00"),
        ("post", "stacks/{stack}/mark-snoozed?snoozeUntilUtc=%00"),
        ("post", "stacks/{stack}/change-status?status=open%00"),
        ("get", "projects/config?access_token=a%00b"),
    ],
)
def test_nor_does_any_other_part_of_an_address(cast: Cast, method: str, path: str) -> None:
    values = {"organization": cast.organization.pk, "project": cast.project.pk, "stack": make_stack(cast.project).pk}
    body = {} if method == "get" else {"data": {"value": "a\0b"}, "format": "json"}
    for who in (cast.user_key, cast.owner):
        call = getattr(cast.client(who), method)
        response: Any = call(f"/api/v2/{path.format(**values)}", **body)
        assert response.status_code < 500


def test_a_query_is_read_without_what_no_database_stores(cast: Cast) -> None:
    make_event(make_stack(cast.project, type="error"), type="error")
    client = cast.client(cast.owner)
    assert len(client.get("/api/v2/events?filter=type:er%00ror&mo%00de=summary").json()) == 1
    assert "template_key" in client.get("/api/v2/events?mo%00de=summary").json()[0]
    assert len(client.get("/api/v2/stacks?filter=type:er%00ror").json()) == 1
