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
    ],
)
def test_what_says_nothing_or_has_no_address_is_a_422(cast: Cast, body: dict[str, str], fields: set[str]) -> None:
    response = cast.client(cast.key).post(ADDRESS, body, format="json")
    assert response.status_code == 422
    assert set(json.loads(response.content)["errors"]) == fields
    assert not Submission.objects.exists()


@pytest.mark.parametrize(("raw", "status"), [("", 400), ("null", 400), ("{broken", 400)])
def test_a_body_that_is_none_is_a_400(cast: Cast, raw: str, status: int) -> None:
    assert cast.client(cast.key).post(ADDRESS, raw, content_type="application/json").status_code == status


def test_another_content_type_is_a_415(cast: Cast) -> None:
    assert cast.client(cast.key).post(ADDRESS, "<x/>", content_type="application/xml").status_code == 415


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
