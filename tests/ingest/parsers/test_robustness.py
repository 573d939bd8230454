"""Whatever is sent, parsing gives events that can be stored, and parsing those again changes nothing."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.ingest.event import IncomingEvent
from events.ingest.parsers import documents
from events.ingest.parsers.binding import bind_event
from exceptionless_site.core.json import clean, dumps
from tests.ingest.parsers.parsing import NOW, depth_of, parse, parse_one

KEYS = st.sampled_from(
    [
        *("type", "Type", "source", "date", "tags", "message", "geo", "value", "count", "data", "Data", "id"),
        *("reference_id", "ReferenceId", "stack_id", "@error", "@Error", "@simple_error", "@request", "@environment"),
        *("@user", "@stack", "_@user", "@ref:session", "@REF:x", "a", "A", "a1", "InvalidValue", "Message", "Inner"),
        *("inner", "StackTrace", "stack_trace", "Parameters", "port", "Port", "_port", "headers", "ExtendedData"),
        *("ExceptionlessClientInfo", "Version", "RequestInfo", "Code", "Tags", "Modules", "UserName", "UserEmail"),
    ]
)
TEXTS = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        *(
            "2026-01-02T03:04:05Z",
            "0001-01-01T00:00:00+14:00",
            "404",
            "1.0.0.500",
            "{}",
            '{"a":"\\u0000"}',
            "[" * 2_000,
        ),
        *("00000000-0000-0000-0000-000000000000", "abcdefgh-1", "9" * 50, "1e308", "\ud800", "\x00", "İ", "true"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS
ANY_JSON = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(KEYS | TEXTS, values, max_size=6),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(KEYS | TEXTS, ANY_JSON, max_size=10)


def check_storable(event: IncomingEvent) -> None:
    document = event.to_document()
    assert json.loads(dumps(document)) == clean(document) == document
    assert depth_of(document) <= 64
    assert event.date.tzinfo is not None
    assert event.type.strip()
    assert event.reference_id is None or len(event.reference_id) >= 8


@settings(max_examples=100, deadline=None)
@given(payload=ANY_JSON, api_version=st.sampled_from([1, 2]))
def test_any_json_value_gives_storable_events(payload: Any, api_version: int) -> None:
    for event in parse(json.dumps(payload), api_version=api_version):
        check_storable(event)


@settings(max_examples=100, deadline=None)
@given(items=st.lists(DOCUMENTS, min_size=1, max_size=3), api_version=st.sampled_from([1, 2]))
def test_a_list_of_objects_gives_one_event_each(items: list[dict[str, Any]], api_version: int) -> None:
    payload = json.dumps(items)
    if "NaN" not in payload and "Infinity" not in payload:
        assert len(parse(payload, api_version=api_version)) == len(items)


@settings(max_examples=100, deadline=None)
@given(document=DOCUMENTS)
@example(document={"@request": {"port": False, "Port": False}})
@example(document={"@request": {"port": False, "Port": 5}})
def test_an_event_read_again_from_its_document_is_the_same(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    if "NaN" in text or "Infinity" in text:
        return
    event = parse_one(text)

    again = parse_one(dumps(event.to_document()))

    assert again.to_document() == event.to_document()


@settings(max_examples=100, deadline=None)
@given(payload=st.text() | st.binary(), api_version=st.sampled_from([1, 2]))
def test_any_text_and_any_bytes_give_storable_events(payload: str | bytes, api_version: int) -> None:
    events = parse(payload, api_version=api_version)

    for event in events:
        check_storable(event)
        assert event.message


@settings(max_examples=100, deadline=None)
@given(document=DOCUMENTS, position=st.floats(0, 1), api_version=st.sampled_from([1, 2]))
def test_a_document_cut_anywhere_is_kept_as_text(document: dict[str, Any], position: float, api_version: int) -> None:
    text = json.dumps([document])
    for event in parse(text[: int(len(text) * position)], api_version=api_version):
        check_storable(event)


@settings(max_examples=100, deadline=None)
@given(document=DOCUMENTS)
def test_binding_itself_never_raises(document: dict[str, Any]) -> None:
    try:
        members = json.loads(json.dumps(document))
    except ValueError:
        return
    assert isinstance(bind_event(members, NOW), IncomingEvent)


def test_an_oversight_in_the_binding_costs_no_event_and_leaks_no_content(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    content = "secret"

    def fail(members: dict[str, Any], now: Any) -> IncomingEvent:
        if "bad" in members:
            raise LookupError(content)
        return bind_event(members, now)

    monkeypatch.setattr(documents, "bind_event", fail)
    with caplog.at_level(logging.ERROR):
        events = parse([{"message": "a"}, {"bad": 1}, {"message": "b"}])

    assert [event.message for event in events] == ["a", '{"bad":1}', "b"]
    assert "LookupError" in caplog.text
    assert content not in caplog.text
