"""`@error` on its way through the pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps import error
from tests.ingest.steps.contexts import make_context, make_project

FRAMES = [
    {"DeclaringNamespace": "System.Web", "DeclaringType": "Pipeline", "Name": "Run"},
    {"declaring_namespace": "Shop", "declaring_type": "Cart", "name": "Add"},
    {"declaring_namespace": "Shop", "declaring_type": "Entities", "name": "SaveChanges"},
]


def signed(sent: Any, *, event_type: str = "error", **project: Any) -> tuple[dict[str, str], Any]:
    context = make_context(event_type, {"@error": sent}, project=make_project(**project))
    error.run([context])
    assert context.error is None
    return context.signature, context.event.data["@error"]


def test_the_signature_is_the_type_and_the_first_user_frame() -> None:
    signature, stored = signed({"type": "KeyError", "message": "gone", "stack_trace": FRAMES})
    assert list(signature.items()) == [("ExceptionType", "KeyError"), ("Method", "Shop.Cart.Add()")]
    assert stored["data"]["@target"] == {**signature, "Message": "gone"}
    assert [frame["is_signature_target"] for frame in stored["stack_trace"]] == [False, True, False]


def test_the_stored_error_has_the_names_of_the_wire() -> None:
    _, stored = signed({"Type": "E", "StackTrace": FRAMES[:1], "Modules": [], "Inner": {"Message": "inner"}})
    assert set(stored) == {"type", "stack_trace", "inner", "data"}
    assert stored["stack_trace"][0]["declaring_type"] == "Pipeline"
    assert stored["inner"] == {"message": "inner"}


def test_the_projects_namespaces_and_common_methods_decide() -> None:
    sent = {"type": "E", "stack_trace": FRAMES}
    assert signed(sent, user_namespaces=("System",))[0]["Method"] == "System.Web.Pipeline.Run()"
    assert signed(sent, common_methods=("Cart",))[0]["Method"] == "Shop.Entities.SaveChanges()"


def test_common_methods_of_the_server_are_skipped() -> None:
    assert signed({"type": "E", "stack_trace": FRAMES[2:]})[0]["Method"] == "Shop.Entities.SaveChanges()"
    innermost_first = {"type": "E", "stack_trace": FRAMES[1:2], "inner": {"type": "I", "stack_trace": FRAMES[2:]}}
    assert signed(innermost_first)[0] == {"ExceptionType": "E", "Method": "Shop.Cart.Add()"}


def test_an_error_that_says_nothing_gets_a_stack_of_its_own() -> None:
    first, second = signed({})[0], signed({})[0]
    assert set(first) == set(second) == {"NoStackingInformation"}
    assert first != second


def test_sent_again_with_its_reference_id_it_gets_the_same_stack() -> None:
    def hash_of(reference_id: str | None) -> str:
        context = make_context("error", {"@error": {"message": "nothing"}}, reference_id=reference_id)
        error.run([context])
        assert context.event.data["@error"]["data"]["@target"] == context.signature
        return context.signature["NoStackingInformation"]

    assert hash_of("order-1042") == hash_of("order-1042") != hash_of("order-1043")
    for unusable in (None, "invalid-reference-id"):
        assert hash_of(unusable) != hash_of(unusable)


@pytest.mark.parametrize(("own", "expected"), [(None, "gone"), ("", "gone"), (" \t", "gone"), ("mine", "mine")])
def test_a_blank_message_becomes_the_errors_own(own: str | None, expected: str) -> None:
    context = make_context("error", {"@error": {"message": "gone"}}, message=own)
    error.run([context])
    assert context.event.message == expected


def test_only_events_of_type_error_are_signed() -> None:
    sent = {"Type": "E", "Message": "gone"}
    signature, stored = signed(sent, event_type="log")
    assert signature == {}
    assert stored == sent


@pytest.mark.parametrize("sent", ["text", [], 5, None, True])
def test_an_error_that_is_no_object_stays_as_sent(sent: Any) -> None:
    assert signed(sent) == ({}, sent)
