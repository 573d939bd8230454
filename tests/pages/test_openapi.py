"""The OpenAPI document, and the page over it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from events.stack_selectors import StackMode

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/docs/v2/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_the_document_says_what_it_is(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.1"
    assert document["info"]["title"] == "Exceptionless API"
    assert document["info"]["version"] == "v2"
    assert document["info"]["contact"]["name"]


def test_the_groups_stand_in_the_order_in_which_they_are_needed(document: dict[str, Any]) -> None:
    names = [tag["name"] for tag in document["tags"]]
    assert names[:7] == ["Auth", "Event", "Organization", "Project", "Stack", "Token", "User"]
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    assert used <= set(names)


def test_three_ways_of_authorizing_are_offered_and_each_operation_takes_any(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    kinds = {
        name: {key: value for key, value in scheme.items() if key != "description"} for name, scheme in schemes.items()
    }
    assert kinds == {
        "Bearer": {"type": "http", "scheme": "bearer"},
        "Token": {"type": "apiKey", "in": "query", "name": "access_token"},
        "Basic": {"type": "http", "scheme": "basic"},
    }
    assert document["security"] == [{"Bearer": []}, {"Token": []}, {"Basic": []}]


@pytest.mark.parametrize(("method", "path"), [("post", "/api/v2/auth/login"), ("post", "/api/v2/auth/signup")])
def test_open_operations_ask_for_nothing(document: dict[str, Any], method: str, path: str) -> None:
    assert document["paths"][path][method]["security"] == []


def test_operations_with_a_policy_list_their_refusals(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        if operation.get("security") != []:
            assert {"401", "403"} <= operation["responses"].keys(), (method, path)


def test_operation_ids_are_unique_and_readable(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]+", id_) for id_ in ids)
    assert document["paths"]["/api/v2/tokens/{id}"]["get"]["operationId"] == "GetTokenById"


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert method in METHODS
        assert operation["summary"], (method, path)
        assert operation["description"] == operation["description"].strip(), (method, path)
        assert len(operation["tags"]) == 1, (method, path)


def test_path_parameters_are_spelled_officially_and_declared(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        named = set(re.findall(r"\{(\w+)\}", path))
        assert not any("_" in name for name in named), path
        declared = {item["name"] for item in operation.get("parameters", []) if item["in"] == "path"}
        assert declared == named, (method, path)


def test_errors_are_problems_and_other_answers_have_no_empty_content(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        # There is no assistant, so it never succeeds.
        is_refused = path == "/api/v2/assistant/chat"
        assert is_refused or any(status < "400" for status in operation["responses"]), (method, path)
        for status, response in operation["responses"].items():
            assert response["description"], (method, path, status)
            if int(status) >= 400 and "content" in response:
                assert "application/problem+json" in response["content"] or status == "400", (method, path, status)
            assert response.get("content") != {}, (method, path, status)
            assert status not in ("202", "204", "304") or _is_bare_or_described(response), (method, path, status)


def _is_bare_or_described(response: dict[str, Any]) -> bool:
    return all("schema" in media for media in response.get("content", {}).values())


def test_an_accepted_event_is_answered_without_a_body(document: dict[str, Any]) -> None:
    assert "content" not in document["paths"]["/api/v2/events"]["post"]["responses"]["202"]


def test_events_can_be_posted_to_both_versions_and_the_description_says_so(document: dict[str, Any]) -> None:
    for path in ("/api/v1/events", "/api/v2/events", "/api/v2/projects/{projectId}/events"):
        assert "post" in document["paths"][path]
    assert "version" in document["paths"]["/api/v2/events"]["post"]["description"]


def test_routes_of_the_first_version_come_last(document: dict[str, Any]) -> None:
    versions = [path.split("/")[2] for path in document["paths"] if path.startswith("/api/")]
    assert versions == sorted(versions, reverse=True)


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in set(re.findall(r"#/components/schemas/([\w.-]+)", str(document))):
        assert name in schemas


def test_the_document_is_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS


def test_statuses_of_stacks_have_the_official_name(document: dict[str, Any]) -> None:
    statuses = document["components"]["schemas"]["StackStatus"]["enum"]
    assert statuses == ["open", "fixed", "regressed", "snoozed", "ignored", "discarded"]


def test_the_modes_of_event_lists_are_named(document: dict[str, Any]) -> None:
    for path in ("/api/v2/events", "/api/v2/events/sessions", "/api/v2/events/by-ref/{referenceId}"):
        parameters = document["paths"][path]["get"]["parameters"]
        (text,) = (item["description"] for item in parameters if item["name"] == "mode")
        for mode in ("summary", *StackMode):
            assert f"`{mode}`" in text


def test_dates_are_described_as_dates(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["ViewToken"]["properties"]["created_utc"]["format"] == "date-time"


def test_other_tools_may_load_the_document_and_get_it_compressed() -> None:
    response: Any = Client().get("/docs/v2/openapi.json", HTTP_ACCEPT_ENCODING="gzip", HTTP_ORIGIN="https://other.test")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content).startswith(b"{")


def test_the_page_hands_the_document_to_swagger_ui() -> None:
    page = Client().get("/docs").content.decode()
    assert 'data-document="/docs/v2/openapi.json"' in page
    assert "swagger-ui-bundle.js" in page
