"""Projects in the admin: client settings, names, deletion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from projects.models import Project
from tests.conftest import Cast

LIST = "/admin/projects/project/"


def change(site: Client, project: Project, **fields: Any) -> Any:
    shown = {name: json.dumps(getattr(project, name)) for name in ("configuration", "promoted_tabs")}
    # The page keeps what it showed, so that a change made meanwhile is not taken for one of this form.
    form = {"name": project.name} | shown | {f"initial-{name}": text for name, text in shown.items()}
    response = site.post(f"{LIST}{project.pk}/change/", form | fields)
    project.refresh_from_db()
    return response


def test_a_changed_setting_raises_the_version_that_clients_ask_for(cast: Cast, site: Client) -> None:
    assert change(site, cast.project, configuration='{"color": "blue"}').status_code == 302
    answer = cast.client(cast.key).get("/api/v2/projects/config").json()
    assert answer == {"version": 2, "settings": {"color": "blue"}}


def test_an_unchanged_setting_leaves_the_version(cast: Cast, site: Client) -> None:
    assert change(site, cast.project, name="Renamed").status_code == 302
    assert (cast.project.name, cast.project.configuration_version) == ("Renamed", 1)


def test_a_setting_that_changed_meanwhile_is_kept(cast: Cast, site: Client) -> None:
    newer = {"color": "green"}
    Project.objects.filter(pk=cast.project.pk).update(configuration=newer)
    assert change(site, cast.project, name="Renamed").status_code == 302
    assert (cast.project.name, cast.project.configuration) == ("Renamed", newer)


@pytest.mark.parametrize("text", ["[]", '{"number": 1}', "{broken", '"text"'])
def test_settings_that_clients_cannot_read_are_refused(cast: Cast, site: Client, text: str) -> None:
    assert change(site, cast.project, configuration=text).status_code == 200
    assert cast.project.configuration_version == 1


def test_tabs_are_a_list_of_texts(cast: Cast, site: Client) -> None:
    assert change(site, cast.project, promoted_tabs='[" one ", "one", ""]').status_code == 302
    assert cast.project.promoted_tabs == ["one"]
    assert change(site, cast.project, promoted_tabs='{"one": 1}').status_code == 200
    assert cast.project.promoted_tabs == ["one"]


def test_a_new_project_gets_the_usual_settings(cast: Cast, site: Client) -> None:
    page = site.get(f"{LIST}add/")
    initial = page.context["adminform"].form["configuration"].value()
    form = {"organization": cast.organization.pk, "name": "Fresh", "configuration": initial, "promoted_tabs": "[]"}
    assert site.post(f"{LIST}add/", form).status_code == 302
    made = Project.objects.get(name="Fresh")
    assert "@@UserAgentBotPatterns" in made.configuration
    assert made.organization == cast.organization


@pytest.mark.parametrize("name", ["Disintegrating Pistol", " disintegrating pistol "])
def test_a_name_is_unique_within_its_organization(cast: Cast, site: Client, name: str) -> None:
    form = {"name": name, "configuration": "{}", "promoted_tabs": "[]"}
    for organization, number in ((cast.organization, 1), (cast.foreign_organization, 2)):
        site.post(f"{LIST}add/", form | {"organization": organization.pk})
        assert Project.objects.filter(name__iexact=name.strip()).count() == number


def test_a_project_stays_in_its_organization(cast: Cast, site: Client) -> None:
    change(site, cast.project, organization=cast.foreign_organization.pk)
    assert cast.project.organization == cast.organization


def test_deleting_hides_the_project_and_its_keys(cast: Cast, site: Client) -> None:
    site.post(f"{LIST}{cast.project.pk}/delete/", {"post": "yes"})
    cast.project.refresh_from_db()
    assert cast.project.is_deleted
    assert cast.client(cast.key).get("/api/v2/projects/config").status_code == 401
    assert cast.project.pk not in site.get(LIST).content.decode()


def test_the_servers_own_data_is_hidden(cast: Cast, site: Client) -> None:
    Project.objects.filter(pk=cast.project.pk).update(data={"color": "blue", "-@slack": {"token": "hidden-value"}})
    page = site.get(f"{LIST}{cast.project.pk}/change/").content.decode()
    assert "blue" in page
    assert "hidden-value" not in page
