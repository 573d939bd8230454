"""The parts of an event that its page shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.presentation.document import document_view
from events.presentation.errors import error_views


def test_a_request_is_one_line_facts_and_tables() -> None:
    request = {
        "http_method": "POST",
        "is_secure": True,
        "host": "shop.test",
        "port": 8443,
        "path": "pay",
        "user_agent": "curl",
        "headers": {"Accept": ["a", "b"]},
        "query_string": {},
        "cookies": {"id": "7"},
        "data": {"@browser": "Firefox", "@browser_version": "120.1", "@is_bot": True},
        "post_data": {"sum": 4},
    }
    view = document_view({"data": {"@request": request}}).request
    assert view is not None
    assert view.line == "POST https://shop.test:8443/pay"
    assert view.facts == [("User agent", "curl"), ("Browser", "Firefox 120.1"), ("Bot", "yes")]
    assert view.tables == [("Headers", [("Accept", "a, b")]), ("Cookies", [("id", "7")])]
    assert view.body == {"sum": 4}


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        ({}, ""),
        ({"path": "/only"}, "/only"),
        ({"host": "h", "port": 80}, "http://h/"),
        ({"host": "h", "port": 443, "is_secure": True, "path": "/x"}, "https://h/x"),
    ],
)
def test_ports_that_go_without_saying_are_not_said(request_: dict[str, Any], line: str) -> None:
    view = document_view({"data": {"@request": request_}}).request
    assert view is not None
    assert view.line == line


def test_the_user_is_read_in_any_spelling() -> None:
    data = {
        "@user": {"Identity": "7", "Name": "Jane"},
        "@user_description": {"email_address": "j@x.test", "description": "It broke"},
        "@location": {"country": "DE", "locality": "Ulm"},
        "@submission_client": {"user_agent": "exceptionless-js", "version": "3.2.1", "ip_address": "203.0.113.4"},
    }
    assert document_view({"data": data}).user == [
        ("Name", "Jane"),
        ("Identity", "7"),
        ("E-mail", "j@x.test"),
        ("Said", "It broke"),
        ("Place", "Ulm, DE"),
        ("Sent by", "exceptionless-js 3.2.1"),
        ("Sent from", "203.0.113.4"),
    ]


def test_memory_has_a_unit() -> None:
    environment = {"total_physical_memory": 8 * 1024**3, "available_physical_memory": 900, "processor_count": 4}
    assert document_view({"data": {"@environment": environment}}).environment == [
        ("Processors", 4),
        ("Memory", "8.0 GiB"),
        ("Memory available", "900 B"),
    ]


def test_extended_data_is_all_that_has_no_place_of_its_own() -> None:
    data = {"order": {"id": 1}, "@version": "1.0", "@request": "mistyped", "@ref:session": "abc", "@custom": 5}
    assert document_view({"data": data}).extended == [("order", {"id": 1}), ("@request", "mistyped"), ("@custom", 5)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
KNOWN = st.sampled_from(["@error", "@simple_error", "@request", "@environment", "@user", "@trace", "@location"])
MEMBERS = st.sampled_from(["inner", "stack_trace", "data", "headers", "modules", "name", "type", "message"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KNOWN, JSON | st.dictionaries(MEMBERS, JSON | st.lists(st.dictionaries(MEMBERS, JSON)))))
def test_any_data_can_be_shown(data: dict[str, Any]) -> None:
    view = document_view({"data": data})
    assert len(view.errors) == len(error_views(data))
    shown = {key for key, _ in view.extended}
    assert all(key in shown for key, value in data.items() if not isinstance(value, dict | list))


def test_a_document_without_data_is_empty() -> None:
    assert document_view({"data": None}).extended == document_view({}).extended == []
