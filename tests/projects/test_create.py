"""`POST projects`."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Organization
from projects.models import Project
from projects.selectors import notification_settings_of
from tests.conftest import Cast

URL = "/api/v2/projects"


def post(cast: Cast, body: Any, who: str = "owner") -> Any:
    return cast.client(getattr(cast, who)).post(URL, body, format="json")


def test_a_new_project_is_answered_with_its_address(cast: Cast) -> None:
    response = post(
        cast, {"organization_id": cast.organization.pk, "name": " Rocket Skates ", "delete_bot_data_enabled": True}
    )
    assert response.status_code == 201
    body = response.json()
    assert (body["name"], body["organization_name"], body["delete_bot_data_enabled"]) == ("Rocket Skates", "Acme", True)
    assert response["Location"] == f"http://testserver/api/v2/projects/{body['id']}"
    assert cast.client(cast.owner).get(response["Location"]).json()["id"] == body["id"]


def test_a_new_project_starts_with_the_usual_settings(cast: Cast) -> None:
    project = Project.objects.get(pk=post(cast, {"name": "Rocket Skates"}).json()["id"])
    assert project.configuration_version == 1
    assert project.configuration == {"@@UserAgentBotPatterns": "*bot*,*crawler*,*spider*,*aolbuild*,*teoma*,*yahoo*"}
    assert (project.is_configured, project.delete_bot_data_enabled) == (False, False)
    assert notification_settings_of(project) == {
        cast.owner.pk: {
            "send_daily_summary": True,
            "report_new_errors": True,
            "report_critical_errors": True,
            "report_event_regressions": True,
            "report_new_events": False,
            "report_critical_events": False,
        }
    }


def test_without_an_organization_the_callers_first_one_is_taken(cast: Cast) -> None:
    assert post(cast, {"name": "Rocket Skates"}).json()["organization_id"] == cast.organization.pk
    response = post(cast, {"name": "Rocket Skates"}, who="admin")
    assert (response.status_code, response.json()["title"]) == (400, "Invalid organization id specified.")


def test_promoted_tabs_are_trimmed_and_lose_blanks_and_repetitions(cast: Cast) -> None:
    body = post(cast, {"name": "Rocket Skates", "promoted_tabs": [" b ", "", "a", "b", "  ", "A"]}).json()
    assert body["promoted_tabs"] == ["b", "a", "A"]
    assert post(cast, {"name": "Anvil", "promoted_tabs": None}).json()["promoted_tabs"] == []


def test_members_are_read_in_any_case_and_unknown_ones_are_ignored(cast: Cast) -> None:
    response = post(cast, {"Name": "Rocket Skates", "id": "x", "created_utc": "never", "configuration": {}})
    assert response.status_code == 201
    assert response.json()["name"] == "Rocket Skates"


@pytest.mark.parametrize("body", [{}, {"name": ""}])
def test_a_missing_name_is_a_400_without_field_errors(cast: Cast, body: dict[str, str]) -> None:
    response = post(cast, body)
    assert (response.status_code, response.json()["title"]) == (400, "Project name is required.")
    assert "errors" not in response.json()


@pytest.mark.parametrize(
    "name",
    ["Disintegrating Pistol", "DISINTEGRATING pistol", "  Disintegrating Pistol ", "Disintegrating%20Pistol", "  "],
)
def test_a_name_that_is_taken_or_blank_is_a_400(cast: Cast, name: str) -> None:
    response = post(cast, {"organization_id": cast.organization.pk, "name": name})
    assert (response.status_code, response.json()["title"]) == (400, "A project with this name already exists.")


def test_the_name_of_a_deleted_or_a_foreign_project_is_free(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert post(cast, {"name": cast.project.name}).status_code == 201
    assert post(cast, {"name": cast.foreign_project.name}).status_code == 201


def test_the_eleventh_project_is_checked_against_all_names(cast: Cast) -> None:
    Project.objects.bulk_create(Project(organization=cast.organization, name=f"Project {n}") for n in range(20))
    assert post(cast, {"name": "project 19"}).status_code == 400


@pytest.mark.parametrize("id_", ["{0.foreign_organization.pk}", "000000000000000000000000"])
def test_a_foreign_organization_is_a_400(cast: Cast, id_: str) -> None:
    response = post(cast, {"organization_id": id_.format(cast), "name": "Rocket Skates"})
    assert (response.status_code, response.json()["title"]) == (400, "Invalid organization id specified.")


def test_an_unknown_organization_is_a_400_for_a_global_admin_too(cast: Cast) -> None:
    assert post(cast, {"organization_id": "0" * 24, "name": "Rocket Skates"}, who="admin").status_code == 400
    assert post(cast, {"organization_id": cast.organization.pk, "name": "Mine"}, who="admin").status_code == 201


@pytest.mark.parametrize(("limit", "status"), [(-1, 201), (0, 426), (1, 426), (2, 201)])
def test_the_plan_limits_the_number_of_projects(cast: Cast, limit: int, status: int) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(max_projects=limit)
    Project.objects.create(organization=cast.organization, name="Gone", is_deleted=True)
    response = post(cast, {"name": "Rocket Skates"})
    assert response.status_code == status
    if status == 426:
        assert response.json()["title"] == "Please upgrade your plan to add additional projects."
        assert "errors" not in response.json()


def test_a_taken_name_is_told_before_the_plan_limit(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(max_projects=1)
    assert post(cast, {"name": cast.project.name}).status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"organization_id": "123", "name": "x"}, "organization_id"),
        ({"organization_id": "", "name": "x"}, "organization_id"),
        ({"name": "x" * 1001}, "name"),
    ],
)
def test_values_of_a_wrong_length_are_a_422(cast: Cast, body: dict[str, str], field: str) -> None:
    response = post(cast, body)
    assert response.status_code == 422
    assert response.json()["title"] == "One or more validation errors occurred."
    assert list(response.json()["errors"]) == [field]


def test_the_text_about_an_ids_length_is_that_of_the_wire(cast: Cast) -> None:
    errors = post(cast, {"organization_id": "123", "name": "x"}).json()["errors"]
    assert errors["organization_id"] == [
        "The field OrganizationId must be a string with a minimum length of 24 and a maximum length of 24."
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"name": None},
        {"name": 5},
        {"name": "x", "organization_id": None},
        {"name": "x", "delete_bot_data_enabled": "yes"},
        {"name": "x", "promoted_tabs": "a"},
        ["x"],
        "x",
        None,
    ],
)
def test_what_cannot_be_bound_is_a_400(cast: Cast, body: Any) -> None:
    assert post(cast, body).status_code == 400
    assert Project.objects.filter(organization=cast.organization).count() == 1


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        ("", "application/json", 400),
        ("{", "application/json", 400),
        ("name=x", "text/plain", 415),
        ('{"name": "x"}', "application/xml+json+x", 415),
    ],
)
def test_a_body_that_is_no_json_is_refused(cast: Cast, raw: str, content_type: str, status: int) -> None:
    response = cast.client(cast.owner).generic("POST", URL, raw, content_type=content_type)
    assert response.status_code == status
    assert response.json()["status"] == status


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "APPLICATION/JSON; charset=utf-8", "application/vnd.acme.v2+json; charset=utf-8"],
)
def test_every_json_type_is_read(cast: Cast, content_type: str) -> None:
    response = cast.client(cast.owner).generic("POST", URL, '{"name": "New"}', content_type=content_type)
    assert response.status_code == 201


def test_an_api_key_without_a_person_makes_no_projects(cast: Cast) -> None:
    assert post(cast, {"name": "Rocket Skates"}, who="user_key").status_code == 401
