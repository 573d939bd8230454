"""DELETE events/{ids}."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Event, Stack
from events.services import event_deletion
from events.services.event_deletion import delete_events
from exceptionless_site.core.time_keys import key_moment
from projects.models import ProjectUsage
from tests.conftest import Cast, make_key
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import Statements, deleted_usage, stack_with_events
from tokens.models import Token


def delete(client: APIClient, *events: Event | str) -> Any:
    ids = ",".join(event if isinstance(event, str) else event.event_id for event in events)
    return client.delete(f"/api/v2/events/{ids}")


def dates(stack: Stack) -> tuple[int, Any, Any]:
    stack.refresh_from_db()
    return stack.total_occurrences, stack.first_occurrence, stack.last_occurrence


def test_a_deleted_event_is_gone_at_once_and_its_stack_stays(owner: APIClient, post: Callable[..., None]) -> None:
    post({"type": "log", "source": "shop"}, {"type": "log", "source": "shop"})
    event = Event.objects.all()[0]
    response = delete(owner, event)
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert not Event.objects.filter(pk=event.pk).exists()
    assert owner.get(f"/api/v2/events/{event.event_id}").status_code == 404
    assert [stack["total_occurrences"] for stack in owner.get("/api/v2/stacks").json()] == [1]


def test_several_events_of_several_stacks_count_as_deleted(cast: Cast, owner: APIClient) -> None:
    stacks = [make_stack(cast.project), make_stack(cast.project)]
    events = [make_event(stack) for stack in stacks for _ in range(2)]
    delete(owner, *events)
    assert deleted_usage() == 4
    assert list(ProjectUsage.objects.values_list("project_id", "deleted")) == [(cast.project.pk, 4)]
    assert list(Stack.objects.values_list("total_occurrences", flat=True)) == [0, 0]


def test_what_can_go_goes_and_the_rest_is_named(cast: Cast, owner: APIClient) -> None:
    mine, foreign = make_event(make_stack(cast.project)), make_event(make_stack(cast.foreign_project))
    response = delete(owner, foreign, mine, "0" * 24)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/json")
    body = response.json()
    assert (body["success"], body["workers"]) == ([mine.event_id], [])
    failures = [(item["id"], item["allowed"], item["status_code"]) for item in body["failure"]]
    assert failures == [(foreign.event_id, False, 404), ("0" * 24, False, 404)]
    assert Event.objects.get().pk == foreign.pk
    assert deleted_usage() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 202), ("mate", 202), ("admin", 202), ("user_key", 202), ("stranger", 404), ("key", 403), (None, 401)],
)
def test_who_may_delete_an_event(cast: Cast, who: str | None, status: int) -> None:
    event = make_event(make_stack(cast.project))
    response = delete(cast.client(getattr(cast, who) if who else None), event)
    assert response.status_code == status
    assert Event.objects.exists() == (status != 202)


@pytest.mark.parametrize("scope", ["events:read", "stacks:write"])
def test_scopes_for_reading_or_for_stacks_delete_no_events(cast: Cast, scope: str) -> None:
    event = make_event(make_stack(cast.project))
    assert delete(cast.client(make_key(cast.project, scope)), event).status_code == 403
    assert Event.objects.exists()


def test_an_event_of_a_deleted_stack_is_not_found_and_not_counted_again(cast: Cast, owner: APIClient) -> None:
    event = make_event(make_stack(cast.project, is_deleted=True))
    response = delete(owner, event)
    assert (response.status_code, response.json()["title"]) == (404, "Event not found.")
    assert deleted_usage() == 0


def test_an_event_deleted_twice_counts_once(cast: Cast) -> None:
    stack = make_stack(cast.project, total_occurrences=3)
    event = make_event(stack)
    assert [delete_events(events=[event]), delete_events(events=[event])] == [1, 0]
    assert deleted_usage() == 1
    assert dates(stack)[0] == 2


@pytest.fixture
def spread(cast: Cast) -> tuple[Stack, list[Event]]:
    """A stack with events 30, 20 and 10 minutes old, which history before them made older still."""
    stack = make_stack(cast.project, total_occurrences=3)
    events = [make_event(stack, minutes) for minutes in (30, 20, 10)]
    Stack.objects.update(first_occurrence=events[0].created_utc, last_occurrence=events[2].created_utc)
    return stack, events


@pytest.mark.parametrize(
    ("going", "first", "last"), [([0], 1, 2), ([2], 0, 1), ([1], 0, 2), ([0, 2], 1, 1), ([0, 1], 2, 2)]
)
def test_a_stack_spans_the_events_that_are_left(
    spread: tuple[Stack, list[Event]], going: Sequence[int], first: int, last: int
) -> None:
    stack, events = spread
    delete_events(events=[events[number] for number in going])
    total, first_occurrence, last_occurrence = dates(stack)
    assert total == 3 - len(going)
    assert abs(first_occurrence - events[first].created_utc) < timedelta(milliseconds=2)
    assert abs(last_occurrence - events[last].created_utc) < timedelta(milliseconds=2)


def test_a_stack_without_events_keeps_its_dates(spread: tuple[Stack, list[Event]]) -> None:
    stack, events = spread
    before = dates(stack)
    delete_events(events=events)
    assert dates(stack) == (0, *before[1:])


def test_a_stack_without_events_starts_anew_with_the_next(owner: APIClient, post: Callable[..., None]) -> None:
    post({"type": "log", "source": "shop"})
    delete(owner, Event.objects.get())
    Stack.objects.update(first_occurrence=datetime(2020, 1, 1, tzinfo=UTC))
    post({"type": "log", "source": "shop"})
    total, first, last = dates(Stack.objects.get())
    assert (total, first) == (1, last)


def test_a_first_occurrence_that_retention_has_removed_stays(spread: tuple[Stack, list[Event]]) -> None:
    stack, events = spread
    long_ago = events[0].created_utc - timedelta(days=400)
    Stack.objects.update(first_occurrence=long_ago, total_occurrences=1_000)
    delete_events(events=[events[0]])
    assert dates(stack)[:2] == (999, long_ago)


def test_the_total_never_falls_below_zero(cast: Cast) -> None:
    stack = make_stack(cast.project, total_occurrences=1)
    delete_events(events=[make_event(stack) for _ in range(3)])
    assert dates(stack)[0] == 0


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.parametrize("count", [2, 40])
def test_deleting_costs_as_many_statements_for_forty_events_as_for_two(cast: Cast, count: int) -> None:
    events = [make_event(make_stack(cast.project), minutes=number) for number in range(count)]
    make_event(make_stack(cast.project))
    delete_events(events=[make_event(make_stack(cast.project))])  # makes the rows of usage
    with Statements() as statements:
        assert delete_events(events=events) == count
    assert len(statements) <= 15


def test_more_than_one_batch_is_deleted(cast: Cast) -> None:
    stack = stack_with_events(cast.project, 1_100)
    assert delete_events(events=Event.objects.filter(stack=stack)) == 1_100
    assert dates(stack)[0] == 0
    assert deleted_usage() == 1_100


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys that the hook was given while the rows were still there."""
    keys: list[int] = []

    def forget(going: Sequence[int]) -> None:
        assert Event.objects.filter(key__in=going).count() == len(going)
        keys.extend(going)

    monkeypatch.setattr(event_deletion, "on_delete", [forget])
    return keys


def test_others_forget_the_events_before_their_rows_go(cast: Cast, forgotten: list[int]) -> None:
    events = [make_event(make_stack(cast.project)) for _ in range(3)]
    delete_events(events=events[:2])
    assert sorted(forgotten) == sorted(event.key for event in events[:2])
    event_deletion.remove_batch(Event.objects.all(), 10)
    assert forgotten[2:] == [events[2].key]


def test_events_of_the_same_millisecond_are_told_apart(cast: Cast) -> None:
    stack = stack_with_events(cast.project, 5)
    last = Event.objects.filter(stack=stack).order_by("-key")[0]
    delete_events(events=[last])
    newest = Event.objects.filter(stack=stack).order_by("-key")[0]
    assert dates(stack)[2] == key_moment(newest.key)


def test_a_key_without_organization_reaches_nothing(cast: Cast) -> None:
    event = make_event(make_stack(cast.project))
    Token.objects.filter(pk=cast.user_key.pk).update(organization=None, project=None)
    assert delete(cast.client(cast.user_key), event).status_code in (401, 404)
    assert Event.objects.exists()
