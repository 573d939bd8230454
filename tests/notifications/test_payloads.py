"""The members of each version's calls, as they arrive at the receiver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from events.models import Event, Stack
from events.notifications.request_url import request_url
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from projects.models import WebHook
from tests.conftest import Cast
from tests.notifications.conftest import ERROR
from tests.notifications.receiver import Receiver

Hook = Callable[..., WebHook]
Run = Callable[..., None]
CRITICAL = ERROR | {"tags": ["shop", "Critical"]}
METHOD = "Shop.Cart.Add"


@pytest.fixture(autouse=True)
def _address(settings: Settings) -> None:
    settings.BASE_URL = "https://errors.example.test"


def test_the_second_version_of_an_event(cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook()
    post(CRITICAL)
    tell()
    event, stack = Event.objects.get(), Stack.objects.get()
    (body,) = receiver.bodies
    assert body == {
        "id": event.event_id,
        "url": f"https://errors.example.test/event/{event.event_id}",
        "occurrence_date": event.content["date"],
        "tags": ["shop", "Critical"],
        "type": "error",
        "message": "the cart",
        "project_id": cast.project.pk,
        "project_name": "Disintegrating Pistol",
        "organization_id": cast.organization.pk,
        "organization_name": "Acme",
        "stack_id": stack.pk,
        "stack_url": f"https://errors.example.test/stack/{stack.pk}",
        "stack_title": "Object reference not set",
        "stack_tags": ["shop", "Critical"],
        "total_occurrences": 1,
        "first_occurrence": format_utc(stack.first_occurrence),
        "last_occurrence": format_utc(stack.last_occurrence),
        "is_new": True,
        "is_regression": False,
        "is_critical": True,
    }


def test_the_first_version_of_an_event_keeps_what_is_empty(
    cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    hook(version="v1")
    post(ERROR)
    tell()
    event, stack = Event.objects.get(), Stack.objects.get()
    (body,) = receiver.bodies
    assert body == {
        "Id": event.event_id,
        "Url": f"https://errors.example.test/event/{event.event_id}",
        "OccurrenceDate": event.content["date"],
        "Tags": ["shop"],
        "MachineName": "web-1",
        "RequestPath": "https://shop.example.test:8443/cart?item=rocket skates",
        "IpAddress": "203.0.113.9",
        "Message": "Object reference not set",
        "Type": "System.NullReferenceException",
        "Code": "42",
        "TargetMethod": METHOD,
        "ProjectId": cast.project.pk,
        "ProjectName": "Disintegrating Pistol",
        "OrganizationId": cast.organization.pk,
        "OrganizationName": "Acme",
        "ErrorStackId": stack.pk,
        "ErrorStackStatus": "open",
        "ErrorStackUrl": f"https://errors.example.test/stack/{stack.pk}",
        "ErrorStackTitle": "Object reference not set",
        "ErrorStackDescription": None,
        "ErrorStackTags": ["shop"],
        "TotalOccurrences": 1,
        "FirstOccurrence": format_utc(stack.first_occurrence),
        "LastOccurrence": format_utc(stack.last_occurrence),
        "DateFixed": None,
        "IsNew": True,
        "IsRegression": False,
        "IsCritical": False,
    }


@pytest.mark.parametrize("document", [{"type": "log", "message": "hello"}, {"type": "error", "message": "plain"}])
def test_the_first_version_says_nothing_of_what_is_no_detailed_error(
    receiver: Receiver, hook: Hook, post: Run, tell: Run, document: dict[str, Any]
) -> None:
    hook(version="v1")
    post(document)
    tell()
    assert receiver.received == []


def promoted(cast: Cast, hook: Hook, post: Run, tell: Run, version: str) -> Stack:
    hook("StackPromoted", version=version)
    post(ERROR)
    Stack.objects.update(
        description="They add nothing.", fixed_in_version="2.0.0", date_fixed=utc_now(), occurrences_are_critical=True
    )
    stack = Stack.objects.get()
    response = cast.client(cast.owner).post(f"/api/v2/stacks/{stack.pk}/promote")
    assert response.status_code == 200
    tell()
    return stack


def test_the_second_version_of_a_promoted_stack(
    cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    stack = promoted(cast, hook, post, tell, "v2")
    (body,) = receiver.bodies
    assert stack.date_fixed is not None
    assert body == {
        "id": stack.pk,
        "url": f"https://errors.example.test/stack/{stack.pk}",
        "title": "Object reference not set",
        "description": "They add nothing.",
        "tags": ["shop"],
        "type": "System.NullReferenceException",
        "target_method": f"{METHOD}()",
        "project_id": cast.project.pk,
        "project_name": "Disintegrating Pistol",
        "organization_id": cast.organization.pk,
        "organization_name": "Acme",
        "total_occurrences": 1,
        "first_occurrence": format_utc(stack.first_occurrence),
        "last_occurrence": format_utc(stack.last_occurrence),
        "date_fixed": format_utc(stack.date_fixed),
        "fixed_in_version": "2.0.0",
        "is_regression": False,
        "is_critical": True,
    }


def test_the_first_version_of_a_promoted_stack(
    cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    promoted(cast, hook, post, tell, "v1")
    (body,) = receiver.bodies
    assert list(body) == [
        "Id",
        "Status",
        "Url",
        "Title",
        "Description",
        "Tags",
        "RequestPath",
        "Type",
        "TargetMethod",
        "ProjectId",
        "ProjectName",
        "OrganizationId",
        "OrganizationName",
        "TotalOccurrences",
        "FirstOccurrence",
        "LastOccurrence",
        "DateFixed",
        "FixedInVersion",
        "IsRegression",
        "IsCritical",
    ]
    assert (body["Status"], body["RequestPath"], body["IsCritical"]) == ("open", None, True)


def test_a_stack_is_not_promoted_to_web_hooks_of_others_or_without_that_type(
    cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    hook("NewEvent")
    hook("StackPromoted", project=cast.foreign_project)
    hook("StackPromoted", is_enabled=False)
    post({"type": "log", "message": "hello"})
    tell()
    receiver.received.clear()
    response = cast.client(cast.owner).post(f"/api/v2/stacks/{Stack.objects.get().pk}/promote")
    tell()
    assert (response.status_code, receiver.received) == (501, [])


def test_an_address_that_ends_in_slack_gets_slacks_message_of_errors_alone(
    receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    hook(url=receiver.url("/hooks/slack"))
    post(ERROR, {"type": "log", "message": "hello"})
    tell()
    (body,) = receiver.bodies
    assert body["text"].startswith("[Disintegrating Pistol] A new NullReferenceException: *<https://errors.")


@pytest.mark.parametrize(
    ("request_", "address"),
    [
        (None, ""),
        ({}, ""),
        ({"path": "a"}, "/a"),
        ({"host": "h.test", "path": "/a"}, "http://h.test/a"),
        ({"host": "h.test", "is_secure": True, "port": 443, "path": "/a"}, "https://h.test/a"),
        ({"host": "h.test", "port": 81}, "http://h.test:81"),
        ({"host": "h.test", "port": "81", "path": "/a"}, "http://h.test/a"),
        ({"host": "h.test", "path": "/a", "query_string": {"k y": "v v", "n": None}}, "http://h.test/a?k%20y=v v&n="),
        ({"host": "h.test", "path": "/a", "query_string": "k=v"}, "http://h.test/a"),
    ],
)
def test_the_address_of_a_request(request_: dict[str, Any] | None, address: str) -> None:
    assert request_url(request_) == address


def test_the_method_stands_before_the_address_when_asked() -> None:
    assert request_url({"http_method": "get", "path": "/a"}, with_method=True) == "GET /a"
