"""GET events/{id}: the previous and the next event of the stack, within the time that is asked for and may be seen."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization
from events.models import Event
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack, minutes_ago
from tests.events.test_reading import links

DAY = 24 * 60


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def events(cast: Cast) -> list[Event]:
    """Of one stack, one an hour, newest first; another stack has events between them."""
    stack, other = make_stack(cast.project), make_stack(cast.project)
    for hours in range(5):
        make_event(other, hours * 60 + 30)
    return [make_event(stack, hours * 60) for hours in range(5)]


def neighbours(client: APIClient, event: Event, **parameters: Any) -> tuple[str | None, str | None]:
    """The ids behind `previous` and `next`."""
    response = client.get(f"/api/v2/events/{event.event_id}", parameters)
    assert response.status_code == 200, response.content
    found = links(response)
    assert found["parent"] == f"http://testserver/api/v2/stacks/{event.stack_id}"
    ids = {name: address.removeprefix("http://testserver/api/v2/events/") for name, address in found.items()}
    return ids.get("previous"), ids.get("next")


def test_they_are_the_older_and_the_newer_one(owner: APIClient, events: list[Event]) -> None:
    ids = [event.event_id for event in events]
    assert neighbours(owner, events[0]) == (ids[1], None)
    assert neighbours(owner, events[2]) == (ids[3], ids[1])
    assert neighbours(owner, events[4]) == (None, ids[3])


@pytest.mark.parametrize(
    ("time", "older", "newer"),
    [
        ("", 3, 1),
        ("all", 3, 1),
        ("[now-150m TO now]", None, 1),
        ("[now-5h TO now-90m]", 3, None),
        ("[now-130m TO now-110m]", None, None),
        ("[now-30m TO now]", None, 0),
        ("[now-5h TO now-210m]", 4, None),
    ],
)
def test_time_keeps_them_within_a_range(
    owner: APIClient, events: list[Event], time: str, older: int | None, newer: int | None
) -> None:
    expected = tuple(None if number is None else events[number].event_id for number in (older, newer))
    assert neighbours(owner, events[2], time=time) == expected


def test_the_offset_moves_the_range(owner: APIClient, events: list[Event]) -> None:
    start, end = (minutes_ago(minutes).strftime("%Y-%m-%dT%H:%M:%S") for minutes in (190, 110))
    text = f"{start} TO {end}"
    assert neighbours(owner, events[2], time=text) == (events[3].event_id, None)
    # An hour east of Greenwich the same clock time was an hour earlier.
    assert neighbours(owner, events[3], time=text, offset="1h") == (events[4].event_id, None)


def test_beyond_the_retention_there_is_none(cast: Cast, owner: APIClient) -> None:
    Organization.objects.update(created_utc=minutes_ago(DAY * 100), retention_days=3)
    stack = make_stack(cast.project)
    make_event(stack, DAY * 20)
    first, second = make_event(stack, DAY), make_event(stack, 5)
    assert neighbours(owner, first) == (None, second.event_id)
    assert neighbours(owner, first, time="[now-30d TO now]") == (None, second.event_id)


def test_events_of_one_instant_follow_each_other(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project)
    ids = [make_event(stack, 5).event_id for _ in range(4)]
    seen, current = [], Event.objects.order_by("-key").first()
    while current is not None:
        seen.append(current.event_id)
        older, _ = neighbours(owner, current)
        current = Event.objects.filter(event_id=older).first()
    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize("time", ["last 0 days", "a\0b", "[now-5h TO"])
def test_a_time_that_cannot_be_read_is_no_failure(owner: APIClient, events: list[Event], time: str) -> None:
    assert owner.get(f"/api/v2/events/{events[0].event_id}", {"time": time}).status_code in (200, 400)


def test_an_event_of_another_stack_than_the_expected_one_is_a_400(owner: APIClient, events: list[Event]) -> None:
    address = f"/api/v2/events/{events[0].event_id}"
    assert owner.get(address, {"expected_stack_id": events[0].stack_id}).status_code == 200
    response = owner.get(address, {"expected_stack_id": "0" * 24})
    assert response.status_code == 400
    assert events[0].stack_id in response.json()["title"]
    assert "0" * 24 in response.json()["title"]
