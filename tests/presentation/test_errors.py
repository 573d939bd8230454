"""Errors as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from events.presentation.errors import error_views

ERROR: dict[str, Any] = {
    "type": "Shop.CartError",
    "message": "outer",
    "code": "17",
    "data": {"@ext": {"Number": 5}, "@target": {"Method": "x"}},
    "stack_trace": [
        {
            "declaring_namespace": "Shop",
            "declaring_type": "Cart",
            "name": "Add",
            "file_name": "Cart.cs",
            "line_number": 7,
            "column": 3,
            "is_signature_target": True,
        },
        {"declaring_namespace": "System.Web", "declaring_type": "Handler", "name": "Run"},
    ],
    "inner": {
        "type": "TypeError",
        "stack_trace": [
            {
                "file_name": "src/cart.ts",
                "line_number": 4,
                "data": {"@source_map": {"generated_file_name": "app.js", "generated_line_number": 1}},
            },
            {"name": "next", "file_name": "/app/node_modules/express/router.js"},
        ],
    },
}


def test_the_chain_is_read_from_outside_inwards() -> None:
    outer, inner = error_views({"@error": ERROR})
    assert (outer.type, outer.message, outer.code) == ("Shop.CartError", "outer", "17")
    assert inner.type == "TypeError"


def test_frames_say_where_they_stand_and_whose_code_they_are() -> None:
    outer, inner = error_views({"@error": ERROR})
    own, framework = outer.frames
    assert (own.method, own.place, own.is_user_code, own.is_target) == ("Shop.Cart.Add()", "Cart.cs:7:3", True, True)
    assert (framework.place, framework.is_user_code, framework.is_target) == ("", False, False)
    mapped, package = inner.frames
    assert (mapped.method, mapped.place, mapped.generated) == ("(anonymous)", "src/cart.ts:4", "app.js:1")
    assert not package.is_user_code


def test_what_the_server_adds_is_not_shown_as_the_senders_data() -> None:
    assert error_views({"@error": ERROR})[0].data == {"@ext": {"Number": 5}}


def test_the_text_for_copying_has_all_frames() -> None:
    assert error_views({"@error": ERROR})[0].text.splitlines() == [
        "Shop.CartError: outer",
        "   at Shop.Cart.Add() in Cart.cs:7:3",
        "   at System.Web.Handler.Run()",
    ]


def test_simple_errors_have_their_trace_as_text() -> None:
    data = {"@simple_error": {"type": "E", "message": "m", "stack_trace": "at a\nat b", "inner": {"type": "I"}}}
    outer, inner = error_views(data)
    assert (outer.trace, outer.frames, inner.type) == ("at a\nat b", [], "I")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"@error": None},
        {"@error": "text"},
        {"@error": [1]},
        {"@simple_error": 5},
    ],
)
def test_without_an_error_there_is_nothing(data: dict[str, Any]) -> None:
    assert error_views(data) == []


@pytest.mark.parametrize(
    "error",
    [
        {"stack_trace": "text", "inner": "text", "data": 5, "type": 5, "message": ["x"]},
        {"stack_trace": [None, 5, {"name": 5, "line_number": "7", "file_name": {}, "data": "x", "column": True}]},
        {"stack_trace": [{"data": {"@source_map": "x"}}, {"data": {"@source_map": {}}}]},
    ],
)
def test_members_of_a_wrong_type_count_as_absent(error: dict[str, Any]) -> None:
    (view,) = error_views({"@error": error})
    assert view.type == ""
    assert all(frame.place == "" for frame in view.frames)
