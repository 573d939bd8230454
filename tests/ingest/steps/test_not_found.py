"""Events of type 404."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps import not_found
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(
    ("request_info", "expected"),
    [
        ({"http_method": "GET", "path": "/missing", "host": "example.test"}, "GET /missing"),
        ({"HttpMethod": "POST", "Path": "missing", "QueryString": {"a": "b"}}, "POST /missing"),
        ({"path": "/missing"}, "/missing"),
        ({"http_method": "GET"}, "GET /"),
        ({"http_method": "", "path": ""}, "/"),
        ({}, "/"),
    ],
)
@pytest.mark.parametrize("source", [None, "", "  "])
def test_a_blank_source_becomes_method_and_path(
    request_info: dict[str, Any], expected: str, source: str | None
) -> None:
    context = make_context("404", {"@request": request_info}, source=source, message="sent")
    not_found.run([context])
    assert (context.event.source, context.event.message) == (expected, None)


def test_a_source_that_was_sent_stays_with_its_message() -> None:
    context = make_context("404", {"@request": {"path": "/missing"}}, source="mine", message="sent")
    not_found.run([context])
    assert (context.event.source, context.event.message) == ("mine", "sent")


def test_errors_environment_and_trace_have_no_place_in_a_404_with_a_request() -> None:
    data = {"@request": {"path": "/x"}, "@environment": {}, "@trace": [], "@error": {}, "@simple_error": {}, "mine": 1}
    context = make_context("404", data)
    not_found.run([context])
    assert context.event.data == {"@request": {"path": "/x"}, "mine": 1}


def test_without_a_request_only_environment_and_trace_go() -> None:
    data = {"@request": "text", "@environment": {}, "@trace": [], "@error": {}}
    context = make_context("404", data, message="sent")
    not_found.run([context])
    assert context.event.data == {"@request": "text", "@error": {}}
    assert (context.event.source, context.event.message) == (None, "sent")


def test_other_types_are_left_alone() -> None:
    data = {"@request": {"path": "/x"}, "@environment": {}, "@error": {}}
    context = make_context("error", dict(data))
    not_found.run([context])
    assert context.event.data == data
    assert context.event.source is None
