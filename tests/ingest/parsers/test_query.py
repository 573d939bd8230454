"""Events from query strings, and user descriptions of the first API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.event import IncomingEvent
from events.ingest.parsers.fields import INVALID_REFERENCE_ID
from events.ingest.parsers.query import (
    SentUserDescription,
    event_from_query,
    format_geo,
    parse_user_description,
    read_lenient_date,
)
from events.ingest.steps.wildcards import Patterns
from exceptionless_site.core.json import dumps
from tests.ingest.parsers.parsing import NOW


def read(*items: tuple[str, str], path_type: str | None = None, exclude: str = "") -> IncomingEvent | None:
    exclusions = Patterns(exclude.split(",")) if exclude else None
    return event_from_query(items, path_type=path_type, now=NOW, exclusions=exclusions)


def read_event(*items: tuple[str, str], path_type: str | None = None, exclude: str = "") -> IncomingEvent:
    event = read(*items, path_type=path_type, exclude=exclude)
    assert event is not None
    return event


def test_all_parameters_are_read() -> None:
    event = read_event(
        ("type", "usage"),
        ("source", "a.b"),
        ("message", "m"),
        ("reference", "12345678"),
        ("date", "2026-01-14T10:00:00.1234567+02:00"),
        ("count", "3"),
        ("value", "1.5"),
        ("geo", "40,-70"),
        ("tags", "one, two,,ONE"),
        ("tags", "three"),
        ("identity", "u"),
        ("identity.name", "User"),
        ("Order", "7"),
        ("item", "a"),
        ("item", "b"),
    )

    assert event.to_document() == {
        "type": "usage",
        "source": "a.b",
        "message": "m",
        "reference_id": "12345678",
        "date": "2026-01-14T10:00:00.1234567+02:00",
        "count": 3,
        "value": 1.5,
        "geo": "40.0,-70.0",
        "tags": ["one", "two", "three"],
        "data": {"Order": "7", "item": ["a", "b"], "@user": {"identity": "u", "name": "User"}},
    }


@pytest.mark.parametrize(
    "items",
    [
        [],
        [("message", "")],
        [("access_token", "x"), ("api_key", "y"), ("ApiKey", "z")],
        [("", "x")],
        [("a", ""), ("access_token", "x")],
    ],
)
def test_without_a_usable_parameter_there_is_no_event(items: list[tuple[str, str]]) -> None:
    assert read(*items, path_type="usage") is None


@pytest.mark.parametrize(
    ("items", "path_type", "expected"),
    [
        ([("message", "m")], None, "log"),
        ([("message", "m")], "usage", "usage"),
        ([("message", "m"), ("type", "404")], "usage", "404"),
        ([("message", "m"), ("type", "")], "usage", "usage"),
        ([("TYPE", "error")], None, "error"),
    ],
)
def test_the_parameter_overrules_the_type_of_the_path(
    items: list[tuple[str, str]], path_type: str | None, expected: str
) -> None:
    assert read_event(*items, path_type=path_type).type == expected


def test_names_match_in_any_case_and_the_first_value_counts() -> None:
    event = read_event(("Message", "first"), ("MESSAGE", "second"), ("Identity.Name", "n"), ("key", "a"), ("KEY", "b"))

    assert event.message == "first"
    assert event.data == {"key": ["a", "b"], "@user": {"name": "n"}}


def test_credentials_and_excluded_names_are_not_stored() -> None:
    event = read_event(
        ("access_token", "secret"),
        ("Password", "secret"),
        ("my_password", "secret"),
        ("kept", "k"),
        exclude="*password",
    )

    assert event.data == {"kept": "k"}
    assert read_event(("password", "secret"), exclude="*password").data == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "some day"),
        ("count", "many"),
        ("count", "1.5"),
        ("count", "99999999999"),
        ("value", "NaN"),
        ("value", "x"),
        ("geo", "here"),
        ("geo", "91,0"),
        ("geo", "0,181"),
    ],
)
def test_values_that_cannot_be_read_are_left_out(name: str, value: str) -> None:
    event = read_event((name, value), ("message", "m"))

    assert event.to_document() == {
        "type": "log",
        "message": "m",
        "date": "2026-01-15T12:00:00+00:00",
        "tags": [],
        "data": {},
    }


def test_parameters_follow_the_rules_of_documents() -> None:
    event = read_event(
        ("reference", "bad"), ("@user", '{"identity":"own"}'), ("identity", "u"), ("when", "2026-01-02T03:04:05Z")
    )

    assert event.reference_id == INVALID_REFERENCE_ID
    assert event.data == {
        "InvalidReferenceId": "bad",
        "@user": {"identity": "own"},
        "_@user": {"identity": "u"},
        "when": "2026-01-02T03:04:05+00:00",
    }


def test_parameters_named_like_members_of_a_document_are_data() -> None:
    event = read_event(("data", "x"), ("id", "12345678"), ("stack_id", "y"), ("reference_id", "87654321"))

    assert event.reference_id is None
    assert event.data == {"data": "x", "id": "12345678", "stack_id": "y", "reference_id": "87654321"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02 03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        ("2026-01-02T03:04:05 02:00", datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("1/2/2026", datetime(2026, 1, 2, tzinfo=UTC)),
        ("01/02/2026 3:04:05 PM", datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)),
        (" 01/02/2026 15:04 ", datetime(2026, 1, 2, 15, 4, tzinfo=UTC)),
        ("Fri, 02 Jan 2026 03:04:05 GMT", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("tomorrow", None),
        ("13/13/2026", None),
        ("", None),
    ],
)
def test_dates_are_read_leniently(text: str, expected: datetime | None) -> None:
    date = read_lenient_date(text)

    assert (date and date.moment) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40,-70", "40.0,-70.0"),
        (" 40.10 , -70.123456789 ", "40.1,-70.12345679"),
        ("+1,2", "1.0,2.0"),
        ("90,180", "90.0,180.0"),
        ("-90,-180", "-90.0,-180.0"),
        ("90.1,0", None),
        ("0,180.1", None),
        ("40", None),
        ("40,-70,1", None),
        ("a,b", None),
        ("1e2,3", None),
        ("", None),
    ],
)
def test_positions_are_normalized(text: str, expected: str | None) -> None:
    assert format_geo(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, None),
        ({}, None),
        ([], None),
        ("text", None),
        ({"UserEmail": "a@b.c", "UserDescription": "d"}, SentUserDescription("a@b.c", "d")),
        ({"email_address": "a@b.c", "description": "d"}, SentUserDescription("a@b.c", "d")),
        ({"EmailAddress": "a@b.c", "Description": "d"}, SentUserDescription("a@b.c", "d")),
        ({"user_email": "a@b.c"}, SentUserDescription("a@b.c", None)),
        ({"UserEmail": None, "email_address": "a@b.c"}, SentUserDescription("a@b.c", None)),
        ({"UserDescription": 5, "UserEmail": []}, SentUserDescription(None, "5")),
        ({"other": 1}, SentUserDescription(None, None)),
    ],
)
def test_user_descriptions_are_read_under_old_and_present_names(body: Any, expected: Any) -> None:
    assert parse_user_description(body) == expected


NAMES = st.sampled_from(["type", "date", "count", "value", "geo", "tags", "identity", "reference", "@user", "@error"])


@settings(max_examples=200)
@given(
    items=st.lists(st.tuples(NAMES | st.text(max_size=12), st.text(max_size=30)), max_size=8),
    path_type=st.none() | st.text(max_size=5),
)
def test_any_query_gives_an_event_that_can_be_stored_or_none(
    items: list[tuple[str, str]], path_type: str | None
) -> None:
    event = read(*items, path_type=path_type)

    assert event is None or dumps(event.to_document())
