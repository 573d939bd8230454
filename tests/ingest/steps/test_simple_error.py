"""`@simple_error` on its way through the pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps import error, simple_error
from events.stacking.signature import sha1_hex
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"type": "E", "stack_trace": "at a"}, {"ExceptionType": "E", "StackTrace": sha1_hex("at a")}),
        ({"Type": "E"}, {"ExceptionType": "E"}),
        ({"StackTrace": "at a"}, {"StackTrace": sha1_hex("at a")}),
    ],
)
def test_type_and_trace_sign_the_event(sent: dict[str, Any], expected: dict[str, str]) -> None:
    context = make_context("error", {"@simple_error": sent})
    simple_error.run([context])
    assert list(context.signature.items()) == list(expected.items())
    assert context.event.data["@simple_error"]["data"]["@target"] == expected


def test_without_type_and_trace_there_is_no_signature() -> None:
    context = make_context("error", {"@simple_error": {"Message": "gone"}})
    simple_error.run([context])
    assert context.signature == {}
    assert context.event.message == "gone"
    assert context.event.data["@simple_error"] == {"message": "gone"}


def test_a_full_error_has_the_first_word() -> None:
    context = make_context("error", {"@error": {"type": "Full"}, "@simple_error": {"Type": "Simple"}})
    error.run([context])
    simple_error.run([context])
    assert context.signature == {"ExceptionType": "Full"}
    assert context.event.data["@simple_error"] == {"Type": "Simple"}


@pytest.mark.parametrize("sent", ["text", [], 5, None])
def test_a_simple_error_that_is_no_object_stays_as_sent(sent: Any) -> None:
    context = make_context("error", {"@simple_error": sent})
    simple_error.run([context])
    assert (context.signature, context.error) == ({}, None)
    assert context.event.data == {"@simple_error": sent}


def test_other_types_are_left_alone() -> None:
    context = make_context("log", {"@simple_error": {"Type": "E", "Message": "m"}})
    simple_error.run([context])
    assert (context.signature, context.event.message) == ({}, None)
