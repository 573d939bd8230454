"""`PATCH` and `PUT projects/{id}`, which mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Project
from projects.services.projects import update_project
from projects.services.settings import promote_tab
from tests.conftest import Cast

METHODS = pytest.mark.parametrize("method", ["patch", "put"])


def change(cast: Cast, body: Any, method: str = "patch", who: str = "owner") -> Any:
    client = cast.client(getattr(cast, who))
    return getattr(client, method)(f"/api/v2/projects/{cast.project.pk}", body, format="json")


@METHODS
def test_what_is_sent_changes_and_the_rest_stays(cast: Cast, method: str) -> None:
    Project.objects.filter(pk=cast.project.pk).update(promoted_tabs=["Order"])
    response = change(cast, {"name": " Rocket Skates "}, method)
    assert response.status_code == 200
    body = response.json()
    assert (body["name"], body["promoted_tabs"], body["delete_bot_data_enabled"]) == ("Rocket Skates", ["Order"], False)
    stored = Project.objects.get(pk=cast.project.pk)
    assert (stored.name, stored.promoted_tabs) == ("Rocket Skates", ["Order"])
    assert stored.updated_utc > cast.project.updated_utc


@METHODS
def test_all_three_members_can_change_at_once(cast: Cast, method: str) -> None:
    body = change(
        cast,
        {"name": "New", "delete_bot_data_enabled": True, "promoted_tabs": [" b", "", "a", "b", "a "]},
        method,
    ).json()
    assert (body["name"], body["delete_bot_data_enabled"], body["promoted_tabs"]) == ("New", True, ["b", "a"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"unknown": 1},
        {"id": "x", "organization_id": "y", "created_utc": "z", "is_configured": True, "configuration": {"a": "b"}},
        {"promoted_tabs": None},
    ],
)
def test_nothing_to_change_is_a_200(cast: Cast, body: dict[str, Any]) -> None:
    before = Project.objects.values().get(pk=cast.project.pk)
    response = change(cast, body)
    assert response.status_code == 200
    assert response.json()["id"] == cast.project.pk
    assert Project.objects.values().get(pk=cast.project.pk) == before


def test_names_of_members_may_be_spelled_as_in_the_official_models(cast: Cast) -> None:
    assert change(cast, {"DeleteBotDataEnabled": True}).json()["delete_bot_data_enabled"] is True


@pytest.mark.parametrize("name", ["Disintegrating Pistol", "disintegrating pistol"])
def test_a_project_may_keep_its_own_name(cast: Cast, name: str) -> None:
    response = change(cast, {"name": name})
    assert (response.status_code, response.json()["name"]) == (200, name)


@pytest.mark.parametrize("name", ["ROCKET skates", " Rocket%20Skates ", "", "   ", None])
def test_a_name_that_is_taken_blank_or_null_is_a_400(cast: Cast, name: str | None) -> None:
    Project.objects.create(organization=cast.organization, name="Rocket Skates")
    response = change(cast, {"name": name})
    assert (response.status_code, response.json()["title"]) == (400, "A project with this name already exists.")
    assert Project.objects.get(pk=cast.project.pk).name == "Disintegrating Pistol"


def test_tabs_can_be_cleared_with_an_empty_list(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(promoted_tabs=["Order"])
    assert change(cast, {"promoted_tabs": []}).json()["promoted_tabs"] == []


def test_a_name_that_is_too_long_is_a_422(cast: Cast) -> None:
    response = change(cast, {"name": "x" * 1001})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["name"]


@METHODS
@pytest.mark.parametrize("raw", ["", "null"])
def test_an_empty_body_is_a_400_with_errors(cast: Cast, method: str, raw: str) -> None:
    client = cast.client(cast.owner)
    response = client.generic(
        method.upper(), f"/api/v2/projects/{cast.project.pk}", raw, content_type="application/json"
    )
    assert response.status_code == 400
    assert response.json()["errors"] == {"": ["A non-empty request body is required."]}


@pytest.mark.parametrize(
    "body",
    [
        {"name": 5},
        {"delete_bot_data_enabled": "true"},
        {"delete_bot_data_enabled": None},
        {"promoted_tabs": "a"},
        ["name"],
    ],
)
def test_a_value_of_a_wrong_type_is_a_400(cast: Cast, body: Any) -> None:
    assert change(cast, body).status_code == 400


def test_a_tab_that_was_promoted_meanwhile_survives_a_rename(cast: Cast) -> None:

    stale = Project.objects.get(pk=cast.project.pk)
    promote_tab(project=cast.project, name="Order")
    update_project(project=stale, name="New")
    stored = Project.objects.get(pk=cast.project.pk)
    assert (stored.name, stored.promoted_tabs) == ("New", ["Order"])


@pytest.mark.parametrize("id_", ["000000000000000000000000", "{0.foreign_project.pk}"])
def test_a_missing_and_a_foreign_project_are_a_404(cast: Cast, id_: str) -> None:
    url = f"/api/v2/projects/{id_.format(cast)}"
    response = cast.client(cast.owner).patch(url, {"name": "Mine"}, format="json")
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")
    assert Project.objects.get(pk=cast.foreign_project.pk).name == "Rocket Ship"
