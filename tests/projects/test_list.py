"""`GET projects` and `GET organizations/{id}/projects`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organization
from projects import selectors
from projects.models import Project
from projects.selectors import Totals
from tests.conftest import Cast

URL = "/api/v2/projects"


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()]


@pytest.fixture
def more(cast: Cast) -> Cast:
    """Three projects in the owner's organization, one of them made long ago."""
    Project.objects.create(
        organization=cast.organization, name="anvil shop", created_utc=datetime(2020, 1, 1, tzinfo=UTC)
    )
    Project.objects.create(organization=cast.organization, name="Rocket Skates")
    return cast


def test_the_list_holds_the_own_projects_by_name_in_any_case(more: Cast) -> None:
    response = more.client(more.owner).get(URL)
    assert names(response) == ["anvil shop", "Disintegrating Pistol", "Rocket Skates"]
    assert response["X-Result-Count"] == "3"
    assert "Link" not in response


def test_someone_without_organizations_gets_an_empty_list(cast: Cast) -> None:
    response = cast.client(cast.admin).get(URL)
    assert response.json() == []
    assert response["X-Result-Count"] == "0"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["anvil shop", "Disintegrating Pistol", "Rocket Skates"]),
        ("-name", ["Rocket Skates", "Disintegrating Pistol", "anvil shop"]),
        ("created", ["anvil shop", "Disintegrating Pistol", "Rocket Skates"]),
        ("-created_utc", ["Rocket Skates", "Disintegrating Pistol", "anvil shop"]),
        ("-created,name", ["Rocket Skates", "Disintegrating Pistol", "anvil shop"]),
        ("no_such_field", ["anvil shop", "Disintegrating Pistol", "Rocket Skates"]),
    ],
)
def test_the_list_is_sorted_as_asked(more: Cast, sort: str, expected: list[str]) -> None:
    assert names(more.client(more.owner).get(URL, {"sort": sort})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rocket", ["Rocket Skates"]),
        ("ROCKET skates", ["Rocket Skates"]),
        ('"ocket Ska"', ["Rocket Skates"]),
        ("rock*", ["Rocket Skates"]),
        ("name:anvil", ["anvil shop"]),
        ("rocket anvil", []),
        ("rocket OR anvil", ["anvil shop", "Rocket Skates"]),
        ("-rocket", ["anvil shop", "Disintegrating Pistol"]),
        ("stack:1ecd0826e447a44e78877ab1", []),
        ("a\0nvil", ["anvil shop"]),
        ("", ["anvil shop", "Disintegrating Pistol", "Rocket Skates"]),
    ],
)
def test_the_filter_reads_words_of_the_name(more: Cast, text: str, expected: list[str]) -> None:
    assert names(more.client(more.owner).get(URL, {"filter": text})) == expected


def test_a_filter_may_name_an_organization_or_a_project(more: Cast) -> None:
    client = more.client(more.owner)
    second = Organization.objects.create(name="Second")
    Membership.objects.create(organization=second, user=more.owner)
    Project.objects.create(organization=second, name="Tunnel Paint")
    assert names(client.get(URL, {"filter": f"organization:{second.pk}"})) == ["Tunnel Paint"]
    assert names(client.get(URL, {"filter": f"project:{more.project.pk}"})) == ["Disintegrating Pistol"]
    assert names(client.get(URL, {"filter": f"organization:{more.organization.pk} rocket"})) == ["Rocket Skates"]


@pytest.mark.parametrize("scope", ["organization:{0.foreign_organization.pk}", "project:{0.foreign_project.pk}"])
def test_only_a_global_admin_reaches_foreign_projects_by_a_filter(cast: Cast, scope: str) -> None:
    query = {"filter": scope.format(cast)}
    assert names(cast.client(cast.owner).get(URL, query)) == []
    assert names(cast.client(cast.admin).get(URL, query)) == ["Rocket Ship"]


