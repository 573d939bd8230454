"""Summaries of stacks."""

from __future__ import annotations

from typing import Any

import pytest

from events.summaries.stack import stack_summary

METHOD = "Shop.Cart.Add[Shop.Item](Shop.Item item, Int32 count)"


@pytest.mark.parametrize(
    ("signature_info", "template_key", "data"),
    [
        (
            {"ExceptionType": "Shop.CartError", "StackTrace": "b6d7", "Path": "/cart"},
            "stack-simple-summary",
            {"Type": "CartError", "TypeFullName": "Shop.CartError", "Path": "/cart"},
        ),
        ({"StackTrace": "b6d7"}, "stack-simple-summary", {"Type": None, "TypeFullName": None}),
        (
            {"ExceptionType": "Shop.CartError", "Method": METHOD, "Number": "5"},
            "stack-error-summary",
            {"Type": "CartError", "TypeFullName": "Shop.CartError", "Method": "Add", "MethodFullName": METHOD},
        ),
        (
            {"ExceptionType": "TypeError", "Message": "no", "Path": "/cart"},
            "stack-error-summary",
            {
                "Type": "TypeError",
                "TypeFullName": "TypeError",
                "Method": None,
                "MethodFullName": None,
                "Message": "no",
                "Path": "/cart",
            },
        ),
        (
            {"ExceptionType": "Error", "Source": "unhandledRejection"},
            "stack-error-summary",
            {"Type": "Error", "TypeFullName": "Error", "Method": None, "MethodFullName": None},
        ),
        ({"Type": "404", "Source": "GET /x"}, "stack-notfound-summary", {}),
        ({"Type": "usage", "Source": "Export"}, "stack-feature-summary", {}),
        ({"Type": "session"}, "stack-session-summary", {}),
        ({"Type": "sessionend"}, "stack-session-summary", {}),
        ({"Type": "heartbeat"}, "stack-session-summary", {}),
        ({"Type": "order", "Source": "web"}, "stack-summary", {"Type": "order", "Source": "web"}),
        ({"Type": "order"}, "stack-summary", {"Type": "order"}),
        ({"ManualStackingKey": "one"}, "stack-summary", {"Type": "order"}),
        ({"NoStackingInformation": "guid"}, "stack-summary", {"Type": "order"}),
        ({}, "stack-summary", {"Type": "order"}),
    ],
)
def test_the_signature_chooses_template_and_values(
    signature_info: dict[str, str], template_key: str, data: dict[str, Any]
) -> None:
    summary = stack_summary(stack_type="order", title="title", signature_info=signature_info)
    assert (summary.template_key, summary.data) == (template_key, data)


@pytest.mark.parametrize(
    ("title", "source", "data"),
    [
        ("Shop.Web.Cart", "Shop.Web.Cart", {"Source": "Shop.Web.Cart", "SourceShortName": "Cart"}),
        ("own title", "Shop.Web.Cart", {}),
        ("Cart", "Cart", {}),
        ("GET /a.b", "GET /a.b", {}),
        ("Shop..Cart", "Shop..Cart", {}),
        ("Shop.1", "Shop.1", {}),
        ("(Global)", None, {}),
    ],
)
def test_a_log_stack_names_its_source_only_as_a_dotted_identifier(
    title: str, source: str | None, data: dict[str, str]
) -> None:
    info = {"Type": "log", **({"Source": source} if source else {})}
    summary = stack_summary(stack_type="log", title=title, signature_info=info)
    assert (summary.template_key, summary.data) == ("stack-log-summary", data)


@pytest.mark.parametrize(
    ("method", "short_name"),
    [
        ("Shop.Cart.Add()", "Add"),
        ("Add()", "Add"),
        ("Shop.Cart.Add(System.String name)", "Add"),
        ("Shop.Cart.Map[A.B,C.D](Int32 count)", "Map"),
        ("<null>", "<null>"),
        ("()", "()"),
        ("Shop.Cart..ctor()", "ctor"),
    ],
)
def test_the_short_name_of_a_method_is_its_last_part_before_the_parameters(method: str, short_name: str) -> None:
    info = {"ExceptionType": "T", "Method": method}
    data = stack_summary(stack_type="error", title="t", signature_info=info).data
    assert data["Method"] == short_name
    assert data["MethodFullName"] == method
