"""What stays out of cookies, query strings and form fields."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps.data_exclusions import TOO_LARGE, exclude_pairs, exclude_post_data, exclusion_patterns


@pytest.mark.parametrize(
    "key",
    [
        "__VIEWSTATE",
        "my__viewstate_generator",
        "__EVENTVALIDATION",
        ".ASPXAUTH",
        "__RequestVerificationToken",
        "ASP.NET_SessionId",
        "asp.net_sessionid",
        "__LastErrorId",
        "WAWebSiteID",
        "ARRAffinity",
        "",
    ],
)
def test_fields_of_the_framework_are_left_out_by_default(key: str) -> None:
    assert exclude_pairs({key: "x", "mine": "y"}, exclusion_patterns(None)) == {"mine": "y"}


def test_the_projects_setting_adds_to_the_defaults() -> None:
    excluded = exclusion_patterns("*password*, card ;token*\n*key")
    pairs = dict.fromkeys(["MyPassword1", "Card", "cards", "token_id", "api_key", "keys", "__VIEWSTATE"], "x")
    assert list(exclude_pairs(pairs, excluded)) == ["cards", "keys"]


@pytest.mark.parametrize(("length", "expected"), [(1000, "v" * 1000), (1001, TOO_LARGE)])
def test_a_large_value_is_replaced_by_a_note(length: int, expected: str) -> None:
    assert exclude_pairs({"mine": "v" * length}, exclusion_patterns(None)) == {"mine": expected}


@pytest.mark.parametrize(
    ("post_data", "expected"),
    [
        ('{"password":"x","mine":"y"}', {"mine": "y"}),
        (' {"mine":"y"} ', {"mine": "y"}),
        ('{"password":"x"}', {}),
        ("{}", {}),
        ('{"mine":"' + "v" * 1001 + '"}', {"mine": TOO_LARGE}),
        ('{"password":1}', '{"password":1}'),
        ('{"password":{"a":"b"}}', '{"password":{"a":"b"}}'),
        ('["password"]', '["password"]'),
        ('{"password":"x"', '{"password":"x"'),
        ("{" * 100_000, "{" * 100_000),
        ("password=x", "password=x"),
        ({"password": "x"}, {"password": "x"}),
        (["password"], ["password"]),
        (5, 5),
        ("", ""),
    ],
)
def test_form_fields_sent_as_json_text_follow_the_same_rules(post_data: Any, expected: Any) -> None:
    assert exclude_post_data(post_data, exclusion_patterns("password")) == expected