def test_deleted_projects_and_those_of_deleted_organizations_are_gone(cast: Cast) -> None:
    Project.objects.create(organization=cast.organization, name="Gone", is_deleted=True)
    assert names(cast.client(cast.owner).get(URL)) == ["Disintegrating Pistol"]
    Organization.objects.filter(pk=cast.organization.pk).update(is_deleted=True)
    assert names(cast.client(cast.owner).get(URL)) == []
    assert names(cast.client(cast.admin).get(URL, {"filter": f"project:{cast.project.pk}"})) == []


def test_pages_are_linked_to_their_neighbours(more: Cast) -> None:
    response = more.client(more.owner).get(f"{URL}?page=2&limit=1&sort=name")
    assert names(response) == ["Disintegrating Pistol"]
    assert response["X-Result-Count"] == "3"
    assert response["Link"] == (
        '<http://testserver/api/v2/projects?page=1&limit=1&sort=name>; rel="previous", '
        '<http://testserver/api/v2/projects?page=3&limit=1&sort=name>; rel="next"'
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [({}, 10), ({"limit": "500"}, 151), ({"limit": "1000"}, 151), ({"limit": "0"}, 10), ({"page": "-1"}, 10)],
)
def test_a_page_holds_ten_projects_and_a_thousand_at_the_most(cast: Cast, query: dict[str, str], number: int) -> None:
    Project.objects.bulk_create(Project(organization=cast.organization, name=f"Project {n}") for n in range(150))
    assert len(cast.client(cast.owner).get(URL, query).json()) == number


@pytest.mark.parametrize("query", [{"page": "x"}, {"limit": "ten"}])
def test_a_page_that_is_no_number_is_a_400(cast: Cast, query: dict[str, str]) -> None:
    assert cast.client(cast.owner).get(URL, query).status_code == 400


def test_an_organization_lists_its_projects_and_filters_them(more: Cast) -> None:
    url = f"/api/v2/organizations/{more.organization.pk}/projects"
    response = more.client(more.mate).get(url, {"filter": "rocket", "sort": "-name"})
    assert names(response) == ["Rocket Skates"]
    assert response["X-Result-Count"] == "1"
    assert len(names(more.client(more.admin).get(url))) == 3


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_the_projects_of_an_unknown_organization_are_a_404(cast: Cast, who: str) -> None:
    response = cast.client(getattr(cast, who)).get("/api/v2/organizations/000000000000000000000000/projects")
    assert response.status_code == 404
    assert response.json()["title"] == "Project not found."


def test_counts_are_read_in_the_mode_stats_only(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def source(projects: Any) -> dict[str, Totals]:
        return {project.pk: Totals(stacks=3, events=40) for project in projects}

    monkeypatch.setattr(selectors, "_totals_sources", [source])
    client = cast.client(cast.owner)
    for url in (URL, f"/api/v2/organizations/{cast.organization.pk}/projects"):
        plain, full = client.get(url).json()[0], client.get(url, {"mode": "stats"}).json()[0]
        assert (plain["stack_count"], plain["event_count"]) == (0, 0)
        assert (full["stack_count"], full["event_count"]) == (3, 40)


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_six_statements_however_long_it_is(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Project.objects.bulk_create(Project(organization=cast.organization, name=f"Project {n}") for n in range(number))
    client = cast.client(cast.owner)
    # token with user, organizations, count, page with organizations, months of usage, hours of usage
    with django_assert_num_queries(6):
        assert len(client.get(URL, {"limit": 100}).json()) == number + 1


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_an_organization_takes_seven_statements_however_long_it_is(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Project.objects.bulk_create(Project(organization=cast.organization, name=f"Project {n}") for n in range(number))
    client = cast.client(cast.owner)
    with django_assert_num_queries(7):
        client.get(f"/api/v2/organizations/{cast.organization.pk}/projects", {"limit": 100})
