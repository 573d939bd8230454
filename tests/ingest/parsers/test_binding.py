"""Root fields of one document: names, types, defaults, and what is kept of values that do not fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from events.ingest.parsers.fields import INVALID_REFERENCE_ID
from tests.ingest.parsers.parsing import NOW, parse_one

FULL = {
    "type": "usage",
    "source": "a.b",
    "date": "2014-01-17T14:37:02.7391234-06:00",
    "tags": ["one", "Two"],
    "message": "m",
    "geo": "40,-70",
    "value": 1.5,
    "count": 3,
    "data": {"a": 1},
    "reference_id": "0123456789",
}


def test_all_fields_are_read() -> None:
    event = parse_one(FULL)

    assert event.to_document() == FULL
    assert event.date == datetime(2014, 1, 17, 14, 37, 2, 739123, tzinfo=timezone(timedelta(hours=-6)))
    assert event.date_tick == 4


@pytest.mark.parametrize("spell", [str.upper, str.title, str.capitalize])
def test_names_of_fields_match_in_any_case(spell: Any) -> None:
    assert parse_one({spell(name): value for name, value in FULL.items()}).to_document() == FULL


@pytest.mark.parametrize("name", ["ReferenceId", "referenceId", "REFERENCE_ID", "Reference_Id"])
def test_the_reference_id_also_matches_without_underscore(name: str) -> None:
    assert parse_one({name: "0123456789"}).reference_id == "0123456789"


def test_the_last_of_two_spellings_counts_and_null_does_not() -> None:
    assert parse_one('{"type":"a","Type":"b"}').type == "b"
    assert parse_one('{"type":"a","Type":null}').type == "a"


def test_unknown_members_go_into_data_with_their_names_as_sent() -> None:
    event = parse_one({"CreatedUtc": "x", "StackId": 1, "Order": {"Id": 7}, "flag": None})

    assert event.data == {"CreatedUtc": "x", "StackId": 1, "Order": {"Id": 7}, "flag": None}


@pytest.mark.parametrize(
    "name", ["organization_id", "project_id", "stack_id", "is_first_occurrence", "created_utc", "STACK_ID", "idx"]
)
def test_what_only_the_server_sets_is_dropped(name: str) -> None:
    assert parse_one({name: "537650f3b77efe23a47914f4", "message": "m"}).data == {}


def test_nulls_are_the_same_as_nothing() -> None:
    event = parse_one(dict.fromkeys([*FULL, "id", "@user", "@error"]))

    assert event.to_document() == {"type": "log", "date": "2026-01-15T12:00:00+00:00", "tags": [], "data": {}}


@pytest.mark.parametrize("kind", [None, "", " ", "\t"])
@pytest.mark.parametrize(
    ("data", "expected"),
    [({}, "log"), ({"@error": {}}, "error"), ({"@simple_error": {}}, "error"), ({"@error": "text"}, "log")],
)
def test_an_event_without_type_is_an_error_or_a_log(kind: str | None, data: dict[str, Any], expected: str) -> None:
    assert parse_one({"type": kind, "data": data}).type == expected


def test_any_other_type_is_kept() -> None:
    assert parse_one({"type": "My Type", "@error": {}}).type == "My Type"
    assert len(parse_one({"type": "x" * 200}).type) == 200


@pytest.mark.parametrize("name", ["source", "message", "geo"])
def test_an_empty_text_is_none(name: str) -> None:
    assert getattr(parse_one({name: ""}), name) is None


@pytest.mark.parametrize(
    ("field", "sent", "expected"),
    [
        ("message", 123, "123"),
        ("message", 1.5, "1.5"),
        ("message", True, "true"),
        ("source", 5, "5"),
        ("type", 404, "404"),
        ("value", "5", 5),
        ("value", " -1.5e2 ", -150.0),
        ("value", 0, 0),
        ("value", 2**70, float(2**70)),
        ("count", "5", 5),
        ("count", 5.0, 5),
        ("count", "5.0", 5),
        ("tags", "x", ["x"]),
        ("tags", 5, ["5"]),
        ("tags", ["a", 1, None, True], ["a", "1", "true"]),
        ("reference_id", 1234567890, "1234567890"),
    ],
)
def test_values_with_a_plain_meaning_are_converted(field: str, sent: Any, expected: Any) -> None:
    event = parse_one({field: sent})

    value = getattr(event, field)
    assert value == expected
    assert type(value) is type(expected)
    assert event.data == {}


@pytest.mark.parametrize(
    ("field", "sent", "key"),
    [
        ("value", "abc", "InvalidValue"),
        ("value", True, "InvalidValue"),
        ("value", [], "InvalidValue"),
        ("value", "NaN", "InvalidValue"),
        ("value", "1_0", "InvalidValue"),
        ("value", "", "InvalidValue"),
        ("count", {}, "InvalidCount"),
        ("count", 1.5, "InvalidCount"),
        ("count", 2**31, "InvalidCount"),
        ("count", False, "InvalidCount"),
        ("message", {"a": 1}, "InvalidMessage"),
        ("message", ["a"], "InvalidMessage"),
        ("source", {"a": 1}, "InvalidSource"),
        ("type", ["error"], "InvalidType"),
        ("geo", {"lat": 1, "lon": 2}, "InvalidGeo"),
        ("date", 5, "InvalidDate"),
        ("date", "", "InvalidDate"),
        ("date", "yesterday", "InvalidDate"),
        ("date", "2026-13-01", "InvalidDate"),
        ("date", {}, "InvalidDate"),
        ("data", "text", "InvalidData"),
        ("data", [1], "InvalidData"),
        ("data", 0, "InvalidData"),
        ("tags", {"a": 1}, "InvalidTags"),
    ],
)
def test_values_without_a_plain_meaning_are_kept_aside(field: str, sent: Any, key: str) -> None:
    event = parse_one({field: sent, "@level": "info"})

    expected = [sent] if field == "tags" else sent
    assert event.data == {key: expected, "@level": "info"}
    assert event.type == "log"
    assert event.date == NOW
    assert (event.message, event.source, event.geo, event.value, event.count, event.tags) == (None,) * 5 + ([],)


def test_an_infinite_value_is_kept_aside_as_text() -> None:
    event = parse_one('{"value":1e999,"data":{"x":-1e999}}')

    assert event.value is None
    assert event.data == {"InvalidValue": "inf", "x": "-inf"}


def test_a_key_of_the_client_is_not_replaced_by_one_of_ours() -> None:
    event = parse_one({"value": "abc", "data": {"InvalidValue": "mine"}})

    assert event.data == {"InvalidValue": "mine", "InvalidValue1": "abc"}


def test_tags_are_a_set_in_any_case_that_keeps_its_order() -> None:
    assert parse_one({"tags": ["b", "A", "B", "", " ", "a", "c"]}).tags == ["b", "A", "c"]


def test_tags_that_are_no_texts_are_kept_aside() -> None:
    event = parse_one({"tags": ["a", {"b": 1}, ["c"]]})

    assert (event.tags, event.data) == (["a"], {"InvalidTags": [{"b": 1}, ["c"]]})


@pytest.mark.parametrize("data", [[], "", None, {}, "{}"])
def test_empty_data_leaves_nothing_behind(data: Any) -> None:
    assert parse_one({"data": data}).data == {}


def test_data_may_be_json_text() -> None:
    assert parse_one({"data": '{"a":1,"@user":{"identity":"u"}}'}).data == {"a": 1, "@user": {"identity": "u"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05.693054961Z", datetime(2026, 1, 2, 3, 4, 5, 693054, tzinfo=UTC)),
        ("2026-01-02T03:04:05+05:30", datetime(2026, 1, 1, 21, 34, 5, tzinfo=UTC)),
    ],
)
def test_iso_dates_are_read(text: str, expected: datetime) -> None:
    assert parse_one({"date": text}).date == expected


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"])
def test_the_smallest_date_means_now(text: str) -> None:
    event = parse_one({"date": text})

    assert (event.date, event.data) == (NOW, {})


@pytest.mark.parametrize("reference_id", ["12345678", "x" * 100, "abc-DEF-123", "größe-übermut", "٣٤٥٦٧٨٩٠"])
def test_valid_reference_ids_are_kept(reference_id: str) -> None:
    assert parse_one({"reference_id": reference_id}).reference_id == reference_id


@pytest.mark.parametrize(
    "reference_id", ["", "1234567", "x" * 101, "with blank", "under_score", "12345678\n", "½½½½½½½½", {}, [1], True, 5]
)
def test_invalid_reference_ids_are_kept_aside(reference_id: Any) -> None:
    event = parse_one({"reference_id": reference_id})

    assert event.reference_id == INVALID_REFERENCE_ID
    assert event.data == {"InvalidReferenceId": reference_id}


def test_a_posted_id_serves_as_reference_id() -> None:
    assert parse_one({"id": "537650f3b77efe23a47914f4"}).reference_id == "537650f3b77efe23a47914f4"
    assert parse_one({"id": "537650f3b77efe23a47914f4", "reference_id": "12345678"}).reference_id == "12345678"
    assert parse_one({"id": ""}).reference_id is None
    assert parse_one({"id": "short"}).data == {"InvalidReferenceId": "short"}


@pytest.mark.parametrize("empty", ["00000000-0000-0000-0000-000000000000", "0" * 32])
def test_the_empty_guid_is_no_reference_id(empty: str) -> None:
    event = parse_one({"reference_id": empty})

    assert (event.reference_id, event.data) == (None, {})
    assert parse_one({"reference_id": empty, "id": "12345678"}).reference_id == "12345678"
    assert parse_one({"id": empty}).reference_id is None
