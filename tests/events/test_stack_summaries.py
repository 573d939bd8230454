"""GET stacks?mode=summary: rows whose figures come from the events of the range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from events.models import Event, Stack
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import format_utc
from exceptionless_site.core.time_keys import key_moment
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack, minutes_ago, statements

URL = "/api/v2/stacks"


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def rows(client: APIClient, url: str = URL, **parameters: Any) -> list[dict[str, Any]]:
    response = client.get(url, {"mode": "summary"} | parameters)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()
    return found


def test_a_row_has_these_members(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(
        cast.project,
        type="log",
        title="shop.basket",
        signature_info={"Type": "log", "Source": "shop.basket"},
        tags=["b", "A", "c"],
        total_occurrences=99,
        status="regressed",
    )
    oldest = make_event(stack, 30, user="ada", count=4)
    make_event(stack, 20, user="ada")
    newest = make_event(stack, 10, user="grace", count=2)
    make_event(stack, 15)
    other = make_stack(cast.project, title="other")
    make_event(other, 5, user="alan")
    (row, _) = rows(owner)
    assert row == {
        "id": stack.pk,
        "template_key": "stack-log-summary",
        "data": {"Source": "shop.basket", "SourceShortName": "basket"},
        "project_id": cast.project.pk,
        "project_name": cast.project.name,
        "tags": ["A", "b", "c"],
        "title": "shop.basket",
        "status": "regressed",
        "first_occurrence": format_utc(key_moment(oldest.key)),
        "last_occurrence": format_utc(key_moment(newest.key)),
        "total": 8,
        "users": 2,
        "total_users": 3,
    }


def test_figures_are_those_of_the_range(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project, first_occurrence=minutes_ago(3000))
    make_event(stack, 2000, user="early")
    event = make_event(stack, 10, user="late", count=3)
    for parameters, expected in (
        ({"time": "last 1 hour"}, (3, 1, 1)),
        ({"time": "[now-2d TO now]"}, (4, 2, 2)),
        ({}, (4, 2, 2)),
    ):
        (row,) = rows(owner, **parameters)
        assert (row["total"], row["users"], row["total_users"]) == expected
    assert rows(owner, time="last 1 hour")[0]["first_occurrence"] == format_utc(key_moment(event.key))


def test_stacks_without_events_in_the_range_are_left_out(cast: Cast, owner: APIClient) -> None:
    make_event(make_stack(cast.project, title="with"), 10)
    make_event(make_stack(cast.project, title="older events only"), 3000)
    make_stack(cast.project, title="without")
    assert [row["title"] for row in rows(owner, time="last 1 hour")] == ["with"]
    assert len(rows(owner)) == 2


def test_the_filter_chooses_stacks_and_leaves_the_figures_alone(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project, type="error", title="wanted")
    make_event(stack, 1, user="ada")
    make_event(make_stack(cast.project, title="other"), 1, user="grace")
    (row,) = rows(owner, filter="title:wanted")
    assert (row["title"], row["users"], row["total_users"]) == ("wanted", 1, 2)


def test_users_of_deleted_stacks_still_are_users_of_the_project(cast: Cast, owner: APIClient) -> None:
    make_event(make_stack(cast.project), user="ada")
    make_event(make_stack(cast.project, is_deleted=True), user="grace")
    assert [row["total_users"] for row in rows(owner)] == [2]


def test_each_project_has_its_own_users(cast: Cast, owner: APIClient) -> None:
    second = Project.objects.create(organization=cast.organization, name="Second")
    make_event(make_stack(cast.project), user="ada")
    make_event(make_stack(second), user="ada")
    make_event(make_stack(second), user="grace")
    make_event(make_stack(cast.foreign_project), user="mallory")
    found = {(row["project_name"], row["total_users"]) for row in rows(owner)}
    assert found == {(cast.project.name, 1), ("Second", 2)}


def test_events_beyond_the_retention_count_nowhere(cast: Cast, owner: APIClient) -> None:
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    Organization.objects.update(created_utc=minutes_ago(60 * 24 * 100))
    Organization.objects.filter(pk=cast.organization.pk).update(retention_days=3)
    for project in (cast.project, cast.foreign_project):
        stack = make_stack(project)
        make_event(stack, 5, user="late")
        make_event(stack, 60 * 24 * 20, user="early")
    assert sorted((row["total"], row["users"], row["total_users"]) for row in rows(owner)) == [(1, 1, 1), (2, 2, 2)]


def test_order_and_paging_are_those_of_the_stacks(cast: Cast, owner: APIClient) -> None:
    for number in range(5):
        make_event(make_stack(cast.project, title=str(number)), number)
    response = owner.get(URL, {"mode": "summary", "sort": "-title", "limit": "2", "page": "2"})
    assert [row["title"] for row in response.json()] == ["2", "1"]
    assert 'rel="previous"' in response["Link"]
    assert 'rel="next"' in response["Link"]


def test_an_offset_moves_no_figures(cast: Cast, owner: APIClient) -> None:
    event = make_event(make_stack(cast.project), 10)
    (row,) = rows(owner, offset="5h")
    assert row["last_occurrence"] == format_utc(key_moment(event.key))


def test_dates_are_utc_and_the_stacks_own_dates_do_not_matter(cast: Cast, owner: APIClient) -> None:
    make_event(make_stack(cast.project, first_occurrence=minutes_ago(9999), last_occurrence=utc_now()), 10)
    (row,) = rows(owner)
    assert row["first_occurrence"] == row["last_occurrence"]
    assert row["first_occurrence"].endswith("Z")


def test_rows_of_ingested_events(owner: APIClient, post: Callable[..., None]) -> None:
    error = {"type": "System.NullReferenceException", "message": "null", "stack_trace": [{"name": "Pay"}]}
    post({"type": "error", "data": {"@error": error, "@user": {"identity": "ada"}}, "count": 3})
    post({"type": "usage", "source": "Checkout"})
    by_key = {row["template_key"]: row for row in rows(owner)}
    assert set(by_key) == {"stack-error-summary", "stack-feature-summary", "stack-session-summary"}
    failed = by_key["stack-error-summary"]
    assert (failed["total"], failed["users"], failed["total_users"]) == (3, 1, 1)
    assert failed["data"]["Type"] == "NullReferenceException"
    assert Event.objects.count() == Stack.objects.count() == 3


@pytest.mark.parametrize("number", [1, 60])
def test_it_takes_seven_statements_however_long_it_is(
    cast: Cast, owner: APIClient, django_assert_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        make_event(make_stack(cast.project), 1, user="ada")
    # token with user, organizations of the user, scope, stacks, figures, names of projects, users of projects
    for address in (URL, f"/api/v2/projects/{cast.project.pk}/stacks"):
        with django_assert_num_queries(statements(7)):
            assert len(rows(owner, address, limit=100)) == number
