"""What the official clients send, as recorded on the wire."""

from __future__ import annotations

import json
from typing import Any

from tests.ingest.parsers.parsing import NOW, parse, parse_one


def test_javascript_sends_lists_with_native_frames_and_nulls() -> None:
    frame: dict[str, Any] = {
        "name": None,
        "declaring_type": None,
        "parameters": [],
        "file_name": "node:internal/modules/cjs/loader",
        "line_number": 1105,
        "column": 14,
        "data": {"is_native": False},
    }
    event = parse_one(
        [
            {
                "type": "error",
                "date": "2026-01-14T10:11:12.345Z",
                "count": 2,
                "geo": "40,-70",
                "reference_id": "0a1b2c3d4e",
                "tags": ["Critical"],
                "data": {
                    "@error": {
                        "type": "TypeError",
                        "message": "x is not a function",
                        "stack_trace": [frame, {**frame, "name": "run", "declaring_type": "Module"}],
                        "data": {"@ext": {"code": "E_FAIL", "when": "soon"}},
                    },
                    "@submission_method": "uncaughtException",
                    "@ref:session": "session-id-1",
                    "@level": "WARN",
                    "@stack": {"signature_data": {"ManualStackingKey": "key"}, "title": "Title"},
                },
            }
        ]
    )

    assert (event.type, event.count, event.geo, event.reference_id) == ("error", 2, "40,-70", "0a1b2c3d4e")
    error = event.data["@error"]
    assert error["stack_trace"][0] == {
        "file_name": "node:internal/modules/cjs/loader",
        "line_number": 1105,
        "column": 14,
        "data": {"is_native": False},
    }
    assert error["stack_trace"][1]["name"] == "run"
    assert error["data"] == {"@ext": {"code": "E_FAIL", "when": "soon"}}
    assert event.data["@stack"] == {"signature_data": {"ManualStackingKey": "key"}, "title": "Title"}
    assert event.data["@level"] == "WARN"
    assert event.data["@ref:session"] == "session-id-1"
    assert event.data["@submission_method"] == "uncaughtException"


def test_javascript_in_a_browser_sends_script_tags_and_a_short_request() -> None:
    modules = [{"module_id": 1, "name": "Script Tag", "version": "1234567"}]
    request = {"user_agent": "Mozilla/5.0", "is_secure": False, "host": "h", "port": 8080, "path": "/p"}
    event = parse_one(
        {
            "@error": {"type": "Error", "stack_trace": [{"name": "f", "file_name": ":370"}], "modules": modules},
            "@request": request,
        }
    )

    assert event.type == "error"
    assert event.data["@error"]["modules"] == modules
    assert event.data["@error"]["stack_trace"] == [{"name": "f", "file_name": ":370"}]
    assert event.data["@request"] == request


def test_javascript_messages_may_hold_a_null_character() -> None:
    assert parse_one('[{"type":"log","message":"a\\u0000b"}]').message == "ab"


def test_a_javascript_session_event_has_the_session_id_as_reference() -> None:
    event = parse_one([{"type": "session", "reference_id": "session-id-1", "date": "2026-01-14T10:11:12.345Z"}])

    assert (event.type, event.reference_id) == ("session", "session-id-1")


def test_dotnet_sends_nulls_and_objects_as_json_text() -> None:
    event = parse_one(
        {
            "type": "log",
            "source": None,
            "date": "2026-01-14T10:11:12.3456789+00:00",
            "tags": [],
            "message": None,
            "geo": None,
            "value": None,
            "count": None,
            "reference_id": None,
            "data": {
                "@user": '{"identity":"net-user","name":"Net User","data":{}}',
                "Order": '{"id":7,"total":9.5}',
                "@environment": '{"o_s_name":"Linux","process_id":"12","processor_count":2}',
                "@level": "Warn",
                "@version": "1.2.3.4",
            },
        }
    )

    assert event.data == {
        "@user": {"identity": "net-user", "name": "Net User", "data": {}},
        "Order": '{"id":7,"total":9.5}',
        "@environment": {"o_s_name": "Linux", "process_id": "12", "processor_count": 2},
        "@level": "Warn",
        "@version": "1.2.3.4",
    }
    assert event.to_document() == {
        "type": "log",
        "date": "2026-01-14T10:11:12.3456789+00:00",
        "tags": [],
        "data": event.data,
    }


