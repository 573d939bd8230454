"""Signatures and their hash, with the vectors of the contract."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.stacking.signature import (
    default_signature,
    is_unhandled_rejection,
    manual_signature,
    scalar_text,
    sha1_hex,
    signature_hash,
    simple_error_signature,
    unhandled_rejection_signature,
)

ANTI_FORGERY_METHOD = (
    "System.Web.Helpers.AntiXsrf.TokenValidator.ValidateTokens(HttpContextBase httpContext, "
    "IIdentity identity, AntiForgeryToken sessionToken, AntiForgeryToken fieldToken)"
)
CONTRACT = Path(os.environ.get("CONTRACT_DIR", Path(__file__).parents[2].parent / "shared/contract"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["log", "GET /Print"], "aa2a7ad2b40747584d649b1cc9b359495f2e629a"),
        (
            ["System.Web.Mvc.HttpAntiForgeryException", ANTI_FORGERY_METHOD, "-2147467259"],
            "20b29b2efe355710562e2cb3c02b8d0a6ebec2ab",
        ),
        (["hello"], "b6d795fbd58cc7592d955a219374339a323801a9"),
        (["test"], "87f8ed9157125ffc4da9e06a7b8011ad80a53fe1"),
    ],
)
def test_the_hash_of_known_values_is_that_of_the_official_server(values: list[str], expected: str) -> None:
    assert signature_hash(values) == expected


def test_the_stacks_of_the_contract_have_the_hash_of_their_signature() -> None:
    fixture = CONTRACT / "cases/fixtures/search_stacks.json"
    if not fixture.exists():
        pytest.skip("the contract folder is not here")
    stacks = json.loads(fixture.read_text())["stacks"]
    genuine = [stack for stack in stacks if stack["id"] in {"1ecd0826e447a44e78877ab1", "2ecd0826e447a44e78877ab2"}]
    assert len(genuine) == 2
    assert [signature_hash(stack["signature_info"].values()) for stack in genuine] == [
        stack["signature_hash"] for stack in genuine
    ]


def test_values_are_joined_without_a_separator_in_their_order() -> None:
    assert signature_hash(["ab", "c"]) == signature_hash(["a", "bc"]) == sha1_hex("abc")
    assert signature_hash(["b", "a"]) != signature_hash(["a", "b"])


def test_a_lone_surrogate_is_hashed_and_does_not_raise() -> None:
    assert len(signature_hash(["broken \ud83d emoji"])) == 40
    assert signature_hash(["\ud83d"]) != signature_hash(["\ude00"])


@given(st.lists(st.text(alphabet=st.characters()), max_size=5))
@settings(max_examples=100, deadline=None)
def test_every_list_of_texts_has_a_hash(values: list[str]) -> None:
    digest = signature_hash(values)
    assert len(digest) == 40
    assert set(digest) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("event_type", "source", "expected"),
    [
        ("log", "GET /Print", {"Type": "log", "Source": "GET /Print"}),
        ("session", None, {"Type": "session"}),
        ("usage", "", {"Type": "usage"}),
        ("", "there", {"Source": "there"}),
    ],
)
def test_the_default_signature_leaves_out_what_is_empty(
    event_type: str, source: str | None, expected: dict[str, str]
) -> None:
    assert default_signature(event_type, source) == expected
    assert list(default_signature(event_type, source)) == list(expected)


@pytest.mark.parametrize(
    ("stack_info", "expected"),
    [
        ({"signature_data": {"b": "2", "a": "1"}, "title": "mine"}, {"b": "2", "a": "1"}),
        ({"signature_data": {"kept": "x", "empty": "", "null": None}}, {"kept": "x"}),
        (
            {"signature_data": {"number": 5, "flag": True, "list": [1], "object": {"a": 1}}},
            {"number": "5", "flag": "True"},
        ),
        ({"signature_data": {}}, {}),
        ({"signature_data": "text"}, {}),
        ({"signature_data": None}, {}),
        ({"title": "only a title"}, {}),
    ],
)
def test_a_manual_signature_takes_the_non_empty_pairs(stack_info: dict[str, Any], expected: dict[str, str]) -> None:
    assert list(manual_signature(stack_info).items()) == list(expected.items())


@pytest.mark.parametrize(
    ("simple_error", "expected"),
    [
        (
            {"type": "TypeError", "stack_trace": "hello", "message": "x"},
            {"ExceptionType": "TypeError", "StackTrace": "b6d795fbd58cc7592d955a219374339a323801a9"},
        ),
        ({"stack_trace": "test"}, {"StackTrace": "87f8ed9157125ffc4da9e06a7b8011ad80a53fe1"}),
        ({"type": "TypeError", "stack_trace": ""}, {"ExceptionType": "TypeError"}),
        ({"message": "x"}, {}),
        ({"type": 5, "stack_trace": ["frame"]}, {}),
    ],
)
def test_a_simple_error_is_known_by_its_type_and_the_hash_of_its_trace(
    simple_error: dict[str, Any], expected: dict[str, str]
) -> None:
    assert list(simple_error_signature(simple_error).items()) == list(expected.items())


NO_INFORMATION = {"NoStackingInformation": "b7f1c5a0-0000-4000-8000-000000000000"}


@pytest.mark.parametrize(
    ("signature", "submission_method", "message", "expected"),
    [
        (NO_INFORMATION, "$exceptionHandler", "Possibly unhandled rejection: {}", True),
        (NO_INFORMATION, "$exceptionHandler", "Something else", False),
        (NO_INFORMATION, "$exceptionHandler", None, False),
        (NO_INFORMATION, "onerror", "Possibly unhandled rejection: {}", False),
        (NO_INFORMATION, None, "Possibly unhandled rejection: {}", False),
        (NO_INFORMATION, ["$exceptionHandler"], "Possibly unhandled rejection: {}", False),
        ({"ExceptionType": "Error"}, "$exceptionHandler", "Possibly unhandled rejection: {}", False),
        ({**NO_INFORMATION, "ErrorCode": "1"}, "$exceptionHandler", "Possibly unhandled rejection", False),
        ({}, "$exceptionHandler", "Possibly unhandled rejection", False),
    ],
)
def test_only_a_rejection_without_any_information_is_angulars(
    signature: dict[str, str], submission_method: object, message: str | None, expected: bool
) -> None:
    assert is_unhandled_rejection(signature, submission_method, message) is expected


@pytest.mark.parametrize(
    ("error", "exception_type"),
    [({"type": "HttpError"}, "HttpError"), ({"type": ""}, "Error"), ({}, "Error"), ({"type": 4}, "Error")],
)
def test_unhandled_rejections_share_a_stack_by_type(error: dict[str, Any], exception_type: str) -> None:
    signature = unhandled_rejection_signature(error)
    assert list(signature.items()) == [("ExceptionType", exception_type), ("Source", "unhandledRejection")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (-5, "-5"), (1.5, "1.5"), (True, "True"), (False, "False"), (None, ""), ([], ""), ({"a": 1}, "")],
)
def test_scalars_are_written_as_dotnet_does(value: object, expected: str) -> None:
    assert scalar_text(value) == expected
