"""What a start event that the server makes takes from the first event of its session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from events.ingest.event import IncomingEvent
from events.sessions.plan import StartState
from events.sessions.start_event import has_end, make_start, put_state, put_state_in_document, state_of_document

DATE = datetime(2026, 1, 15, 12, tzinfo=timezone(timedelta(hours=2)))
ENVIRONMENT = {
    "processor_count": 4,
    "total_physical_memory": 8,
    "command_line": "run",
    "process_name": "app",
    "process_id": "7",
    "architecture": "x64",
    "o_s_name": "Linux",
    "o_s_version": "6",
    "install_id": "abc",
    "runtime_version": "3",
    "data": {"a": 1},
}
REQUEST = {
    "user_agent": "Firefox",
    "http_method": "GET",
    "is_secure": True,
    "host": "example.com",
    "port": 443,
    "path": "/",
    "referrer": "/before",
    "data": {"@browser": "Firefox"},
}


def first_event(**data: Any) -> IncomingEvent:
    return IncomingEvent(
        type="error",
        date=DATE,
        date_tick=7,
        source="shop",
        message="Broken",
        geo="40.0,-70.0",
        value=3,
        count=2,
        tags=["Critical"],
        reference_id="reference-1",
        data=data,
    )


def test_it_takes_date_and_place_and_leaves_what_is_about_the_event() -> None:
    start = make_start(
        first_event(**{"@error": {"message": "Broken"}, "@level": "warn", "plan": "x"}), include_private=True
    )
    assert start == IncomingEvent(type="session", date=DATE, date_tick=7, geo="40.0,-70.0", value=0)


def test_it_takes_user_place_and_version() -> None:
    location = {"country": "NL", "locality": "Delft"}
    data = {"@user": {"Identity": "jane", "Name": "Jane"}, "@location": location, "@version": "1.2.3"}
    start = make_start(first_event(**data), include_private=True)
    assert start.data == {"@user": {"identity": "jane", "name": "Jane"}, "@location": location, "@version": "1.2.3"}


@pytest.mark.parametrize("version", [1.2, None, {}, ""])
def test_a_version_that_is_no_text_is_none(version: object) -> None:
    assert make_start(first_event(**{"@version": version}), include_private=True).data == {}


def test_it_takes_the_lasting_parts_of_environment_and_request() -> None:
    environment = ENVIRONMENT | {"ip_address": "10.0.0.1", "machine_name": "box"}
    request = REQUEST | {"client_ip_address": "10.0.0.2"}
    passing = {"available_physical_memory": 1, "process_memory_size": 2, "thread_name": "t", "thread_id": "1"}
    private = {"headers": {"a": ["b"]}, "cookies": {"a": "b"}, "post_data": "x", "query_string": {"q": "1"}}
    event = first_event(**{"@environment": environment | passing, "@request": request | private})
    assert make_start(event, include_private=True).data == {"@environment": environment, "@request": request}


def test_without_private_information_it_has_neither_user_nor_addresses() -> None:
    event = first_event(
        **{
            "@user": {"identity": "jane"},
            "@environment": ENVIRONMENT | {"ip_address": "10.0.0.1", "machine_name": "box"},
            "@request": REQUEST | {"client_ip_address": "10.0.0.2"},
        }
    )
    assert make_start(event, include_private=False).data == {"@environment": ENVIRONMENT, "@request": REQUEST}


@pytest.mark.parametrize("odd", ["text", None, {}, [], {"unknown": 1}])
def test_objects_that_are_none_are_left_out(odd: object) -> None:
    event = first_event(**{"@environment": odd, "@request": odd})
    assert make_start(event, include_private=True).data == {}


def test_the_state_is_written_into_events_and_documents_alike() -> None:
    event = first_event(sessionend="2020-01-01T00:00:00Z")
    document: dict[str, Any] = event.to_document()
    state = StartState(DATE, 90.5, DATE + timedelta(seconds=90.5))
    put_state(event, state)
    put_state_in_document(document, state)
    for found in (event.to_document(), document):
        assert found["value"] == 90.5
        assert found["data"]["sessionend"] == "2026-01-15T10:01:30.5Z"
    assert has_end(event.data)
    assert state_of_document(document) == StartState(DATE, 90.5, datetime(2026, 1, 15, 10, 1, 30, 500_000, UTC))


def test_an_open_session_has_no_end() -> None:
    event = first_event(sessionend="2020-01-01T00:00:00Z")
    put_state(event, StartState(DATE, 5))
    assert not has_end(event.data)


def test_a_document_without_data_or_value_is_a_session_without_duration() -> None:
    assert state_of_document({"date": "2026-01-15T12:00:00+02:00"}) == StartState(DATE, 0)
