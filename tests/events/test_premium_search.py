"""Filters that only paying plans have: 426 on lists of events and of stacks, or without the free organizations."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from events.stack_selectors import StackMode
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack

UPGRADE = "Please upgrade your plan to use premium search features."
MODES = ("", "summary", *StackMode)
EACH_MODE = pytest.mark.parametrize("mode", MODES)
EACH_STACK_MODE = pytest.mark.parametrize("mode", list(StackMode))


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def lists(cast: Cast) -> tuple[str, ...]:
    organization, project, stack = cast.organization.pk, cast.project.pk, make_stack(cast.project).pk
    return (
        "/api/v2/events",
        f"/api/v2/organizations/{organization}/events",
        f"/api/v2/projects/{project}/events",
        f"/api/v2/stacks/{stack}/events",
    )


def make_free(*organizations: Organization) -> None:
    Organization.objects.filter(pk__in=[one.pk for one in organizations]).update(has_premium_features=False)


def answers(client: APIClient, lists: tuple[str, ...], mode: str, text: str) -> set[tuple[int, str]]:
    found = set()
    for address in lists:
        response: Any = client.get(address, {"mode": mode, "filter": text})
        found.add((response.status_code, response.json()["title"] if response.status_code != 200 else ""))
    return found


@EACH_MODE
@pytest.mark.parametrize(
    "text",
    [
        "",
        "type:error",
        "date:>now-1d",
        "(status:open OR status:regressed)",
        "reference:my-reference-id",
        "organization:537650f3b77efe23a47914f3 project:537650f3b77efe23a47914f4",
    ],
)
def test_what_any_plan_may_ask(cast: Cast, owner: APIClient, lists: tuple[str, ...], mode: str, text: str) -> None:
    make_free(cast.organization)
    assert answers(owner, lists, mode, text) == {(200, "")}


@EACH_MODE
@pytest.mark.parametrize(
    "text", ["timeout", "*", "message:timeout", "tag:checkout", "type:error level:warn", "NOT version:1", "data.age:5"]
)
def test_what_only_paying_plans_may_ask(
    cast: Cast, owner: APIClient, lists: tuple[str, ...], mode: str, text: str
) -> None:
    assert answers(owner, lists, mode, text) == {(200, "")}
    make_free(cast.organization)
    assert answers(owner, lists, mode, text) == {(426, UPGRADE)}


@EACH_STACK_MODE
@pytest.mark.parametrize("text", ["first_occurrence:>now-1d", "last:>now-1d", "critical:true", "status:open"])
def test_of_stacks_the_free_fields_of_both_may_be_asked(
    cast: Cast, owner: APIClient, lists: tuple[str, ...], mode: str, text: str
) -> None:
    make_free(cast.organization)
    assert answers(owner, lists, mode, text) == {(200, "")}
    of_events = {(200, "")} if text == "status:open" else {(426, UPGRADE)}
    assert answers(owner, lists, "", text) == of_events
    assert answers(owner, lists, mode, f"{text} title:x") == {(426, UPGRADE)}


@EACH_MODE
def test_of_several_organizations_the_free_ones_are_left_out(cast: Cast, owner: APIClient, mode: str) -> None:
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    for project in (cast.project, cast.foreign_project):
        make_event(make_stack(project, tags=["checkout"]), level="warn")
    make_free(cast.foreign_organization)

    def projects(text: str) -> set[str]:
        response = owner.get("/api/v2/events", {"mode": mode, "filter": text})
        assert response.status_code == 200
        return {row["project_id"] for row in response.json()}

    assert projects("type:log") == {cast.project.pk, cast.foreign_project.pk}
    assert projects("type:log _exists_:type OR level:warn") <= {cast.project.pk}
    assert projects("NOT message:x") == {cast.project.pk}


@EACH_MODE
def test_a_filter_about_the_free_organization_alone_is_refused(cast: Cast, owner: APIClient, mode: str) -> None:
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    make_free(cast.foreign_organization)
    for name, id_ in (("organization", cast.foreign_organization.pk), ("project", cast.foreign_project.pk)):
        text = f"{name}:{id_} message:x"
        assert answers(owner, ("/api/v2/events",), mode, text) == {(426, UPGRADE)}


@EACH_MODE
def test_who_has_no_organization_is_refused_nothing(cast: Cast, mode: str) -> None:
    Membership.objects.all().delete()
    make_free(cast.organization, cast.foreign_organization)
    assert cast.client(cast.owner).get("/api/v2/events", {"mode": mode, "filter": "message:x"}).json() == []
