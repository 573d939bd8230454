"""The known objects: any spelling of their members, conversion, and what does not fit."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.parsers.models import KNOWN_OBJECTS, map_model
from tests.ingest.parsers.parsing import nested, parse_one

FRAME = {
    "is_signature_target": True,
    "declaring_namespace": "A.B",
    "declaring_type": "C",
    "name": "Run",
    "module_id": 3,
    "data": {"@source_map": {"GeneratedName": "x"}},
    "generic_arguments": ["T"],
    "parameters": [
        {"name": "p", "type": "Int32", "type_namespace": "System", "data": {"a": 1}, "generic_arguments": ["U"]}
    ],
    "file_name": "c.cs",
    "line_number": 12,
    "column": 4,
}
METHOD = {name: value for name, value in FRAME.items() if name not in ("file_name", "line_number", "column")}
INNER = {
    "message": "inner",
    "type": "T2",
    "code": "5",
    "data": {"@ext": {"Number": 1}},
    "stack_trace": [FRAME],
    "target_method": METHOD,
}
MODULE = {
    "module_id": 1,
    "name": "m",
    "version": "1.0",
    "is_entry": True,
    "created_date": "2026-01-02T03:04:05+00:00",
    "modified_date": "2026-01-02T03:04:05+00:00",
    "data": {"PublicKeyToken": "x"},
}
MODELS: dict[str, dict[str, Any]] = {
    "@error": {**INNER, "inner": INNER, "modules": [MODULE]},
    "@simple_error": {
        "message": "m",
        "type": "t",
        "stack_trace": "at x\nat y",
        "data": {"A": 1},
        "inner": {"message": "inner", "inner": {"message": "innermost"}},
    },
    "@request": {
        "user_agent": "ua",
        "http_method": "GET",
        "is_secure": False,
        "host": "h",
        "port": 443,
        "path": "/p",
        "referrer": "r",
        "client_ip_address": "10.0.0.1",
        "headers": {"X-Header": ["a", "b"]},
        "cookies": {"My_Cookie": "c"},
        "post_data": {"Form_Field": [1]},
        "query_string": {"Q_s": "1"},
        "data": {"@browser": "Firefox"},
    },
    "@environment": {
        "processor_count": 4,
        "total_physical_memory": 2**40,
        "available_physical_memory": 5,
        "process_memory_size": 6,
        "command_line": "c",
        "process_name": "p",
        "process_id": "12",
        "thread_name": "t",
        "thread_id": "1",
        "architecture": "x64",
        "o_s_name": "Linux",
        "o_s_version": "6.1",
        "ip_address": "10.0.0.1",
        "machine_name": "m",
        "install_id": "i",
        "runtime_version": "r",
        "data": {"FrameworkDescription": "x"},
    },
    "@user": {"identity": "u", "name": "n", "data": {"A": 1}},
    "@user_description": {"email_address": "a@b.c", "description": "d", "data": {"A": 1}},
    "@location": {"country": "US", "level1": "TX", "level2": "Travis", "locality": "Austin"},
    "@submission_client": {"ip_address": "10.0.0.1", "user_agent": "ua", "version": "1.0"},
    "@stack": {"title": "t", "signature_data": {"ManualStackingKey": "k"}},
}
FREE = {"data", "headers", "cookies", "post_data", "query_string", "signature_data"}


def respell(value: Any, spell: Any) -> Any:
    if isinstance(value, list):
        return [respell(item, spell) for item in value]
    if isinstance(value, dict):
        return {spell(key): item if key in FREE else respell(item, spell) for key, item in value.items()}
    return value


def pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def camel(name: str) -> str:
    return pascal(name)[0].lower() + pascal(name)[1:]


def test_the_table_of_samples_is_complete() -> None:
    assert set(MODELS) == KNOWN_OBJECTS


@pytest.mark.parametrize("key", sorted(MODELS))
@pytest.mark.parametrize("spell", [str, pascal, camel, str.upper], ids=["snake", "pascal", "camel", "upper"])
def test_every_spelling_maps_to_snake_case(key: str, spell: Any) -> None:
    sent = respell(MODELS[key], spell)
    before = copy.deepcopy(sent)

    assert map_model(key, sent) == MODELS[key]
    assert map_model(key, json.dumps(sent)) == MODELS[key]
    assert sent == before


@pytest.mark.parametrize("key", ["@error", "@simple_error", "@request", "@environment"])
def test_rewritten_objects_are_stored_in_snake_case(key: str) -> None:
    assert parse_one({"data": {key: respell(MODELS[key], pascal)}}).data == {key: MODELS[key]}


@pytest.mark.parametrize("key", ["@user", "@user_description", "@location", "@stack", "@submission_client"])
def test_other_objects_are_stored_as_sent(key: str) -> None:
    sent = respell(MODELS[key], pascal)

    assert parse_one({"data": {key: sent}}).data == {key: sent}


@pytest.mark.parametrize(
    ("key", "sent", "mapped"),
    [
        ("@request", {"port": "8080"}, {"port": 8080}),
        ("@request", {"is_secure": "True"}, {"is_secure": True}),
        ("@request", {"headers": {"A": "b", "C": None, "D": 5}}, {"headers": {"A": ["b"], "C": [], "D": ["5"]}}),
        ("@request", {"headers": {"A": {"b": 1}}}, {"headers": {"A": ['{"b":1}']}}),
        (
            "@request",
            {"query_string": {"a": ["1", 2], "b": None, "c": True, "d": {"e": 1}}},
            {"query_string": {"a": "1,2", "b": "", "c": "true", "d": '{"e":1}'}},
        ),
        ("@request", {"post_data": "a=b"}, {"post_data": "a=b"}),
        ("@request", {"post_data": 0}, {"post_data": 0}),
        ("@environment", {"process_id": 77, "processor_count": 4.0}, {"process_id": "77", "processor_count": 4}),
        ("@error", {"code": -2147467259}, {"code": "-2147467259"}),
        ("@error", {"stack_trace": {"name": "f"}}, {"stack_trace": [{"name": "f"}]}),
        ("@error", {"stack_trace": [None, {"name": "f"}]}, {"stack_trace": [{"name": "f"}]}),
        ("@error", {"stack_trace": [{"line_number": "12", "column": 1.0}]}, None),
        ("@simple_error", {"stack_trace": ["at x", "at y"]}, {"stack_trace": "at x\nat y"}),
        ("@stack", {"signature_data": {"a": 1, "b": None}}, {"signature_data": {"a": "1", "b": ""}}),
    ],
)
def test_members_with_a_plain_meaning_are_converted(key: str, sent: dict[str, Any], mapped: Any) -> None:
    assert map_model(key, sent) == (mapped or {"stack_trace": [{"line_number": 12, "column": 1}]})


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("@request", {"port": "http"}),
        ("@request", {"port": True}),
        ("@request", {"is_secure": "maybe"}),
        ("@request", {"cookies": "a=b"}),
        ("@request", {"headers": ["a"]}),
        ("@request", {"path": {"a": 1}}),
        ("@environment", {"processor_count": 2**63}),
        ("@environment", {"processor_count": 1.5}),
        ("@environment", {"data": "text"}),
        ("@error", {"stack_trace": "at x"}),
        ("@error", {"stack_trace": ["at x", {}]}),
        ("@error", {"inner": "text"}),
        ("@error", {"modules": 5}),
        ("@error", {"message": ["a"]}),
        ("@stack", {"signature_data": "a"}),
    ],
)
def test_members_without_a_plain_meaning_are_kept_under_an_escaped_name(key: str, sent: dict[str, Any]) -> None:
    mapped = map_model(key, sent)

    assert mapped == {f"_{name}": value for name, value in sent.items()}
    assert map_model(key, mapped) == mapped


def test_members_that_are_not_known_are_kept_as_sent() -> None:
    sent = {"Type": "T", "helpLink": "h", "stack_trace": [{"name": "f", "In_App": True}]}

    assert map_model("@error", sent) == {
        "type": "T",
        "stack_trace": [{"name": "f", "In_App": True}],
        "helpLink": "h",
    }


def test_nulls_and_empty_collections_of_known_members_are_left_out() -> None:
    sent: dict[str, Any] = {"message": "", "modules": None, "stack_trace": [], "data": {}, "code": None, "type": "T"}

    assert map_model("@error", sent) == {"message": "", "type": "T"}
    assert map_model("@request", {"is_secure": False, "port": 0}) == {"is_secure": False, "port": 0}


@pytest.mark.parametrize(
    ("sent", "mapped"),
    [
        ({"LineNumber": 1, "line_number": 2}, {"line_number": 2, "LineNumber": 1}),
        ({"line_number": 2, "LineNumber": 1}, {"line_number": 2, "LineNumber": 1}),
        ({"line_number": None, "LineNumber": 1}, {"line_number": 1}),
        ({"LineNumber": 1, "lineNumber": 2}, {"line_number": 1, "lineNumber": 2}),
        ({"method": "m", "name": "n"}, {"name": "n", "method": "m"}),
        ({"method": "m"}, {"name": "m"}),
    ],
)
def test_no_spelling_replaces_another(sent: dict[str, Any], mapped: dict[str, Any]) -> None:
    assert map_model("@error", {"stack_trace": [sent]}) == {"stack_trace": [mapped]}


@pytest.mark.parametrize("value", [None, "text", "", 5, True, [], [{}], "[1]", "{broken"])
def test_what_is_no_object_does_not_map(value: Any) -> None:
    assert map_model("@error", value) is None


def test_a_name_that_is_not_known_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        map_model("@other", {})


def test_an_endless_chain_does_not_map() -> None:
    assert map_model("@error", nested_errors(5_000)) is None
    assert map_model("@error", {"data": nested(5_000)}) is not None


def nested_errors(levels: int) -> dict[str, Any]:
    error: dict[str, Any] = {}
    for _ in range(levels):
        error = {"inner": error, "message": "m"}
    return error


NAMES = st.sampled_from(
    [
        "message",
        "Message",
        "inner",
        "Inner",
        "stack_trace",
        "StackTrace",
        "data",
        "name",
        "method",
        "Port",
        "_Port",
        "x",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(NAMES, values, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200)
@given(key=st.sampled_from(sorted(MODELS)), value=VALUES)
def test_any_value_maps_or_not_and_is_not_changed(key: str, value: Any) -> None:
    before = copy.deepcopy(value)

    mapped = map_model(key, value)

    assert (mapped is not None) == isinstance(value, dict)
    assert value == before


def test_keys_seen_before_do_not_decide_how_other_values_are_read() -> None:
    first = map_model("@user", {"Identity": "a", "Name": "b"})
    second = map_model("@user", {"Identity": 5, "Name": {"no": "text"}})
    third = map_model("@user", {"Identity": None, "Name": ""})
    assert first == {"identity": "a", "name": "b"}
    assert second == {"identity": "5", "_Name": {"no": "text"}}
    assert third == {"name": ""}


def test_two_spellings_of_one_member_are_told_apart_however_often_they_come() -> None:
    for _ in range(2):
        assert map_model("@user", {"Identity": "a", "identity": "b"}) == {"identity": "b", "Identity": "a"}
