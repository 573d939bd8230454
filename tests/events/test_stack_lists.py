"""GET stacks, organizations/{id}/stacks, projects/{id}/stacks: which stacks, in which order, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization
from events.models import Stack
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_stack, minutes_ago, statements

URL = "/api/v2/stacks"
PREMIUM = "Please upgrade your plan to use premium search features."


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def titles(client: APIClient, url: str = URL, **parameters: Any) -> list[str]:
    response = client.get(url, parameters)
    assert response.status_code == 200, response.content
    return [stack["title"] for stack in response.json()]


def links(response: Any) -> dict[str, dict[str, list[str]]]:
    """The query parameters of each link by its relation."""
    found = {}
    for part in filter(None, response.headers.get("Link", "").split(", <")):
        address, _, relation = part.strip("<").partition(">; rel=")
        assert address.startswith("http://testserver" + response.wsgi_request.path + "?")
        found[relation.strip('"')] = parse_qs(urlsplit(address).query)
    return found


def every_address(cast: Cast) -> tuple[str, ...]:
    return (
        URL,
        f"/api/v2/organizations/{cast.organization.pk}/stacks",
        f"/api/v2/projects/{cast.project.pk}/stacks",
    )


def second_project(cast: Cast, organization: Organization | None = None, **fields: Any) -> Project:
    return Project.objects.create(organization=organization or cast.organization, name="Second", **fields)


def free_organization(cast: Cast) -> Project:
    """A project of an organization on the free plan that the owner belongs to."""
    organization = Organization.objects.create(name="Free", has_premium_features=False)
    Membership.objects.create(organization=organization, user=cast.owner)
    return Project.objects.create(organization=organization, name="Free project")


class TestScope:
    def test_each_list_holds_the_stacks_of_its_address(self, cast: Cast, owner: APIClient) -> None:
        make_stack(cast.project, title="ours")
        make_stack(second_project(cast), title="second")
        make_stack(cast.foreign_project, title="foreign")
        everything, of_organization, of_project = every_address(cast)
        assert titles(owner, everything) == titles(owner, of_organization) == ["ours", "second"]
        assert titles(owner, of_project) == ["ours"]

    def test_deleted_stacks_and_projects_are_hidden(self, cast: Cast, owner: APIClient) -> None:
        make_stack(cast.project, title="alive")
        make_stack(cast.project, title="deleted", is_deleted=True)
        make_stack(second_project(cast, is_deleted=True), title="of a deleted project")
        for address in every_address(cast):
            assert titles(owner, address) == ["alive"]
        assert titles(owner, filter="deleted:true") == []

    def test_a_global_admin_lists_own_organizations_only(self, cast: Cast) -> None:
        make_stack(cast.project)
        assert titles(cast.client(cast.admin)) == []

    @pytest.mark.parametrize("name", ["organization", "project", "stack"])
    def test_a_global_admin_reaches_an_organization_by_naming_it(self, cast: Cast, name: str) -> None:
        stack = make_stack(cast.project, title="ours")
        make_stack(cast.foreign_project, title="foreign")
        ids = {"organization": cast.organization.pk, "project": cast.project.pk, "stack": stack.pk}
        assert titles(cast.client(cast.admin), filter=f"{name}:{ids[name]}") == ["ours"]
        assert titles(cast.client(cast.admin), filter=f"type:log OR {name}:{ids[name]}") == ["ours"]

    def test_a_global_admin_may_name_several(self, cast: Cast) -> None:
        make_stack(cast.project, title="ours")
        make_stack(cast.foreign_project, title="foreign")
        both = f"(project:{cast.project.pk} OR project:{cast.foreign_project.pk})"
        assert titles(cast.client(cast.admin), filter=both) == ["ours", "foreign"]
        assert titles(cast.client(cast.owner), filter=both) == ["ours"]

    @pytest.mark.parametrize("text", ["organization:{0}", "type:none OR organization:{0}", "project:{1}"])
    def test_nobody_else_reaches_a_foreign_organization_by_naming_it(self, cast: Cast, text: str) -> None:
        make_stack(cast.project)
        filter_text = text.format(cast.organization.pk, cast.project.pk)
        assert titles(cast.client(cast.stranger), filter=filter_text) == []

    def test_a_suspended_organization_answers_426_and_leaves_the_common_list(
        self, cast: Cast, owner: APIClient
    ) -> None:
        make_stack(cast.project)
        Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
        everything, *scoped = every_address(cast)
        assert titles(owner, everything) == []
        assert titles(owner, everything, filter=f"organization:{cast.organization.pk}") == []
        for address in scoped:
            assert owner.get(address).status_code == 426

    def test_stacks_beyond_the_retention_are_hidden(self, cast: Cast, owner: APIClient) -> None:
        Organization.objects.filter(pk=cast.organization.pk).update(
            retention_days=30, created_utc=utc_now() - timedelta(days=500)
        )
        Project.objects.update(created_utc=utc_now() - timedelta(days=500))
        make_stack(cast.project, title="shown", last_occurrence=utc_now() - timedelta(days=29))
        make_stack(cast.project, title="hidden", last_occurrence=utc_now() - timedelta(days=32))
        for address in every_address(cast):
            assert titles(owner, address) == ["shown"]

    def test_each_organization_has_its_own_retention(self, cast: Cast, owner: APIClient) -> None:
        Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
        Organization.objects.update(created_utc=utc_now() - timedelta(days=500))
        Organization.objects.filter(pk=cast.organization.pk).update(retention_days=5)
        old = utc_now() - timedelta(days=20)
        make_stack(cast.project, title="hidden", last_occurrence=old)
        make_stack(cast.foreign_project, title="shown", last_occurrence=old)
        assert titles(owner) == ["shown"]


class TestPremiumFilters:
    FREE = ("status:open", "type:log critical:false", "first:>now-7d last:>now-7d", "", "project:{0}")
    PREMIUM = ("title:x", "word", "tag:x", "occurrences:>1", "id:{0}", "_exists_:description")

    @pytest.mark.parametrize("text", FREE)
    def test_a_free_plan_may_ask_for_the_free_fields(self, cast: Cast, owner: APIClient, text: str) -> None:
        project = free_organization(cast)
        make_stack(project, title="free")
        assert "free" in titles(owner, filter=text.format(project.pk))

    @pytest.mark.parametrize("text", PREMIUM)
    def test_alone_it_may_not_ask_for_others(self, cast: Cast, owner: APIClient, text: str) -> None:
        project = free_organization(cast)
        stack = make_stack(project)
        for address in (
            f"/api/v2/organizations/{project.organization_id}/stacks",
            f"/api/v2/projects/{project.pk}/stacks",
        ):
            response = owner.get(address, {"filter": text.format(stack.pk)})
            assert (response.status_code, response.json()["title"]) == (426, PREMIUM)

    def test_among_others_it_is_left_out(self, cast: Cast, owner: APIClient) -> None:
        make_stack(free_organization(cast), title="x free")
        make_stack(cast.project, title="x paid")
        assert titles(owner, filter="title:x") == ["x paid"]
        assert titles(owner, filter="title:x", mode="summary") == []
        assert titles(owner, filter="status:open") == ["x free", "x paid"]

    def test_naming_a_free_organization_is_asking_it_alone(self, cast: Cast, owner: APIClient) -> None:
        project = free_organization(cast)
        make_stack(project)
        for name, id_ in (("organization", project.organization_id), ("project", project.pk)):
            assert owner.get(URL, {"filter": f"title:x {name}:{id_}"}).status_code == 426


class TestSort:
    @pytest.fixture(autouse=True)
    def stacks(self, cast: Cast) -> None:
        make_stack(cast.project, id="a" * 24, title="b", total_occurrences=1, last_occurrence=minutes_ago(1))
        make_stack(cast.project, id="b" * 24, title="a", total_occurrences=3, last_occurrence=minutes_ago(3))
        make_stack(
            cast.project,
            id="c" * 24,
            title="c",
            total_occurrences=1,
            last_occurrence=minutes_ago(2),
            date_fixed=minutes_ago(1),
            fixed_in_version="1.0.0",
        )

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("", "bac"),
            ("title", "abc"),
            ("-title", "cba"),
            ("-last", "bca"),
            ("last_occurrence", "acb"),
            ("-occurrences", "abc"),
            ("occurrences -title", "cba"),
            ("fixedon", "cba"),
            ("-date_fixed", "cba"),
            ("version_fixed", "cba"),
            ("-version_fixed", "cba"),
            ("nothing", "bac"),
            ("idx.age-n", "bac"),
            ("nothing -title", "cba"),
            ("-id", "cab"),
            ("tag critical status", "bac"),
        ],
    )
    def test_by(self, owner: APIClient, sort: str, expected: str) -> None:
        assert "".join(titles(owner, sort=sort)) == expected

    @pytest.mark.parametrize("sort", ["(", "a:b", "title:x", "NOT title"])
    def test_by_what_is_no_list_of_names_400(self, owner: APIClient, sort: str) -> None:
        response = owner.get(URL, {"sort": sort})
        assert response.status_code == 400
        assert response.json()["errors"]["sort"]


class TestTime:
    @pytest.fixture(autouse=True)
    def stacks(self, cast: Cast) -> None:
        make_stack(cast.project, title="new", first_occurrence=minutes_ago(30), last_occurrence=minutes_ago(10))
        make_stack(cast.project, title="old", first_occurrence=minutes_ago(3000), last_occurrence=minutes_ago(1500))
        make_stack(cast.project, title="lasting", first_occurrence=minutes_ago(3000), last_occurrence=minutes_ago(5))

    @pytest.mark.parametrize(
        ("time", "expected"),
        [
            ("", ["new", "old", "lasting"]),
            ("all", ["new", "old", "lasting"]),
            ("last 1 hour", ["new", "lasting"]),
            ("[now-1d TO now]", ["new", "lasting"]),
            ("last|last 1 hour", ["new", "lasting"]),
            ("first|last 1 hour", ["new"]),
            ("first|[now-3d TO now-1d]", ["old", "lasting"]),
            ("date|last 1 hour", ["new", "lasting"]),
            ("[now-7m TO *]", ["lasting"]),
        ],
    )
    def test_of_the_last_occurrence_or_of_the_first(self, owner: APIClient, time: str, expected: list[str]) -> None:
        assert titles(owner, time=time) == expected

    def test_future_occurrences_are_hidden(self, cast: Cast, owner: APIClient) -> None:
        make_stack(cast.project, title="future", last_occurrence=minutes_ago(-60))
        assert "future" not in titles(owner)

    def test_offset_makes_time_local_and_moves_the_dates(self, cast: Cast, owner: APIClient) -> None:
        start = utc_now() + timedelta(hours=5) - timedelta(minutes=20)
        response = owner.get(URL, {"time": f"{start:%Y-%m-%dT%H:%M:%S}", "offset": "5h"})
        assert response.json() == []
        response = owner.get(URL, {"time": f"[{start:%Y-%m-%dT%H:%M:%S} TO now]", "offset": "5h", "sort": "-first"})
        assert [stack["title"] for stack in response.json()] == ["new", "lasting"]
        stored = Stack.objects.get(title="new").last_occurrence + timedelta(hours=5)
        assert response.json()[0]["last_occurrence"].startswith(f"{stored:%Y-%m-%dT%H:%M:%S}")

    def test_an_impossible_time_is_a_400(self, owner: APIClient) -> None:
        response = owner.get(URL, {"time": "last 0 days"})
        assert response.status_code == 400
        assert response.json()["errors"]["time"]


class TestPaging:
    @pytest.fixture(autouse=True)
    def stacks(self, cast: Cast) -> None:
        for number in range(25):
            make_stack(cast.project, title=str(number))

    @pytest.mark.parametrize(
        ("parameters", "expected"),
        [
            ({}, range(10)),
            ({"page": 0}, range(10)),
            ({"page": -5, "limit": 0}, range(10)),
            ({"page": 3}, range(20, 25)),
            ({"page": 4}, range(0)),
            ({"limit": 3, "page": 2}, range(3, 6)),
            ({"limit": 1000}, range(25)),
            ({"page": 2000}, range(0)),
        ],
    )
    def test_by_number(self, owner: APIClient, parameters: dict[str, Any], expected: range) -> None:
        assert titles(owner, **parameters) == [str(number) for number in expected]

    def test_links_name_the_neighbours_and_keep_the_rest(self, owner: APIClient) -> None:
        parameters = {"filter": "status:open", "sort": "id", "limit": "10"}
        first = links(owner.get(URL, parameters))
        assert first == {"next": {name: [value] for name, value in parameters.items()} | {"page": ["2"]}}
        second = links(owner.get(URL, parameters | {"page": 2}))
        assert {relation: query["page"] for relation, query in second.items()} == {"previous": ["1"], "next": ["3"]}
        assert set(links(owner.get(URL, parameters | {"page": 3}))) == {"previous"}

    def test_there_is_never_a_total(self, owner: APIClient) -> None:
        assert "X-Result-Count" not in owner.get(URL, {"include": "total"}).headers

    @pytest.mark.parametrize("name", ["page", "limit"])
    def test_by_what_is_no_number_400(self, owner: APIClient, name: str) -> None:
        assert owner.get(URL, {name: "x"}).status_code == 400


@pytest.mark.parametrize("text", ["(", "title:(a", '"open', "AND x", "occurrences:many", "critical:maybe", "first:x"])
def test_a_filter_that_cannot_be_read_is_a_400_that_says_why(cast: Cast, owner: APIClient, text: str) -> None:
    for address in every_address(cast):
        response = owner.get(address, {"filter": text})
        assert response.status_code == 400
        assert response.json()["title"].startswith("Invalid filter: ")
        assert response.json()["errors"]["filter"]


@pytest.mark.parametrize("name", ["filter", "time", "sort", "offset", "mode"])
def test_a_null_character_does_no_harm(cast: Cast, owner: APIClient, name: str) -> None:
    make_stack(cast.project)
    assert owner.get(URL, {name: "title\x00"}).status_code == 200


@pytest.mark.parametrize("number", [1, 60])
def test_the_number_of_statements_does_not_grow_with_the_list(
    cast: Cast, owner: APIClient, django_assert_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        make_stack(cast.project)
    # token with user, organizations of the user; then the scope's rows, and the stacks
    for address in every_address(cast):
        with django_assert_num_queries(statements(4)):
            assert len(titles(owner, address, limit=100, sort="-last")) == number
    # and what the filter names
    with django_assert_num_queries(statements(5)):
        titles(owner, limit=100, filter=f"project:{cast.project.pk}")
