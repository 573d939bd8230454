"""Links of a stack: add-link, remove-link, and the two that Zapier calls."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Stack
from events.services.stacks import add_link
from exceptionless_site.core import json
from tests.conftest import Cast
from tests.events.stack_rows import make_stack, minutes_ago

URL = "https://tracker.example/issues/1"


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def stack(cast: Cast) -> Stack:
    return make_stack(cast.project, references=["https://old.example"], updated_utc=minutes_ago(60))


def send(client: APIClient, url: str, body: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(url, raw, content_type="application/json")


def references(stack: Stack) -> list[str]:
    found: list[str] = Stack.objects.get(pk=stack.pk).references
    return found


class TestAddLink:
    def test_it_is_added_once_and_trimmed(self, owner: APIClient, stack: Stack) -> None:
        for value in (URL, f"  {URL} ", "https://old.example"):
            response = send(owner, f"/api/v2/stacks/{stack.pk}/add-link", {"value": value})
            assert (response.status_code, response.content) == (200, b"")
        assert references(stack) == ["https://old.example", URL]
        assert owner.get(f"/api/v2/stacks/{stack.pk}").json()["references"] == ["https://old.example", URL]

    def test_one_that_is_there_leaves_the_stack_as_it_was(self, owner: APIClient, stack: Stack) -> None:
        send(owner, f"/api/v2/stacks/{stack.pk}/add-link", {"value": "https://old.example"})
        assert Stack.objects.get().updated_utc == stack.updated_utc

    @pytest.mark.parametrize("body", [{"value": ""}, {"value": "  "}, {"value": None}, {}, {"Link": URL}])
    def test_a_blank_one_is_a_400(self, owner: APIClient, stack: Stack, body: dict[str, Any]) -> None:
        response = send(owner, f"/api/v2/stacks/{stack.pk}/add-link", body)
        assert (response.status_code, response.json()["title"]) == (400, "URL is required.")

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"{", b'{"value": 5}', b'{"value": ["x"]}'])
    def test_a_body_that_is_none_is_a_400(self, owner: APIClient, stack: Stack, body: bytes) -> None:
        assert send(owner, f"/api/v2/stacks/{stack.pk}/add-link", body).status_code == 400
        assert references(stack) == ["https://old.example"]

    def test_another_content_type_is_a_415(self, owner: APIClient, stack: Stack) -> None:
        response = owner.post(f"/api/v2/stacks/{stack.pk}/add-link", URL, content_type="text/plain")
        assert response.status_code == 415

    def test_a_null_character_is_taken_out(self, owner: APIClient, stack: Stack) -> None:
        send(owner, f"/api/v2/stacks/{stack.pk}/add-link", b'{"value": "https://a.example/\\u0000x"}')
        assert references(stack)[1] == "https://a.example/x"

    def test_to_an_unknown_stack_404(self, owner: APIClient) -> None:
        assert send(owner, f"/api/v2/stacks/{'0' * 24}/add-link", {"value": URL}).status_code == 404

    def test_it_is_added_to_what_the_row_holds_by_then(self, stack: Stack) -> None:
        same_row = Stack.objects.get(pk=stack.pk)
        add_link(stack=stack, url="https://first.example")
        add_link(stack=same_row, url="https://second.example")
        assert references(stack) == ["https://old.example", "https://first.example", "https://second.example"]


class TestRemoveLink:
    @pytest.mark.parametrize("value", ["https://old.example", " https://old.example "])
    def test_it_is_removed(self, owner: APIClient, stack: Stack, value: str) -> None:
        response = send(owner, f"/api/v2/stacks/{stack.pk}/remove-link", {"value": value})
        assert (response.status_code, response.content) == (204, b"")
        assert references(stack) == []

    def test_one_that_is_not_there_is_removed_as_well(self, owner: APIClient, stack: Stack) -> None:
        assert send(owner, f"/api/v2/stacks/{stack.pk}/remove-link", {"value": URL}).status_code == 204
        assert references(stack) == ["https://old.example"]

    def test_a_blank_one_is_a_400(self, owner: APIClient, stack: Stack) -> None:
        response = send(owner, f"/api/v2/stacks/{stack.pk}/remove-link", {"value": " "})
        assert (response.status_code, response.json()["title"]) == (400, "URL is required.")

    def test_from_an_unknown_stack_404(self, owner: APIClient) -> None:
        assert send(owner, f"/api/v2/stacks/{'0' * 24}/remove-link", {"value": URL}).status_code == 404


ZAPIER_LINKS = pytest.mark.parametrize("url", ["/api/v2/stacks/add-link", "/api/v1/stack/addlink"])
ZAPIER_FIXES = pytest.mark.parametrize("url", ["/api/v2/stacks/mark-fixed", "/api/v1/stack/markfixed"])
REFERENCES = pytest.mark.parametrize(
    "body",
    [
        {"Stack": "{id}"},
        {"ErrorStack": "{id}"},
        {"Stack": "{id}", "ErrorStack": "0" * 24},
        {"Stack": "", "ErrorStack": "{id}"},
        {"Stack": "http://localhost/stack/{id}"},
        {"Stack": "https://errors.example/next/stack/{id}/?tab=1#top"},
    ],
)
NO_REFERENCES = pytest.mark.parametrize(
    "body",
    [
        {},
        {"stack": "{id}"},
        {"errorstack": "{id}"},
        {"Stack": None},
        {"Stack": 5},
        {"Stack": ""},
        {"Stack": "http://localhost/stack/"},
        {"Stack": "http"},
        {"Stack": "0" * 24, "ErrorStack": "{id}"},
    ],
)


def naming(stack: Stack, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        name: value.replace("{id}", stack.pk) if isinstance(value, str) else value for name, value in body.items()
    } | more


@ZAPIER_LINKS
class TestAddLinkForZapier:
    @REFERENCES
    def test_it_is_added(self, owner: APIClient, stack: Stack, url: str, body: dict[str, Any]) -> None:
        response = send(owner, url, naming(stack, body, Link=f" {URL}"))
        assert (response.status_code, response.content) == (200, b"")
        assert references(stack) == ["https://old.example", URL]

    @NO_REFERENCES
    def test_to_a_stack_that_is_not_named_404(
        self, owner: APIClient, stack: Stack, url: str, body: dict[str, Any]
    ) -> None:
        assert send(owner, url, naming(stack, body, Link=URL)).status_code == 404
        assert references(stack) == ["https://old.example"]

    @pytest.mark.parametrize("more", [{}, {"Link": ""}, {"Link": None}, {"link": URL}])
    def test_a_blank_one_is_a_400(self, owner: APIClient, stack: Stack, url: str, more: dict[str, Any]) -> None:
        response = send(owner, url, {"Stack": stack.pk} | more)
        assert (response.status_code, response.json()["title"]) == (400, "URL is required.")

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{"])
    def test_a_body_that_is_none_is_a_400(self, owner: APIClient, url: str, body: bytes) -> None:
        assert send(owner, url, body).status_code == 400


@ZAPIER_FIXES
class TestMarkFixedForZapier:
    @REFERENCES
    def test_it_is_fixed(self, owner: APIClient, stack: Stack, url: str, body: dict[str, Any]) -> None:
        response = send(owner, url, naming(stack, body))
        assert (response.status_code, response.content) == (200, b"")
        stack.refresh_from_db()
        assert (stack.status, stack.fixed_in_version) == ("fixed", "")
        assert stack.date_fixed is not None

    @NO_REFERENCES
    def test_a_stack_that_is_not_named_404(
        self, owner: APIClient, stack: Stack, url: str, body: dict[str, Any]
    ) -> None:
        assert send(owner, url, naming(stack, body)).status_code == 404
        stack.refresh_from_db()
        assert stack.status == "open"

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{"])
    def test_a_body_that_is_none_is_a_400(self, owner: APIClient, url: str, body: bytes) -> None:
        assert send(owner, url, body).status_code == 400
