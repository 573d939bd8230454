"""Entries of an event's data: known keys, duplicates, and the typing of values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from events.ingest.parsers.values import json_text
from tests.ingest.parsers.parsing import nested, parse_one

KNOWN = [
    "@error",
    "@environment",
    "@location",
    "@request",
    "@simple_error",
    "@submission_client",
    "@user_description",
    "@user",
    "@stack",
]


@pytest.mark.parametrize("key", KNOWN)
@pytest.mark.parametrize("place", ["root", "data"])
@pytest.mark.parametrize("as_text", [False, True])
def test_known_objects_are_read_at_the_root_and_in_data_also_from_json_text(
    key: str, place: str, as_text: bool
) -> None:
    value: Any = {"data": {"a": 1}}
    entry = {key: json.dumps(value) if as_text else value}

    assert parse_one(entry if place == "root" else {"data": entry}).data == {key: value}


@pytest.mark.parametrize("key", KNOWN)
@pytest.mark.parametrize("value", ["text", "", 5, 0, True, ["a"], "[1]", "{broken", "null"])
@pytest.mark.parametrize("place", ["root", "data"])
def test_a_known_key_without_an_object_is_escaped(key: str, value: Any, place: str) -> None:
    event = parse_one({key: value} if place == "root" else {"data": {key: value}})

    assert event.data == {f"_{key}": value}


@pytest.mark.parametrize("key", KNOWN)
def test_null_for_a_known_object_is_nothing(key: str) -> None:
    event = parse_one({key: None, "data": {key: None}})

    assert (event.data, event.type) == ({}, "log")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("@ERROR", "@error"),
        ("@User_Description", "@user_description"),
        ("@Version", "@version"),
        ("@LEVEL", "@level"),
        ("@Submission_Method", "@submission_method"),
        ("@Trace", "@trace"),
        ("@REF:Session", "@ref:session"),
        ("@Ref:Parent", "@ref:Parent"),
        ("SessionEnd", "sessionend"),
        ("@Other", "@Other"),
        ("Order", "Order"),
        ("_@user", "_@user"),
    ],
)
def test_known_keys_have_one_spelling_and_others_stay_as_sent(sent: str, stored: str) -> None:
    value = {"data": {"a": 1}}

    assert parse_one({"data": {sent: value}}).data == {stored: value}
    assert parse_one({sent: value}).data == {stored: value}


def test_data_wins_over_the_root() -> None:
    event = parse_one(
        {"@user": {"identity": "root"}, "key": "root", "data": {"@user": {"identity": "data"}, "Key": "data"}}
    )

    assert event.data == {
        "@user": {"identity": "data"},
        "Key": "data",
        "_@user": {"identity": "root"},
        "key1": "root",
    }


def test_further_duplicates_are_counted() -> None:
    assert parse_one('{"KEY":3,"key":2,"data":{"Key":1,"key2":0}}').data == {"Key": 1, "key2": 0, "KEY1": 3, "key3": 2}
    assert parse_one({"data": {"_@user": 1, "@user": "text"}}).data == {"_@user": 1, "_@user1": "text"}


def test_a_root_object_takes_the_place_that_data_left_free() -> None:
    event = parse_one({"@user": {"identity": "u"}, "data": {"@user": "text"}})

    assert event.data == {"_@user": "text", "@user": {"identity": "u"}}


def test_both_spellings_of_data_are_read() -> None:
    assert parse_one('{"data":{"a":1},"Data":{"b":2,"a":3}}').data == {"a": 1, "b": 2, "a1": 3}


@pytest.mark.parametrize(
    "user", [{"Identity": "u", "Name": "n"}, {"identity": 5, "extra": {"X": None}}, {"userName": "u"}, {}]
)
def test_a_user_is_stored_as_sent(user: dict[str, Any]) -> None:
    assert parse_one({"@user": user}).data == {"@user": user}


def test_other_values_that_hold_json_text_stay_text() -> None:
    assert parse_one({"data": {"Order": '{"id":7}', "@trace": "[1]"}}).data == {"Order": '{"id":7}', "@trace": "[1]"}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02T03:04:05.1200000+02:00", "2026-01-02T03:04:05.12+02:00"),
        ("2026-01-02T03:04:05.693054961Z", "2026-01-02T03:04:05.6930549+00:00"),
        ("2026-01-02T03:04", "2026-01-02T03:04:00+00:00"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02 03:04:05", "2026-01-02 03:04:05"),
        (" 2026-01-02T03:04:05Z", " 2026-01-02T03:04:05Z"),
        ("2026-13-02T03:04:05Z", "2026-13-02T03:04:05Z"),
        ("2026-01-02T25:04:05Z", "2026-01-02T25:04:05Z"),
        ("at 2026-01-02T03:04:05Z", "at 2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05Z and more", "2026-01-02T03:04:05Z and more"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("exactlytenT-long", "exactlytenT-long"),
        ("12345", "12345"),
        ("true", "true"),
    ],
)
def test_texts_that_are_date_times_get_the_form_of_the_wire(sent: str, stored: str) -> None:
    event = parse_one({"message": sent, "data": {"a": sent, "b": [sent, {"c": sent}]}})

    assert event.data == {"a": stored, "b": [stored, {"c": stored}]}
    assert event.message == sent


@pytest.mark.parametrize("value", [1, 0, -5, 2**63, 2**64 - 1, 1.0, 1.5, True, False, None, [], {}, [None, {"A": []}]])
def test_other_values_are_kept_as_sent(value: Any) -> None:
    stored = parse_one({"data": {"key": value}}).data["key"]

    assert stored == value
    assert type(stored) is type(value)


def test_numbers_beyond_64_bits_can_still_be_written() -> None:
    # The lone surrogate makes the standard library read the text, which gives integers of any size.
    event = parse_one('{"a":' + "9" * 30 + ',"b":[' + "9" * 400 + '],"c":"\\ud800"}')

    assert event.data == {"a": 1e30, "b": ["9" * 400], "c": "\ufffd"}


@pytest.mark.parametrize(
    "value", [nested(300), nested(300, "object"), {"a": [], "b": {}, 'q"': [2**70, None, "ü\n"]}, [], {}, [[], [1], {}]]
)
def test_json_text_is_the_same_value_at_any_depth(value: Any) -> None:
    text = json_text(value)

    assert json.loads(text) == value
    assert text == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
