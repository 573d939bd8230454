"""Summaries of events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.summaries.event import event_summary
from events.summaries.summary import Summary

USER = {"@user": {"identity": "u-1", "name": "Ann"}}
WHO = {"Identity": "u-1", "Name": "Ann"}
REQUEST = {"@request": {"path": "/cart", "client_ip_address": "1.2.3.4, 5.6.7.8"}}
TARGET = {"declaring_namespace": "Shop", "declaring_type": "Cart", "name": "Add", "is_signature_target": True}


def summary(event_type: str, **members: Any) -> Summary:
    defaults: dict[str, Any] = {"source": None, "message": None, "data": {}}
    return event_summary(event_type=event_type, **{**defaults, **members})


@pytest.mark.parametrize(
    ("event_type", "members", "template_key", "data"),
    [
        (
            "error",
            {"message": "m", "data": {"@simple_error": {"type": "Shop.CartError"}, **USER, **REQUEST}},
            "event-simple-summary",
            {"Message": "m", **WHO, "Type": "CartError", "TypeFullName": "Shop.CartError", "Path": "/cart"},
        ),
        ("error", {"data": {"@simple_error": {}, "@error": {}}}, "event-simple-summary", {"Message": None}),
        (
            "error",
            {
                "message": "m",
                "data": {"@error": {"type": "Shop.CartError", "stack_trace": [{}, TARGET]}, **USER, **REQUEST},
            },
            "event-error-summary",
            {
                "Message": "m",
                **WHO,
                "Type": "CartError",
                "TypeFullName": "Shop.CartError",
                "Method": "Add",
                "MethodFullName": "Shop.Cart.Add",
                "Path": "/cart",
            },
        ),
        (
            "error",
            {"data": {"@error": {}}},
            "event-error-summary",
            {"Message": None, "Type": None, "TypeFullName": None, "Method": None, "MethodFullName": None},
        ),
        (
            "404",
            {"source": "GET /x", "data": {**USER, **REQUEST}},
            "event-notfound-summary",
            {"Source": "GET /x", **WHO, "IpAddress": ["1.2.3.4", "5.6.7.8"]},
        ),
        ("404", {}, "event-notfound-summary", {"Source": None}),
        ("usage", {"source": "Export", "data": USER}, "event-feature-summary", {"Source": "Export", **WHO}),
        (
            "session",
            {
                "reference_id": "session-1",
                "value": 12.5,
                "data": {**USER, "sessionend": "2026-01-15T12:00:00Z"},
            },
            "event-session-summary",
            {
                "SessionId": "session-1",
                "Type": "session",
                **WHO,
                "Value": 12.5,
                "SessionEnd": "2026-01-15T12:00:00Z",
            },
        ),
        (
            "session",
            {"reference_id": "session-1"},
            "event-session-summary",
            {"SessionId": "session-1", "Type": "session", "Value": 0},
        ),
        (
            "sessionend",
            {"reference_id": "other-id-1", "data": {"@ref:session": "session-1"}},
            "event-session-summary",
            {"SessionId": "session-1", "Type": "sessionend", "Value": None},
        ),
        (
            "heartbeat",
            {},
            "event-session-summary",
            {"SessionId": None, "Type": "heartbeat", "Value": None},
        ),
        (
            "log",
            {"source": "Shop.Web.Cart", "message": "m", "data": {"@level": " Warn ", **USER}},
            "event-log-summary",
            {"Message": "m", **WHO, "Source": "Shop.Web.Cart", "SourceShortName": "Cart", "Level": "Warn"},
        ),
        ("log", {"source": "a b.c"}, "event-log-summary", {"Message": None, "Source": "a b.c"}),
        ("log", {"data": {"@level": 5, "@error": {}}}, "event-log-summary", {"Message": None}),
        (
            "order",
            {"source": "s", "message": "m", "data": USER},
            "event-summary",
            {"Message": "m", "Source": "s", "Type": "order", **WHO},
        ),
        ("order", {"source": "s"}, "event-summary", {"Message": "s", "Source": "s", "Type": "order"}),
        ("order", {}, "event-summary", {"Message": "order Event", "Source": None, "Type": "order"}),
        ("error", {}, "event-summary", {"Message": "Unknown Error", "Source": None, "Type": "error"}),
    ],
)
def test_the_type_chooses_template_and_values(
    event_type: str, members: dict[str, Any], template_key: str, data: dict[str, Any]
) -> None:
    assert summary(event_type, **members) == (template_key, data)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"Identity": "u-1", "Name": "Ann"}, WHO),
        ({"IDENTITY": "u-1"}, {"Identity": "u-1"}),
        ({"identity": "", "name": "Ann"}, {"Name": "Ann"}),
        ({"identity": 5, "name": None}, {}),
        ("u-1", {}),
        (None, {}),
    ],
)
def test_the_user_is_read_in_any_spelling(user: object, expected: dict[str, str]) -> None:
    assert summary("usage", data={"@user": user}).data == {"Source": None, **expected}


def test_an_anonymous_source_mapped_frame_is_shown_by_its_position() -> None:
    frame = {"file_name": "src/app.ts", "line_number": 7, "data": {"@source_map": {}}, "is_signature_target": True}
    data = summary("error", data={"@error": {"type": "TypeError", "stack_trace": [frame]}}).data
    assert (data["Method"], data["MethodFullName"]) == ("src/app.ts:7", "src/app.ts:7")


def test_the_type_is_that_of_the_error_with_the_marked_frame() -> None:
    inner = {"type": "Shop.Inner", "stack_trace": [TARGET]}
    data = summary("error", data={"@error": {"type": "Shop.Outer", "inner": inner}}).data
    assert data["TypeFullName"] == "Shop.Inner"


def test_the_full_name_of_a_method_has_no_parameters() -> None:
    frame = {**TARGET, "generic_arguments": ["T"], "parameters": [{"type": "Int32", "name": "count"}]}
    data = summary("error", data={"@error": {"stack_trace": [frame]}}).data
    assert (data["Method"], data["MethodFullName"]) == ("Add", "Shop.Cart.Add[T]")


def test_each_address_of_a_missing_page_is_listed_once() -> None:
    data = {"@request": {"client_ip_address": "1.2.3.4,,::1"}, "@environment": {"ip_address": "::1, 9.9.9.9"}}
    assert summary("404", data=data).data["IpAddress"] == ["1.2.3.4", "::1", "9.9.9.9"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=2) | st.dictionaries(st.text(max_size=5), children, max_size=2),
    max_leaves=6,
)
KNOWN_KEYS = ["@error", "@simple_error", "@user", "@request", "@environment", "@level", "@ref:session", "sessionend"]


@given(
    st.sampled_from(["error", "404", "usage", "session", "sessionend", "log", "order"]),
    st.dictionaries(st.sampled_from(KNOWN_KEYS), JSON_VALUES),
)
@settings(max_examples=150, deadline=None)
def test_no_data_raises(event_type: str, data: dict[str, Any]) -> None:
    assert summary(event_type, data=data).template_key.startswith("event-")
