"""Reading bodies that make something new, and updates."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.delta import Delta, read_delta
from exceptionless_site.api.errors import Problem
from exceptionless_site.api.parsers import WireJSONParser
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer


class PartSerializer(WireSerializer):
    name = serializers.CharField()


class ThingSerializer(WireSerializer):
    full_name = serializers.CharField(max_length=10)
    notes = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    is_enabled = serializers.BooleanField(required=False)
    count = serializers.IntegerField(required=False)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    settings = serializers.DictField(required=False)
    expires_utc = WireDateTimeField(required=False, allow_null=True)
    part = PartSerializer(required=False)
    made_by = serializers.CharField(read_only=True)


def request(raw: bytes) -> Request:
    sent = APIRequestFactory().post("/", raw, content_type="application/json")
    return Request(sent, parsers=[WireJSONParser()])


def refusal(read: Any, raw: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        read(request(raw), ThingSerializer)
    return caught.value


@pytest.mark.parametrize("read", [read_body, read_delta])
@pytest.mark.parametrize("raw", [b"", b"   ", b"null"])
def test_no_body_and_null_are_refused_with_the_wires_words(read: Any, raw: bytes) -> None:
    problem = refusal(read, raw)

    assert problem.status_code == 400
    assert problem.errors == {"": ["A non-empty request body is required."]}


@pytest.mark.parametrize("read", [read_body, read_delta])
@pytest.mark.parametrize(
    "raw",
    [
        b"[]",
        b'"text"',
        b"5",
        b"true",
        b'{"full_name": 5}',
        b'{"full_name": true}',
        b'{"full_name": ["a"]}',
        b'{"full_name": {}}',
        b'{"full_name": "a", "is_enabled": "true"}',
        b'{"full_name": "a", "is_enabled": 1}',
        b'{"full_name": "a", "is_enabled": null}',
        b'{"full_name": "a", "count": true}',
        b'{"full_name": "a", "count": null}',
        b'{"full_name": "a", "tags": "a,b"}',
        b'{"full_name": "a", "settings": []}',
        b'{"full_name": "a", "expires_utc": 5}',
        b'{"full_name": "a", "part": "b"}',
    ],
)
def test_a_value_of_another_json_type_is_a_400(read: Any, raw: bytes) -> None:
    assert refusal(read, raw).status_code == 400


# --- Something new ------------------------------------------------------------------------------


def test_members_are_read_in_any_case_and_unknown_ones_left_out() -> None:
    body = b'{"Full_Name": " Ada ", "FULLNAME": "Grace", "made_by": "me", "other": 1, "count": "5"}'

    assert read_body(request(body), ThingSerializer) == {"full_name": "Ada", "count": 5}


def test_null_is_refused_only_where_the_model_has_none() -> None:
    assert refusal(read_body, b'{"full_name": null}').errors == {"full_name": ["full_name must not be null."]}
    assert read_body(request(b'{"full_name": "a", "notes": null}'), ThingSerializer)["notes"] is None


@pytest.mark.parametrize("raw", [b"{}", b'{"full_name": "  "}', b'{"full_name": "elevenchars"}'])
def test_what_is_bound_and_wrong_is_left_to_validation(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        read_body(request(raw), ThingSerializer)


# --- Updates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["full_name", "FULL_NAME", "FullName", "fullName", "fullname"])
def test_both_spellings_of_a_name_are_understood(name: str) -> None:
    assert read_delta(request(b'{"%s": "Ada"}' % name.encode()), ThingSerializer).values == {"full_name": "Ada"}


@pytest.mark.parametrize("raw", [b"{}", b'{"id": "5", "made_by": "me"}'])
def test_nothing_that_can_change_is_no_change(raw: bytes) -> None:
    assert read_delta(request(raw), ThingSerializer) == Delta({}, frozenset())


def test_nulls_change_nothing_but_are_named() -> None:
    body = b'{"full_name": null, "notes": null, "tags": null, "settings": null, "part": null, "is_enabled": false}'

    delta = read_delta(request(body), ThingSerializer)

    assert delta.values == {"is_enabled": False}
    assert delta.nulls == {"full_name", "notes", "tags", "settings", "part"}


def test_empty_texts_and_lists_are_changes() -> None:
    delta = read_delta(request(b'{"notes": "", "tags": []}'), ThingSerializer)

    assert delta.values == {"notes": "", "tags": []}


@pytest.mark.parametrize("raw", [b'{"full_name": " "}', b'{"full_name": "elevenchars"}', b'{"expires_utc": "soon"}'])
def test_what_the_document_does_not_allow_is_a_422_with_the_plain_title(raw: bytes) -> None:
    problem = refusal(read_delta, raw)

    assert problem.status_code == 422
    assert problem.title is None
    assert problem.errors
