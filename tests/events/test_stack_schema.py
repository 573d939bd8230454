"""How stacks are documented: against the official document, and in the browsable API."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from exceptionless_site.core import json
from tests.conftest import Cast
from tests.events.stack_rows import make_stack

OPERATIONS = [
    ("get", "/api/v2/stacks"),
    ("get", "/api/v2/organizations/{organizationId}/stacks"),
    ("get", "/api/v2/projects/{projectId}/stacks"),
    ("get", "/api/v2/stacks/{id}"),
    ("delete", "/api/v2/stacks/{ids}"),
    ("post", "/api/v2/stacks/{ids}/mark-fixed"),
    ("post", "/api/v2/stacks/{ids}/mark-snoozed"),
    ("post", "/api/v2/stacks/{ids}/change-status"),
    ("post", "/api/v2/stacks/{ids}/mark-critical"),
    ("delete", "/api/v2/stacks/{ids}/mark-critical"),
    ("post", "/api/v2/stacks/{id}/add-link"),
    ("post", "/api/v2/stacks/{id}/remove-link"),
    ("post", "/api/v2/stacks/{id}/promote"),
]
EXTRA = [
    ("post", "/api/v2/stacks/mark-fixed"),
    ("post", "/api/v2/stacks/add-link"),
    ("post", "/api/v1/stack/markfixed"),
    ("post", "/api/v1/stack/addlink"),
]


@cache
def ours() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


@cache
def official() -> dict[str, Any]:
    folder = Path(os.environ.get("CONTRACT_DIR") or Path(__file__).parents[2].parent / "shared/contract")
    path = folder / "openapi.json"
    if not path.exists():
        pytest.skip("the contract folder is not here")
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_has_all_that_the_official_one_has(method: str, path: str) -> None:
    operation, model = ours()["paths"][path][method], official()["paths"][path][method]
    assert operation["tags"] == model["tags"]
    assert operation["summary"] == model["summary"]
    assert set(model["responses"]) <= set(operation["responses"])
    names = [[item["name"] for item in document.get("parameters", ())] for document in (operation, model)]
    assert names[0] == names[1]
    assert ("requestBody" in operation) is ("requestBody" in model)


def test_all_official_operations_are_there() -> None:
    found = [
        (method, path)
        for path, item in official()["paths"].items()
        for method, operation in item.items()
        if operation["tags"] == ["Stack"]
    ]
    assert sorted(found) == sorted(OPERATIONS)


def test_the_members_of_a_stack_have_the_official_types() -> None:
    mine, model = (document["components"]["schemas"]["Stack"] for document in (ours(), official()))
    assert set(mine["properties"]) == set(model["properties"])
    assert set(mine["required"]) == set(model["required"])
    for name, schema in mine["properties"].items():
        if name not in ("status", "title"):
            assert kind(schema) == kind(model["properties"][name]), name


def kind(schema: dict[str, Any]) -> tuple[Any, Any, Any]:
    types = schema["type"]
    return sorted(types) if isinstance(types, list) else [types], schema.get("format"), schema.get("uniqueItems")


@pytest.mark.parametrize(("method", "path"), OPERATIONS + EXTRA)
def test_every_operation_is_described_with_its_refusals(method: str, path: str) -> None:
    operation = ours()["paths"][path][method]
    assert operation["summary"]
    assert {"401", "403"} <= set(operation["responses"])
    for status, response in operation["responses"].items():
        assert response["description"]
        if int(status) >= 400:
            assert "application/problem+json" in response["content"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        assert content["examples"]


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/api/v2/stacks/{id}/add-link", "issues/1"),
        ("/api/v2/stacks/{id}/remove-link", "issues/1"),
        ("/api/v2/stacks/mark-fixed", "errors.example/stack/"),
        ("/api/v2/stacks/add-link", "tracker.example"),
    ],
)
def test_the_browsable_api_offers_a_body_to_start_from(cast: Cast, url: str, text: str) -> None:
    client: APIClient = cast.client(cast.owner)
    page = client.get(url.format(id=make_stack(cast.project).pk), headers={"accept": "text/html"})
    assert "<textarea" in page.content.decode()
    assert text in page.content.decode()


@pytest.mark.parametrize("url", ["/api/v2/stacks", "/api/v2/stacks?mode=summary", "/api/v2/stacks/{id}"])
def test_pages_of_the_browsable_api_escape_what_they_show(cast: Cast, url: str) -> None:
    stack = make_stack(cast.project, title="<script>alert(1)</script>")
    page = cast.client(cast.owner).get(url.format(id=stack.pk), headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
