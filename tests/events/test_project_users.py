"""`total_users` of stack summaries: counted anew while there are few, kept for five minutes when there are more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack, minutes_ago, statements

LISTS = ("/api/v2/stacks?mode=summary", "/api/v2/events?mode=stack_frequent")
EACH_LIST = pytest.mark.parametrize("address", LISTS)
NOON = datetime(2026, 1, 15, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(db: None) -> Any:
    cache.clear()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
    cache.clear()


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    Organization.objects.update(created_utc=minutes_ago(60 * 24 * 100))
    Project.objects.update(created_utc=minutes_ago(60 * 24 * 100))
    return cast.client(cast.owner)


def add_users(project: Project, number: int, minutes: float = 1) -> None:
    stack = make_stack(project, last_occurrence=minutes_ago(0))
    for position in range(number):
        make_event(stack, minutes, user=f"user {project.pk} {minutes} {position}")


def total_users(client: APIClient, address: str, **parameters: Any) -> set[float]:
    path, _, mode = address.partition("?mode=")
    response = client.get(path, {"mode": mode} | parameters)
    assert response.status_code == 200, response.content
    return {row["total_users"] for row in response.json()}


@EACH_LIST
def test_few_users_are_counted_each_time(cast: Cast, owner: APIClient, address: str) -> None:
    add_users(cast.project, 8)
    assert total_users(owner, address) == {8}
    add_users(cast.project, 1, minutes=2)
    assert total_users(owner, address) == {9}


@EACH_LIST
def test_ten_users_are_kept_for_five_minutes(cast: Cast, owner: APIClient, at_noon: Any, address: str) -> None:
    add_users(cast.project, 10)
    assert total_users(owner, address) == {10}
    add_users(cast.project, 5, minutes=2)
    at_noon.shift(timedelta(minutes=4, seconds=59))
    assert total_users(owner, address) == {10}
    at_noon.shift(timedelta(seconds=2))
    assert total_users(owner, address) == {15}


@EACH_LIST
def test_another_quarter_of_an_hour_is_another_range(cast: Cast, owner: APIClient, at_noon: Any, address: str) -> None:
    at_noon.move_to(NOON + timedelta(minutes=12))
    add_users(cast.project, 10)
    assert total_users(owner, address) == {10}
    add_users(cast.project, 5, minutes=2)
    at_noon.shift(timedelta(minutes=2))
    assert total_users(owner, address) == {15}


@EACH_LIST
def test_each_range_has_its_own_number(cast: Cast, owner: APIClient, address: str) -> None:
    add_users(cast.project, 10)
    add_users(cast.project, 20, minutes=60 * 24)
    assert total_users(owner, address) == {30}
    assert total_users(owner, address, time="last 2 hours") == {10}
    assert total_users(owner, address) == {30}


@EACH_LIST
def test_a_filter_does_not_change_the_number(cast: Cast, owner: APIClient, address: str) -> None:
    add_users(cast.project, 10)
    make_event(make_stack(cast.project, type="error", title="x"), 1, user="another", type="error")
    assert total_users(owner, address, filter="type:error") == {11}
    assert total_users(owner, address, filter="type:log") == {11}


@EACH_LIST
def test_each_project_has_its_own_number(cast: Cast, owner: APIClient, address: str) -> None:
    second = Project.objects.create(organization=cast.organization, name="Second", created_utc=minutes_ago(9999))
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    for project, number in ((cast.project, 10), (second, 11), (cast.foreign_project, 4)):
        add_users(project, number)
    assert total_users(owner, address) == {10, 11, 4}
    assert total_users(owner, address) == {10, 11, 4}
    assert total_users(cast.client(cast.stranger), address) == {4}


@EACH_LIST
def test_a_shorter_retention_is_another_range(cast: Cast, owner: APIClient, address: str) -> None:
    add_users(cast.project, 10)
    add_users(cast.project, 10, minutes=60 * 24 * 20)
    assert total_users(owner, address) == {20}
    Organization.objects.update(retention_days=3)
    assert total_users(owner, address) == {10}


@EACH_LIST
def test_what_is_kept_costs_no_statement(
    cast: Cast, owner: APIClient, django_assert_num_queries: Any, address: str
) -> None:
    add_users(cast.project, 10)
    # From rollups, the users of the stacks are a statement of their own.
    kept = 7 if "mode=stack" in address else 6
    with django_assert_num_queries(statements(kept + 1)):
        owner.get(address)
    with django_assert_num_queries(statements(kept)):
        owner.get(address)
