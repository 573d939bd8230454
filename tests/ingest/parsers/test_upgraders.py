"""Payloads of the first API."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from events.ingest.parsers.upgraders import UPGRADERS, is_legacy, v1_r500, v1_r844, v1_r850
from events.ingest.parsers.upgraders.documents import NO_VERSION, LegacyDocuments
from events.ingest.parsers.upgraders.get_version import read_version
from tests.ingest.parsers.parsing import NOW, nested, parse, parse_one

FRAME = {"DeclaringNamespace": "A", "DeclaringType": "B", "Name": "C", "LineNumber": 5, "Parameters": []}
LEGACY: dict[str, Any] = {
    "Id": "51df2ee84d2b7b1a0c2c1d3e",
    "OrganizationId": "51df2ee84d2b7b1a0c2c1d30",
    "ProjectId": "51df2ee84d2b7b1a0c2c1d31",
    "ErrorStackId": "51df2ee84d2b7b1a0c2c1d32",
    "OccurrenceDate": "2013-07-11T17:17:12.7389123-05:00",
    "ExceptionlessClientInfo": {"Version": "1.0.0.851", "InstallDate": "2013-07-11T17:17:12-05:00"},
    "Tags": ["one", "", "x" * 256, "two"],
    "Code": "-2147467259",
    "Type": "System.Exception",
    "Message": "Outer",
    "Inner": {
        "Type": "System.ArgumentException",
        "Message": "Inner",
        "StackTrace": [FRAME],
        "ExtendedData": {"Data": "kept", "__ExceptionInfo": '{"Data":"clash","Number":7,"Empty":"","None":null}'},
    },
    "StackTrace": [FRAME],
    "TargetMethod": {"Name": "T", "GenericArguments": []},
    "Modules": [{"Name": "m", "Version": "1"}],
    "RequestInfo": {"UserAgent": "ua", "Path": "/p", "ExtendedData": {"a": 1}},
    "EnvironmentInfo": {"MachineName": "host", "OSName": "Windows"},
    "ExtendedData": {"__ExceptionInfo": '{"HResult":5}', "TraceLog": ["a", "b"], "Order": {"ExtendedData": {"x": 1}}},
    "UserName": "me",
    "UserEmail": "me@example.com",
    "UserDescription": "it broke",
    "SignatureInfo": {"Path": "x"},
}


def upgraded(**changes: Any) -> Any:
    document = {**copy.deepcopy(LEGACY), **changes}
    return parse_one({name: value for name, value in document.items() if value is not ...}, api_version=1)


def test_an_error_of_the_first_api_becomes_an_event() -> None:
    frame = {"declaring_namespace": "A", "declaring_type": "B", "name": "C", "line_number": 5}

    assert upgraded().to_document() == {
        "type": "error",
        "date": "2013-07-11T17:17:12.7389123-05:00",
        "tags": ["one", "two"],
        "message": "Outer",
        "reference_id": "51df2ee84d2b7b1a0c2c1d3e",
        "data": {
            "Order": {"Data": {"x": 1}},
            "SignatureInfo": {"Path": "x"},
            "@request": {"user_agent": "ua", "path": "/p", "data": {"a": 1}},
            "@environment": {"machine_name": "host", "o_s_name": "Windows"},
            "@trace": ["a", "b"],
            "@error": {
                "message": "Outer",
                "code": "-2147467259",
                "type": "System.Exception",
                "inner": {
                    "type": "System.ArgumentException",
                    "message": "Inner",
                    "stack_trace": [frame],
                    "data": {"Data": "kept", "@ext": {"_Data": "clash", "Number": 7}},
                },
                "stack_trace": [frame],
                "target_method": {"name": "T"},
                "modules": [{"name": "m", "version": "1"}],
                "data": {"@ext": {"HResult": 5}},
            },
            "@user_description": {"EmailAddress": "me@example.com", "Description": "it broke"},
            "@user": {"Identity": "me"},
        },
    }


@pytest.mark.parametrize("code", ["404", 404])
def test_a_page_that_was_not_found_keeps_its_request_only(code: Any) -> None:
    document = upgraded(Code=code).to_document()

    assert document["type"] == "404"
    assert "message" not in document
    assert set(document["data"]) == {"@request", "@user", "@user_description", "Order", "SignatureInfo"}


def test_a_404_without_request_keeps_the_error() -> None:
    event = upgraded(Code="404", RequestInfo={})

    assert event.type == "404"
    assert event.data["@error"]["code"] == "404"
    assert "@request" not in event.data
    assert "@environment" not in event.data


@pytest.mark.parametrize(
    ("changes", "absent"),
    [
        ({"UserEmail": " "}, "@user_description"),
        ({"UserDescription": None}, "@user_description"),
        ({"UserName": ""}, "@user"),
        ({"RequestInfo": None}, "@request"),
        ({"EnvironmentInfo": {}}, "@environment"),
    ],
)
def test_what_is_empty_leaves_nothing_behind(changes: dict[str, Any], absent: str) -> None:
    event = upgraded(**changes)

    assert absent not in event.data
    assert not {"UserEmail", "UserDescription", "UserName", "RequestInfo", "EnvironmentInfo"} & set(event.data)


def test_an_empty_id_is_no_reference() -> None:
    assert upgraded(Id="").reference_id is None
    assert upgraded(Id=...).reference_id is None


@pytest.mark.parametrize(
    ("info", "data"),
    [
        ('{"a":1}', {"@ext": {"a": 1}}),
        ({"a": 1}, {"@ext": {"a": 1}}),
        ("{broken", {"__ExceptionInfo": "{broken"}),
        ("[1]", {"__ExceptionInfo": "[1]"}),
        ("{}", None),
        ("", None),
        ('{"a":"' + "x" * 200_000 + '"}', None),
    ],
)
def test_exception_properties_are_unpacked_when_they_can_be(info: Any, data: dict[str, Any] | None) -> None:
    assert upgraded(ExtendedData={"__ExceptionInfo": info}).data["@error"].get("data") == data


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.0.0.844", (1, 0, 0, 844)),
        ("1.0.0.844-beta", (1, 0, 0, 844)),
        ("1.2.3 7ab-3", (1, 2, 3, -1)),
        ("2.0", (2, 0, -1, -1)),
        (" 1.5-x y", NO_VERSION),
        ("1", NO_VERSION),
        ("v1.0", NO_VERSION),
        ("1.2.3.4.5", NO_VERSION),
        ("", NO_VERSION),
        (None, NO_VERSION),
        (1.5, NO_VERSION),
        ({}, NO_VERSION),
    ],
)
def test_versions_are_read_up_to_the_first_blank_or_hyphen(text: Any, version: tuple[int, ...]) -> None:
    assert read_version(text) == version


@pytest.mark.parametrize(
    ("version", "upgraders"),
    [
        ("1.0.0.500", 5),
        ("1.0.0.501", 4),
        ("1.0.0.844", 4),
        ("1.0.0.845", 3),
        ("1.0.0.851", 2),
        ("2.0", 2),
        ("2.0.0", 1),
        ("3.1", 1),
        ("unknown", 5),
    ],
)
def test_each_upgrader_runs_up_to_its_version(version: str, upgraders: int) -> None:
    read = read_version(version)

    assert sum(upgrader.up_to is None or read <= upgrader.up_to for upgrader in UPGRADERS) == upgraders


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2013-07-11T17:17:12Z", {"InstallDate": "2013-07-11T17:17:12+00:00"}),
        ("7/11/2013", {}),
        (None, {}),
    ],
)
def test_installation_dates_are_normalized_or_removed(sent: Any, kept: dict[str, str]) -> None:
    document = {"ExceptionlessClientInfo": {"InstallDate": sent}}

    v1_r500.upgrade(LegacyDocuments([document, {}]))

    assert document == {"ExceptionlessClientInfo": kept}


def test_nameless_entries_of_a_request_are_removed() -> None:
    request = {"Cookies": {"": "x", "a": "b"}, "Form": {"": "x"}, "QueryString": {"c": "d"}, "Other": {"": "kept"}}

    v1_r844.upgrade(LegacyDocuments([{"RequestInfo": request}, {"RequestInfo": None}, {"RequestInfo": {"Form": 1}}]))

    assert request == {"Cookies": {"a": "b"}, "Form": {}, "QueryString": {"c": "d"}, "Other": {"": "kept"}}


def test_extended_data_is_renamed_along_the_chain_of_errors() -> None:
    document = {
        "ExtendedData": {"ExtraExceptionProperties": "a", "TraceInfo": ["t"]},
        "Inner": {"ExtendedData": {"ExceptionInfo": "b"}, "Inner": {"ExtendedData": None, "Inner": "text"}},
    }

    v1_r850.upgrade(LegacyDocuments([document]))

    assert document == {
        "ExtendedData": {"__ExceptionInfo": "a", "TraceLog": ["t"]},
        "Inner": {"ExtendedData": {"__ExceptionInfo": "b"}, "Inner": {"ExtendedData": None, "Inner": "text"}},
    }


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"type": "log", "message": "m"}, ("log", "m")),
        ({"message": "m"}, ("log", "m")),
        ({"name": "value"}, ("log", None)),
        ({"type": "usage", "data": {"@error": {}}}, ("usage", None)),
        ({"Message": "m"}, ("error", "m")),
        ({"Message": "m", "ExceptionlessClientInfo": {"Version": "2.1.0"}}, ("log", "m")),
    ],
)
def test_only_documents_of_the_old_error_model_are_upgraded(
    document: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    event = parse_one(document, api_version=1)

    assert (event.type, event.message) == expected


def test_old_documents_at_the_present_api_are_events_as_they_are() -> None:
    event = parse_one({"Type": "System.Exception", "Message": "m"})

    assert (event.type, event.message) == ("System.Exception", "m")


def test_plain_text_at_the_first_api_is_lines() -> None:
    assert [event.message for event in parse("one\r\ntwo", api_version=1)] == ["one", "two"]
    assert [event.message for event in parse("[null]", api_version=1)] == ["[null]"]


def test_a_list_of_mixed_items_keeps_them_all() -> None:
    events = parse([{"Message": "old"}, {"message": "new"}, "text", None, 5], api_version=1)

    assert [(event.type, event.message) for event in events] == [
        ("error", "old"),
        ("log", "new"),
        ("log", "text"),
        ("log", "5"),
    ]
    assert {event.date for event in events} == {NOW}


@pytest.mark.parametrize("name", sorted(LEGACY))
@pytest.mark.parametrize("value", [None, "", "text", 5, True, [], ["a", 5], {}, {"a": None}, [[]]])
def test_a_member_of_the_wrong_type_does_not_cost_the_event(name: str, value: Any) -> None:
    event = upgraded(**{name: value})

    assert event.type == "error"
    assert json.dumps(event.to_document())


@pytest.mark.parametrize("name", ["Inner", "ExtendedData", "RequestInfo", "StackTrace"])
@pytest.mark.parametrize("kind", ["list", "object"])
def test_deep_nesting_does_not_cost_the_event(name: str, kind: str) -> None:
    assert upgraded(**{name: nested(800, kind)}).type == "error"


def test_a_long_chain_of_inner_errors_does_not_cost_the_event() -> None:
    error: dict[str, Any] = {"Message": "innermost"}
    for _ in range(800):
        error = {"Message": "m", "Inner": error, "ExtendedData": {"__ExceptionInfo": "{}"}}

    assert parse_one(error, api_version=1).message == "m"


@pytest.mark.parametrize("value", [None, "text", 5, [], {}, {"type": "log"}, {"Extra": 1}])
def test_what_is_not_of_the_old_error_model_is_told_apart(value: Any) -> None:
    assert not is_legacy(value)
