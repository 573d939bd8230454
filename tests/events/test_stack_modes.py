"""GET events?mode=stack_recent|stack_frequent|stack_new|stack_users: the stacks of the matching events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization
from events.models import Stack
from exceptionless_site.core.dates import format_utc
from exceptionless_site.core.time_keys import key_moment
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack, minutes_ago, statements

URL = "/api/v2/events"
MODES = ("stack_recent", "stack_frequent", "stack_new", "stack_users")
EACH_MODE = pytest.mark.parametrize("mode", MODES)


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def stacks(cast: Cast) -> None:
    """`loud` is counted most, `crowded` has most users, `late` is the newest and `early` the oldest."""
    loud = make_stack(cast.project, title="loud", type="error", first_occurrence=minutes_ago(40))
    make_event(loud, 40, count=9, user="ada")
    make_event(loud, 30, user="ada")
    crowded = make_stack(cast.project, title="crowded", status="fixed", first_occurrence=minutes_ago(50))
    for number, user in enumerate(("ada", "grace", "alan")):
        make_event(crowded, 50 - number, user=user)
    make_event(make_stack(cast.project, title="late", first_occurrence=minutes_ago(1)), 1)
    early = make_stack(cast.project, title="early", type="error", first_occurrence=minutes_ago(60))
    make_event(early, 60, count=4)


def read(client: APIClient, mode: str, url: str = URL, **parameters: Any) -> list[dict[str, Any]]:
    response = client.get(url, {"mode": mode} | parameters)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()
    return found


def titles(client: APIClient, mode: str, url: str = URL, **parameters: Any) -> list[str]:
    return [row["title"] for row in read(client, mode, url, **parameters)]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("stack_recent", ["late", "loud", "crowded", "early"]),
        ("stack_frequent", ["loud", "early", "crowded", "late"]),
        ("stack_new", ["late", "loud", "crowded", "early"]),
        ("stack_users", ["crowded", "loud", "late", "early"]),
    ],
)
def test_the_order_of_each_mode(cast: Cast, stacks: None, owner: APIClient, mode: str, expected: list[str]) -> None:
    if mode == "stack_users":
        # Two stacks without users: the smaller id comes first.
        tied = sorted(Stack.objects.filter(title__in=["late", "early"]), key=lambda stack: stack.pk)
        expected = ["crowded", "loud", *(stack.title for stack in tied)]
    for address in (
        URL,
        f"/api/v2/organizations/{cast.organization.pk}/events",
        f"/api/v2/projects/{cast.project.pk}/events",
    ):
        assert titles(owner, mode, address) == expected


@EACH_MODE
def test_a_row_has_these_members(cast: Cast, owner: APIClient, mode: str) -> None:
    stack = make_stack(
        cast.project,
        type="log",
        title="shop.basket",
        signature_info={"Type": "log", "Source": "shop.basket"},
        tags=["b", "A"],
        first_occurrence=minutes_ago(30),
        total_occurrences=1000,
    )
    first = make_event(stack, 30, user="ada", count=4)
    last = make_event(stack, 10, user="grace")
    assert read(owner, mode, offset="-300m") == [
        {
            "id": stack.pk,
            "template_key": "stack-log-summary",
            "data": {"Source": "shop.basket", "SourceShortName": "basket"},
            "project_id": cast.project.pk,
            "project_name": cast.project.name,
            "tags": ["A", "b"],
            "title": "shop.basket",
            "status": "open",
            "first_occurrence": format_utc(key_moment(first.key)),
            "last_occurrence": format_utc(key_moment(last.key)),
            "total": 5,
            "users": 2,
            "total_users": 2,
        }
    ]


@EACH_MODE
def test_figures_are_of_the_matching_events_and_all_users_of_the_range(cast: Cast, owner: APIClient, mode: str) -> None:
    stack = make_stack(cast.project, first_occurrence=minutes_ago(30))
    make_event(stack, 30, user="ada", type="error", count=2)
    matching = make_event(stack, 20, user="grace", type="log", count=5)
    make_event(stack, 3000, user="outside", type="log")
    (row,) = read(owner, mode, filter="type:log", time="last 2 hours")
    assert (row["total"], row["users"], row["total_users"]) == (5, 1, 2)
    assert row["first_occurrence"] == row["last_occurrence"] == format_utc(key_moment(matching.key))


@EACH_MODE
@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("type:error", {"loud", "early"}),
        ("(status:open OR status:regressed)", {"loud", "late", "early"}),
        ("type:error (status:open OR status:regressed)", {"loud", "early"}),
        ("status:fixed", {"crowded"}),
        ("status:ignored", set()),
        ("", {"loud", "crowded", "late", "early"}),
    ],
)
def test_filters(stacks: None, owner: APIClient, mode: str, filter_text: str, expected: set[str]) -> None:
    assert set(titles(owner, mode, filter=filter_text)) == expected


def test_new_stacks_are_those_that_occurred_first_in_the_range(cast: Cast, owner: APIClient) -> None:
    old = make_stack(cast.project, title="old", first_occurrence=minutes_ago(3000))
    make_event(old, 5)
    make_event(make_stack(cast.project, title="new", first_occurrence=minutes_ago(5)), 5)
    assert titles(owner, "stack_new", time="last 1 hour") == ["new"]
    assert set(titles(owner, "stack_recent", time="last 1 hour")) == {"old", "new"}
    assert set(titles(owner, "stack_new", time="[now-3d TO now]")) == {"old", "new"}
    assert set(titles(owner, "stack_new")) == {"old", "new"}
    assert titles(owner, "stack_new", time="last 1 hour", filter="type:none OR type:log") == ["new"]


@EACH_MODE
def test_deleted_stacks_and_projects_are_left_out(cast: Cast, owner: APIClient, mode: str) -> None:
    make_event(make_stack(cast.project, title="alive"))
    make_event(make_stack(cast.project, title="deleted", is_deleted=True))
    gone = Project.objects.create(organization=cast.organization, name="Gone", is_deleted=True)
    make_event(make_stack(gone, title="of a deleted project"))
    response = owner.get(URL, {"mode": mode, "include": "total"})
    assert [row["title"] for row in response.json()] == ["alive"]
    assert response["X-Result-Count"] == "1"


def test_events_beyond_the_retention_count_nowhere(cast: Cast, owner: APIClient) -> None:
    Organization.objects.update(created_utc=minutes_ago(60 * 24 * 100), retention_days=3)
    stack = make_stack(cast.project)
    make_event(stack, 5, user="late")
    make_event(stack, 60 * 24 * 20, user="early")
    (row,) = read(owner, "stack_frequent")
    assert (row["total"], row["users"], row["total_users"]) == (1, 1, 1)


@EACH_MODE
def test_paging_goes_by_number_and_the_total_counts_stacks(cast: Cast, owner: APIClient, mode: str) -> None:
    for number in range(5):
        stack = make_stack(cast.project, title=str(number), first_occurrence=minutes_ago(number))
        make_event(stack, number, count=9 - number)
        make_event(stack, number, count=9 - number)
    seen = []
    for page in (1, 2, 3):
        response = owner.get(URL, {"mode": mode, "limit": 2, "page": page, "include": "total", "filter": "type:log"})
        assert response["X-Result-Count"] == "5"
        seen += [row["title"] for row in response.json()]
        links = {}
        for part in response["Link"].split(", "):
            address, _, relation = part.strip("<").partition(">; rel=")
            query = parse_qs(urlsplit(address).query)
            assert (query["mode"], query["filter"], query["limit"]) == ([mode], ["type:log"], ["2"])
            links[relation.strip('"')] = query["page"][0]
        assert links == {
            name: str(number) for name, number in (("previous", page - 1), ("next", page + 1)) if 1 <= number <= 3
        }
    assert len(set(seen)) == 5
    if mode != "stack_users":
        assert seen == ["0", "1", "2", "3", "4"]


@EACH_MODE
def test_without_a_total_there_is_none(stacks: None, owner: APIClient, mode: str) -> None:
    response = owner.get(URL, {"mode": mode})
    assert "X-Result-Count" not in response.headers
    assert "Link" not in response.headers


def test_far_pages_are_empty(stacks: None, owner: APIClient) -> None:
    assert read(owner, "stack_recent", page=200) == []
    assert read(owner, "stack_recent", page=3) == []


@EACH_MODE
@pytest.mark.parametrize("sort", ["-date", "date", "nothing"])
def test_sort_is_refused(stacks: None, owner: APIClient, mode: str, sort: str) -> None:
    response = owner.get(URL, {"mode": mode, "sort": sort})
    assert (response.status_code, response.json()["title"]) == (400, "Sort is not supported in stack mode.")


@EACH_MODE
@pytest.mark.parametrize(("name", "value"), [("filter", "("), ("time", "last 0 days"), ("page", "x"), ("limit", "x")])
def test_what_cannot_be_read_is_a_400(stacks: None, owner: APIClient, mode: str, name: str, value: str) -> None:
    assert owner.get(URL, {"mode": mode, name: value}).status_code == 400


@EACH_MODE
def test_who_may_read(cast: Cast, stacks: None, mode: str) -> None:
    scoped = f"/api/v2/organizations/{cast.organization.pk}/events", f"/api/v2/projects/{cast.project.pk}/events"
    for address in scoped:
        assert len(read(cast.client(cast.mate), mode, address)) == 4
        assert len(read(cast.client(cast.admin), mode, address)) == 4
        assert len(read(cast.client(cast.user_key), mode, address)) == 4
        assert cast.client(cast.stranger).get(address, {"mode": mode}).status_code == 404
    for address in (*scoped, URL):
        assert cast.client(cast.key).get(address, {"mode": mode}).status_code == 403
        assert cast.client(None).get(address, {"mode": mode}).status_code == 401
    assert read(cast.client(cast.stranger), mode) == []
    Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
    assert read(cast.client(cast.owner), mode) == []
    assert cast.client(cast.owner).get(scoped[0], {"mode": mode}).status_code == 426


@EACH_MODE
def test_of_one_stack(cast: Cast, stacks: None, owner: APIClient, mode: str) -> None:
    stack = Stack.objects.get(title="loud")
    (row,) = read(owner, mode, f"/api/v2/stacks/{stack.pk}/events")
    assert (row["title"], row["total"], row["users"], row["total_users"]) == ("loud", 10, 1, 3)


@EACH_MODE
def test_of_the_events_with_a_reference_id(cast: Cast, owner: APIClient, post: Callable[..., None], mode: str) -> None:
    user = {"@user": {"identity": "ada"}}
    post({"type": "usage", "source": "early", "reference_id": "order-1042", "data": user})
    post(*({"type": "usage", "source": "early", "data": {"@user": {"identity": name}}} for name in ("bob", "cid")))
    for address in (f"{URL}/by-ref/order-1042", f"/api/v2/projects/{cast.project.pk}/events/by-ref/order-1042"):
        (row,) = read(owner, mode, address)
        assert (row["title"], row["total"], row["users"], row["total_users"]) == ("early", 1, 1, 3)
        assert owner.get(address, {"mode": mode, "include": "total"})["X-Result-Count"] == "1"
        assert owner.get(address, {"mode": mode, "sort": "date"}).status_code == 400


@pytest.mark.parametrize("mode", ["STACK_RECENT", "stack", "recent", "summary ", "none"])
def test_another_mode_is_none(stacks: None, owner: APIClient, mode: str) -> None:
    assert {event["type"] for event in read(owner, mode)} == {"log", "error"}


def test_ingested_events(owner: APIClient, post: Callable[..., None]) -> None:
    user = {"@user": {"identity": "ada"}}
    post(*({"type": "log", "source": "a", "message": str(number), "data": user} for number in range(3)))
    post({"type": "usage", "source": "b", "count": 10})
    found = [(row["title"], row["total"], row["users"]) for row in read(owner, "stack_frequent")]
    assert found == [("b", 10, 0), ("a", 3, 1), ("Session Start", 1, 1)]


@EACH_MODE
@pytest.mark.parametrize("number", [1, 60])
def test_it_takes_eight_statements_and_one_for_the_total(
    cast: Cast, owner: APIClient, django_assert_num_queries: Any, mode: str, number: int
) -> None:
    for _ in range(number):
        make_event(make_stack(cast.project, first_occurrence=minutes_ago(1)), 1, user="ada")
    # token with user, organizations of the user, scope, figures, users of the stacks, stacks, names of projects, users
    # of projects; to be sorted by users, stacks are counted in one statement with their users
    expected = statements(7 if mode == "stack_users" else 8)
    with django_assert_num_queries(expected):
        assert len(read(owner, mode, limit=100)) == number
    with django_assert_num_queries(expected + 1):
        read(owner, mode, limit=100, include="total")
