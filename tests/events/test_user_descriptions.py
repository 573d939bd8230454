"""What a person wrote about an event: validated at the door, added when the event is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event, Submission
from exceptionless_site.core import json
from tests.conftest import Cast

Post = Callable[..., None]
Work = Callable[[], None]
ADDRESS = "/api/v2/events/by-ref/order-1042/user-description"
BODY = {"email_address": "jane@example.com", "description": "I clicked.", "data": {"Order": 1042}}


def described() -> dict[str, Any]:
    data: dict[str, Any] = Event.objects.get().content["data"]
    return data


@pytest.mark.parametrize("address", [ADDRESS, "/api/v2/projects/{project}/events/by-ref/order-1042/user-description"])
def test_a_description_is_merged_into_its_event(cast: Cast, post: Post, work: Work, address: str) -> None:
    post({"message": "x", "reference_id": "order-1042", "data": {"Kept": 1}})
    response = cast.client(cast.key).post(address.format(project=cast.project.pk), BODY, format="json")
    assert response.status_code == 202
    assert response.content == b""
    assert response["X-Exceptionless-ConfigVersion"] == "1"
    work()
    assert described()["@user_description"] == {"email_address": "jane@example.com", "description": "I clicked."}
    assert described()["Order"] == 1042
    assert described()["Kept"] == 1
    assert not Submission.objects.exists()


def test_a_description_that_comes_first_waits_for_its_event(cast: Cast, work: Work) -> None:
    cast.client(cast.key).post(ADDRESS, BODY, format="json")
    work()
    waiting = Submission.objects.get()
    assert waiting.parked_utc is None
    assert "no event with this reference id" in waiting.error


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email_address", "description"}),
        ({"email_address": " ", "description": ""}, {"email_address", "description"}),
        ({"email_address": "no-address"}, {"email_address"}),
        ({"email_address": "two@at@signs"}, {"email_address"}),
        ({"email_address": None, "description": None, "data": {"Order": 1}}, {"email_address", "description"}),
        ({"other": "x"}, {"email_address", "description"}),
    ],
)
def test_what_says_nothing_or_has_no_address_is_a_422(cast: Cast, body: dict[str, str], fields: set[str]) -> None:
    response = cast.client(cast.key).post(ADDRESS, body, format="json")
    assert response.status_code == 422
    assert set(json.loads(response.content)["errors"]) == fields
    assert not Submission.objects.exists()


@pytest.mark.parametrize(("raw", "status"), [("", 400), ("null", 400), ("{broken", 400)])
def test_a_body_that_is_none_is_a_400(cast: Cast, raw: str, status: int) -> None:
    response = cast.client(cast.key).post(ADDRESS, raw, content_type="application/json")
    assert response.status_code == status
    assert json.loads(response.content)["errors"][""]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ("text", ""),
        ({"description": 5}, "description"),
        ({"email_address": ["a@b.c"]}, "email_address"),
        ({"description": "x", "data": "y"}, "data"),
    ],
)
def test_members_of_another_type_are_a_400(cast: Cast, body: Any, field: str) -> None:
    response = cast.client(cast.key).post(ADDRESS, body, format="json")
    assert response.status_code == 400
    assert list(json.loads(response.content)["errors"]) == [field]
    assert not Submission.objects.exists()


@pytest.mark.parametrize("content_type", ["application/xml", "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_a_415(cast: Cast, content_type: str) -> None:
    assert cast.client(cast.key).post(ADDRESS, "<x/>", content_type=content_type).status_code == 415


def test_json_of_a_kind_of_its_own_will_do(cast: Cast) -> None:
    body = json.dumps(BODY)
    response = cast.client(cast.key).post(ADDRESS, body, content_type="application/vnd.shop+json; charset=utf-8")
    assert response.status_code == 202


def test_the_project_may_stand_in_the_query(cast: Cast, post: Post, work: Work) -> None:
    post({"message": "x", "reference_id": "order-1042"})
    address = f"{ADDRESS}?projectId={cast.project.pk}"
    assert cast.client(cast.owner).post(address, BODY, format="json").status_code == 202
    work()
    assert "@user_description" in described()
    foreign = f"{ADDRESS}?projectId={cast.foreign_project.pk}"
    for who in (cast.owner, cast.key):
        assert cast.client(who).post(foreign, BODY, format="json").status_code == 404


def test_a_foreign_project_is_a_404_and_no_project_a_400(cast: Cast) -> None:
    foreign = f"/api/v2/projects/{cast.foreign_project.pk}/events/by-ref/order-1042/user-description"
    assert cast.client(cast.key).post(foreign, BODY, format="json").status_code == 404
    assert cast.client(cast.owner).post(ADDRESS, BODY, format="json").status_code == 400
    assert cast.client(None).post(ADDRESS, BODY, format="json").status_code == 401


def test_the_description_of_another_project_s_event_is_not_touched(cast: Cast, post: Post, work: Work) -> None:
    post({"message": "x", "reference_id": "order-1042"})
    assert cast.client(cast.foreign_key).post(ADDRESS, BODY, format="json").status_code == 202
    work()
    assert "@user_description" not in described()


def test_the_first_version_of_the_api_patches_an_error(cast: Cast, post: Post, work: Work) -> None:
    post({"message": "x", "reference_id": "order-1042"})
    client = cast.client(cast.key)
    body = {"UserEmail": "jane@example.com", "UserDescription": "I clicked."}
    response = client.patch("/api/v1/error/order-1042", body, format="json")
    assert response.status_code == 202
    assert response["v"] == "1"
    work()
    assert described()["@user_description"] == {"email_address": "jane@example.com", "description": "I clicked."}
    assert client.patch("/api/v1/error/order-1042", {}, format="json").status_code == 200
