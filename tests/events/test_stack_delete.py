"""DELETE stacks/{ids}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import OrganizationUsage
from events.models import Stack
from events.services.pace import Pace
from events.services.purge import purge_deleted
from events.services.stacks import delete_stacks
from projects.models import Project, ProjectUsage
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def delete(client: APIClient, *stacks: Stack | str) -> Any:
    ids = ",".join(stack if isinstance(stack, str) else stack.pk for stack in stacks)
    return client.delete(f"/api/v2/stacks/{ids}")


def test_a_deleted_stack_and_its_events_are_gone_at_once(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project)
    event = make_event(stack)
    response = delete(owner, stack)
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert Stack.objects.get().is_deleted
    for address in (f"stacks/{stack.pk}", f"events/{event.event_id}", f"stacks/{stack.pk}/events"):
        assert owner.get(f"/api/v2/{address}").status_code == 404
    for address in ("stacks", "events", "events?mode=stack_recent", "stacks?mode=summary"):
        assert owner.get(f"/api/v2/{address}").json() == []


def test_the_next_event_makes_a_new_stack(owner: APIClient, post: Callable[..., None]) -> None:
    post({"type": "log", "source": "shop"})
    delete(owner, Stack.objects.get())
    post({"type": "log", "source": "shop"})
    assert [event["is_first_occurrence"] for event in owner.get("/api/v2/events").json()] == [True]
    assert Stack.objects.count() == 2


def test_the_events_count_as_deleted(cast: Cast, owner: APIClient) -> None:
    first, second = make_stack(cast.project), make_stack(cast.project)
    other = make_stack(Project.objects.create(organization=cast.organization, name="Other"))
    for stack in (first, first, second, other, make_stack(cast.project)):
        make_event(stack)
    delete(owner, first, second, other, make_stack(cast.project))
    assert not OrganizationUsage.objects.exists()
    assert purge_deleted(Pace())
    assert OrganizationUsage.objects.get().deleted == 4
    assert dict(ProjectUsage.objects.values_list("project_id", "deleted")) == {cast.project.pk: 3, other.project_id: 1}


def test_a_stack_without_events_counts_nothing(cast: Cast, owner: APIClient) -> None:
    delete(owner, make_stack(cast.project))
    assert purge_deleted(Pace())
    assert not OrganizationUsage.objects.exists()


def test_what_is_deleted_already_is_not_counted_again(cast: Cast) -> None:
    stack = make_stack(cast.project)
    make_event(stack)
    for _ in range(2):
        delete_stacks(stacks=[stack])
        assert purge_deleted(Pace())
    assert OrganizationUsage.objects.get().deleted == 1


def test_what_can_go_goes_and_the_rest_is_named(cast: Cast, owner: APIClient) -> None:
    mine, foreign = make_stack(cast.project), make_stack(cast.foreign_project)
    response = delete(owner, foreign, mine, "0" * 24)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/json")
    body = response.json()
    assert (body["success"], body["workers"]) == ([mine.pk], [])
    failures = [(item["id"], item["allowed"], item["status_code"]) for item in body["failure"]]
    assert failures == [(foreign.pk, False, 404), ("0" * 24, False, 404)]
    assert list(Stack.objects.filter(is_deleted=True)) == [mine]


@pytest.mark.parametrize("ids", ["0" * 24, "0" * 24 + "," + "1" * 24])
def test_none_found_is_a_404(owner: APIClient, ids: str) -> None:
    response = delete(owner, ids)
    assert (response.status_code, response.json()["title"]) == (404, "Stack not found.")


def test_a_second_time_it_is_a_404(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project)
    assert [delete(owner, stack).status_code for _ in range(2)] == [202, 404]


@pytest.mark.parametrize("number", [1, 20])
def test_the_number_of_statements_does_not_grow(
    cast: Cast, owner: APIClient, django_assert_num_queries: Any, number: int
) -> None:
    rows = [make_stack(cast.project) for _ in range(number)]
    make_event(rows[0])
    # token with user, organizations of the user, the stacks; savepoint, lock, update, release
    with django_assert_num_queries(7):
        assert delete(owner, *rows).status_code == 202
    assert not Stack.objects.filter(is_deleted=False).exists()
