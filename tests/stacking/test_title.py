"""The titles of stacks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.event import IncomingEvent
from events.stacking.title import default_title, stack_title


def event(event_type: str, **members: Any) -> IncomingEvent:
    return IncomingEvent(type=event_type, date=datetime(2026, 1, 15, tzinfo=UTC), **members)


SIMPLE = {"@simple_error": {"message": "simple"}}
ERROR = {"@error": {"message": "full"}}


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        (event("error", data={"@stack": {"title": "mine"}, **SIMPLE}), "mine"),
        (event("log", source="here", data={"@stack": {"title": "mine"}}), "mine"),
        (event("log", source="here", data={"@stack": {"title": "  "}}), "here"),
        (event("log", source="here", data={"@stack": {"title": 5}}), "here"),
        (event("log", source="here", data={"@stack": "text"}), "here"),
        (event("error", message="m", data={**ERROR, **SIMPLE}), "simple"),
        (event("error", message="m", data=ERROR), "full"),
        (event("error", message="m", data={**ERROR, "@simple_error": {"message": ""}}), "full"),
        (event("error", message="m", data={"@error": {}}), "m"),
        (event("error", source="s", data={"@error": {}}), "Unknown Error"),
        (event("error", message=" ", source="s"), "Unknown Error"),
        (event("log", source="here", data=ERROR), "here"),
        (event("custom", message="m", data=SIMPLE), "m"),
        (event("404", source="GET /missing", message="m"), "GET /missing"),
        (event("404", message="m"), "(Unknown)"),
        (event("usage", source="Export"), "Export"),
        (event("usage", source=""), "(Unknown)"),
        (event("session", message="m"), "Session Start"),
        (event("sessionend"), "Session End"),
        (event("heartbeat"), "Session Heartbeat"),
        (event("log", source="Shop.Cart", message="m"), "Shop.Cart"),
        (event("log", message="m"), "(Global)"),
        (event("custom", message="m", source="s"), "m"),
        (event("custom", source="s"), "s"),
        (event("custom"), "custom Event"),
    ],
)
def test_the_first_rule_with_an_answer_names_the_stack(incoming: IncomingEvent, expected: str) -> None:
    assert stack_title(incoming) == expected


def test_a_title_is_cut_to_a_thousand_characters() -> None:
    title = stack_title(event("log", source="x" * 1001))
    assert title == "x" * 997 + "..."
    assert stack_title(event("log", source="x" * 1000)) == "x" * 1000


def test_the_default_title_falls_back_to_the_type() -> None:
    assert default_title("order", None, None) == "order Event"
    assert default_title("error", "source", None) == "Unknown Error"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=2) | st.dictionaries(st.text(max_size=5), children, max_size=2),
    max_leaves=5,
)
NAMED = st.fixed_dictionaries({}, optional={"message": JSON_VALUES, "title": JSON_VALUES})


@given(
    st.sampled_from(["error", "log", "404", "session", "custom"]),
    st.dictionaries(st.sampled_from(["@error", "@simple_error", "@stack"]), NAMED | JSON_VALUES),
)
@settings(max_examples=150, deadline=None)
def test_every_event_has_a_title_whatever_its_data(event_type: str, data: dict[str, Any]) -> None:
    assert stack_title(event(event_type, data=data)).strip()
