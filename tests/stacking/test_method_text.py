"""Methods as text."""

from __future__ import annotations

from typing import Any

import pytest

from events.stacking.method_text import is_mapped_anonymous, method_full_name, method_signature

VALIDATE_TOKENS = {
    "declaring_namespace": "System.Web.AntiXsrf",
    "declaring_type": "TokenValidator",
    "name": "ValidateTokens",
    "parameters": [
        {"name": "httpContext", "type": "HttpContextBase", "type_namespace": "System.Web"},
        {"name": "identity", "type": "IIdentity", "type_namespace": "System.Security.Principal"},
    ],
}
MAPPED: dict[str, Any] = {"@source_map": {"source_map_id": "x"}}


@pytest.mark.parametrize(
    ("method", "full_name", "signature"),
    [
        (
            VALIDATE_TOKENS,
            "System.Web.AntiXsrf.TokenValidator.ValidateTokens",
            "System.Web.AntiXsrf.TokenValidator.ValidateTokens(HttpContextBase httpContext, IIdentity identity)",
        ),
        ({"name": "run"}, "run", "run()"),
        ({"name": "run", "parameters": []}, "run", "run()"),
        ({"declaring_type": "Cart", "name": "Add"}, "Cart.Add", "Cart.Add()"),
        ({"declaring_namespace": "Shop", "name": "Add"}, "Shop.Add", "Shop.Add()"),
        (
            {"declaring_namespace": "Shop", "declaring_type": "Cart+Row+Cell", "name": "Add"},
            "Shop.Cart.Row.Cell.Add",
            "Shop.Cart.Row.Cell.Add()",
        ),
        (
            {
                "name": "Map",
                "generic_arguments": ["TKey", "System.Int32"],
                "parameters": [{"type": "A+B", "name": "x"}],
            },
            "Map[TKey,System.Int32]",
            "Map[TKey,System.Int32](A.B x)",
        ),
        ({"name": "f", "parameters": [{"name": "x"}, {"name": "y", "type": "T"}]}, "f", "f(<UnknownType> x, T y)"),
        ({}, "<null>", "<null>"),
        ({"name": None, "declaring_type": "Cart"}, "<null>", "<null>"),
        ({"name": "", "declaring_namespace": "Shop"}, "<null>", "<null>"),
        ({"name": 5}, "<null>", "<null>"),
        (
            {"name": "f", "declaring_type": 1, "declaring_namespace": [], "generic_arguments": "T", "parameters": {}},
            "f",
            "f()",
        ),
        ({"name": "f", "generic_arguments": [None, 1], "parameters": [None, "x"]}, "f", "f()"),
    ],
)
def test_a_method_is_written_with_its_place_generics_and_parameters(
    method: dict[str, Any], full_name: str, signature: str
) -> None:
    assert method_full_name(method) == full_name
    assert method_signature(method) == signature


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"name": None, "file_name": "src/app.ts", "line_number": 7, "column": 3, "data": MAPPED}, "src/app.ts:7:3"),
        ({"file_name": "src/app.ts", "line_number": 7, "data": MAPPED}, "src/app.ts:7"),
        ({"file_name": "src/app.ts", "column": 3, "data": MAPPED}, "src/app.ts"),
        ({"file_name": "src/app.ts", "line_number": "7", "data": MAPPED}, "src/app.ts"),
        ({"name": "start", "file_name": "src/app.ts", "line_number": 7, "data": MAPPED}, "start()"),
        ({"file_name": "src/app.ts", "line_number": 7, "data": {}}, "<null>"),
        ({"file_name": "src/app.ts", "line_number": 7, "data": {"@source_map": "x"}}, "<null>"),
        ({"line_number": 7, "data": MAPPED}, "<null>"),
    ],
)
def test_a_source_mapped_frame_without_a_name_is_its_position(frame: dict[str, Any], expected: str) -> None:
    assert method_signature(frame) == expected
    assert is_mapped_anonymous(frame) is (":" in expected or expected == "src/app.ts")