def test_java_writes_everything_in_camel_case() -> None:
    frame = {
        "declaringNamespace": "com.example",
        "declaringType": "Main",
        "name": "main",
        "filename": "Main.java",
        "lineNumber": 12,
        "column": 0,
        "signatureTarget": False,
        "moduleId": -1,
        "genericArguments": [],
        "parameters": [],
    }
    error = {
        "type": "E",
        "message": "m",
        "stackTrace": [frame],
        "targetMethod": frame,
        "inner": {"stackTrace": [frame]},
    }
    event = parse_one(
        [
            {
                "type": "error",
                "date": "2026-01-14T10:11:12.693054961Z",
                "value": 0,
                "count": 1,
                "referenceId": "java-ref-1",
                "data": {
                    "@error": error,
                    "@environment": {"osName": "Linux", "osVersion": "6", "processorCount": 4, "processId": "7"},
                    "@request": {"userAgent": "ua", "httpMethod": "GET", "secure": True, "queryString": {"aB": "c"}},
                },
            }
        ]
    )

    expected = {
        "declaring_namespace": "com.example",
        "declaring_type": "Main",
        "name": "main",
        "file_name": "Main.java",
        "line_number": 12,
        "column": 0,
        "is_signature_target": False,
        "module_id": -1,
    }
    assert (event.value, event.count, event.reference_id) == (0, 1, "java-ref-1")
    assert (event.date.microsecond, event.date_tick) == (693054, 9)
    assert event.data["@error"]["stack_trace"] == [expected]
    assert event.data["@error"]["inner"] == {"stack_trace": [expected]}
    # A target method has no file or line of its own; what was sent stays.
    assert event.data["@error"]["target_method"]["declaring_type"] == "Main"
    assert event.data["@environment"] == {
        "o_s_name": "Linux",
        "o_s_version": "6",
        "processor_count": 4,
        "process_id": "7",
    }
    assert event.data["@request"] == {
        "user_agent": "ua",
        "http_method": "GET",
        "is_secure": True,
        "query_string": {"aB": "c"},
    }


def test_go_sends_single_objects_whose_empty_guid_is_no_reference() -> None:
    payload = {"type": "log", "message": "m", "reference_id": "00000000-0000-0000-0000-000000000000", "data": None}

    assert parse_one(payload).to_document() == {
        "type": "log",
        "message": "m",
        "date": "2026-01-15T12:00:00+00:00",
        "tags": [],
        "data": {},
    }


def test_rust_sends_a_text_as_user_and_frames_with_methods() -> None:
    frame = {"method": "app::main", "file_name": "main.rs", "line_number": 3}
    event = parse_one([{"type": "error", "data": {"@user": "someone", "@error": {"stack_trace": [frame]}}}])

    assert event.data["_@user"] == "someone"
    assert event.data["@error"]["stack_trace"] == [{"name": "app::main", "file_name": "main.rs", "line_number": 3}]


def test_python_sends_known_keys_at_the_root() -> None:
    payload: dict[str, Any] = {
        "type": "error",
        "message": "m",
        "@stack": "Traceback (most recent call last):\n  ...",
        "@environment": {"pid": 4711, "machine_name": "host"},
    }

    assert parse_one(payload).data == {
        "_@stack": "Traceback (most recent call last):\n  ...",
        "@environment": {"pid": 4711, "machine_name": "host"},
    }


def test_a_batch_of_all_clients_loses_nothing() -> None:
    batch = [
        {"type": "error", "@stack": "Traceback"},
        {"type": "error", "data": {"@user": "someone"}},
        {"type": "log", "reference_id": "00000000-0000-0000-0000-000000000000"},
        {"Type": "log", "ReferenceId": "java-ref-1"},
        {"type": "log", "data": {"@user": json.dumps({"identity": "u"})}},
    ]

    events = parse(batch)

    assert [event.type for event in events] == ["error", "error", "log", "log", "log"]
    assert {event.date for event in events} == {NOW}
