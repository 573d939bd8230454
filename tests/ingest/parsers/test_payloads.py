"""Which events a payload holds: JSON, lists of anything, and lines."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.ingest.parsers.parsing import NOW, depth_of, nested, parse, parse_one


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (" \t", []),
        ("", []),
        ("\r\n\r\n", []),
        ("\ufeff", []),
        ("simple string", [("log", "simple string")]),
        (" \r\nsimple string", [("log", "simple string")]),
        ("simple string\r\nsimple string", [("log", "simple string"), ("log", "simple string")]),
        ("a\rb\n\n  c  \n", [("log", "a"), ("log", "b"), ("log", "c")]),
        ("a\u2028b\x0bc", [("log", "a\u2028b\x0bc")]),
        ("{simple string", [("log", "{simple string")]),
        ('{ "name": "value" }', [("log", None)]),
        ('{"message":"simple string","data":{"@error":{}}}', [("error", "simple string")]),
        ('{"message":"simple string","data":{"@simple_error":{}}}', [("error", "simple string")]),
        ("[null]", [("log", "[null]")]),
        ("[]", [("log", "[]")]),
        ('[null,{"message":"m"}]', [("log", "m")]),
        ('"abc"', [("log", '"abc"')]),
        ("5", [("log", "5")]),
        ("null", [("log", "null")]),
        ('\ufeff{"message":"m"}', [("log", "m")]),
        ('\u00a0 {"message":"m"}\u00a0', [("log", "m")]),
        ('{"message":"m",}', [("log", '{"message":"m",}')]),
        ('{"value":NaN}', [("log", '{"value":NaN}')]),
        ('{"message":"a"}\n{"message":"b"}', [("log", '{"message":"a"}'), ("log", '{"message":"b"}')]),
    ],
)
def test_the_text_decides_what_is_read(payload: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(event.type, event.message) for event in parse(payload)] == expected


def test_unknown_members_of_a_document_become_data() -> None:
    assert parse_one('{ "name": "value" }').data == {"name": "value"}


def test_events_without_a_date_have_that_of_now() -> None:
    assert [event.date for event in parse('[{"message":"m"},"text"]') + parse("line")] == [NOW] * 3


def test_a_list_is_one_event_per_item_in_order() -> None:
    events = parse([{"message": str(number)} for number in range(50)])

    assert [event.message for event in events] == [str(number) for number in range(50)]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("text", "text"),
        ("two\nlines", "two\nlines"),
        (5, "5"),
        (1.5, "1.5"),
        (True, "true"),
        ([1, "a", None], '[1,"a",null]'),
        ([], "[]"),
    ],
)
def test_items_that_are_no_objects_become_log_events(item: Any, message: str) -> None:
    events = parse([{"type": "usage"}, item, {"type": "404"}])

    assert [event.type for event in events] == ["usage", "log", "404"]
    assert events[1].message == message


@pytest.mark.parametrize("item", [None, "", "  \n"])
def test_items_that_say_nothing_are_dropped(item: Any) -> None:
    assert [event.message for event in parse([item, {"message": "m"}, item])] == ["m"]


def test_bytes_are_read_as_utf8() -> None:
    assert parse_one('{"message":"größer"}'.encode()).message == "größer"
    assert parse_one(b'\xef\xbb\xbf{"message":"m"}').message == "m"
    assert parse_one(b'{"message":"caf\xe9"}').message == "caf\ufffd"
    assert parse_one(b"caf\xe9").message == "caf\ufffd"


def test_text_that_databases_refuse_is_cleaned_in_json_and_in_lines() -> None:
    event = parse_one('{"message":"a\\u0000b\\ud83d","data":{"k\\u0000":"\\udc00"}}')

    assert event.message == "ab\ufffd"
    assert event.data == {"k": "\ufffd"}
    assert [line.message for line in parse("a\0b\n\0\n")] == ["ab"]


def test_one_odd_event_does_not_cost_its_neighbours() -> None:
    odd = {"value": "abc", "count": {}, "date": 5, "tags": "x", "message": 123, "data": []}

    events = parse([{"message": "before"}, odd, {"message": "after"}])

    assert [event.message for event in events] == ["before", "123", "after"]


@pytest.mark.parametrize("kind", ["list", "object"])
@pytest.mark.parametrize("levels", [65, 250, 260, 900])
def test_an_event_keeps_64_levels_and_the_rest_as_text(kind: str, levels: int) -> None:
    core = {"a": [1, 2.5, "größer", None, True, {}], "b": []}

    event, neighbour = parse([{"message": "m", "data": {"k": nested(levels, kind, core)}}, {"message": "n"}])

    assert (event.message, neighbour.message) == ("m", "n")
    assert depth_of(event.to_document()) == 64
    value = event.data["k"]
    while isinstance(value, (dict, list)):
        value = value["k"] if isinstance(value, dict) else value[0]
    rest = json.loads(value)
    assert rest == nested(levels - 62, kind, core)


@pytest.mark.parametrize("levels", [1, 20, 62])
def test_up_to_64_levels_are_kept_as_they_are(levels: int) -> None:
    event = parse_one({"data": {"k": nested(levels)}})

    assert event.data == {"k": nested(levels)}


@pytest.mark.parametrize("key", ["@error", "@request", "@user", "@stack"])
def test_known_objects_are_limited_in_depth_too(key: str) -> None:
    event = parse_one({key: {"data": nested(300, "object")}})

    assert depth_of(event.to_document()) == 64


def test_a_long_chain_of_inner_errors_is_limited_in_depth() -> None:
    error: dict[str, Any] = {"message": "innermost"}
    for number in range(400):
        error = {"Message": str(number), "Inner": error}

    event = parse_one({"@error": error})

    assert event.type == "error"
    assert depth_of(event.to_document()) == 64
    assert event.data["@error"]["inner"]["inner"]["message"] == "397"


@pytest.mark.parametrize(
    "payload", ["[" * 100_000, '{"a":' * 5_000, "[" * 5_000 + "]" * 5_000, '{"a":' * 5_000 + "1" + "}" * 5_000]
)
@pytest.mark.parametrize("api_version", [1, 2])
def test_documents_too_deep_to_be_read_become_lines(payload: str, api_version: int) -> None:
    assert [(event.type, event.message) for event in parse(payload, api_version=api_version)] == [("log", payload)]


@pytest.mark.parametrize(
    "item", ["1", '"x"', "null", '{"a":1}', "[]", '{"message":"m"}'], ids=lambda item: f"items {item}"
)
def test_a_list_of_a_hundred_thousand_items_is_read_fast(item: str) -> None:
    payload = "[" + ",".join([item] * 100_000) + "]"
    started = time.perf_counter()

    events = parse(payload)

    assert len(events) == (1 if item == "null" else 100_000)
    assert time.perf_counter() - started < 10


def test_thousands_of_spellings_of_one_key_are_read_fast() -> None:
    spellings = [
        "".join(
            letter.upper() if number >> position & 1 else letter for position, letter in enumerate("abcdefghijklmnop")
        )
        for number in range(20_000)
    ]
    started = time.perf_counter()

    event = parse_one({"data": dict.fromkeys(spellings, 1)})

    assert len({key.lower() for key in event.data}) == 20_000
    assert time.perf_counter() - started < 5
