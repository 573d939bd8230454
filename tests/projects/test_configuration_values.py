"""`POST` and `DELETE projects/{id}/config`: changing what clients read."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from projects.models import Project
from projects.services.settings import remove_configuration_value, set_configuration_value
from tests.conftest import Cast


def post(cast: Cast, key: str, body: Any, who: str = "owner") -> Any:
    url = f"/api/v2/projects/{cast.project.pk}/config"
    return cast.client(getattr(cast, who)).post(f"{url}?key={key}" if key else url, body, format="json")


def delete(cast: Cast, key: str) -> Any:
    url = f"/api/v2/projects/{cast.project.pk}/config"
    return cast.client(cast.owner).delete(f"{url}?key={key}" if key else url)


def state(cast: Cast) -> tuple[int, dict[str, str]]:
    project = Project.objects.get(pk=cast.project.pk)
    settings = {key: value for key, value in project.configuration.items() if key != "@@UserAgentBotPatterns"}
    return project.configuration_version, settings


def test_a_value_is_stored_under_a_new_version(cast: Cast) -> None:
    response = post(cast, "%20@@DataExclusions%20", {"value": "  password,*token* "})
    assert (response.status_code, response.content) == (200, b"")
    assert state(cast) == (2, {"@@DataExclusions": "password,*token*"})


def test_clients_see_the_new_version_at_once(cast: Cast) -> None:
    client = cast.client(cast.key)
    assert client.get("/api/v2/projects/config?v=1").status_code == 304
    post(cast, "UserNamespaces", {"value": "Acme"})
    body = client.get("/api/v2/projects/config?v=1").json()
    assert (body["version"], body["settings"]["UserNamespaces"]) == (2, "Acme")


def test_the_same_value_again_makes_a_new_version(cast: Cast) -> None:
    for _ in range(3):
        post(cast, "a", {"value": "b"})
    assert state(cast) == (4, {"a": "b"})


def test_keys_match_in_any_case_and_keep_their_first_spelling(cast: Cast) -> None:
    post(cast, "@@DataExclusions", {"value": "a"})
    post(cast, "@@DATAEXCLUSIONS", {"value": "b"})
    assert state(cast) == (3, {"@@DataExclusions": "b"})
    assert delete(cast, "@@dataexclusions").status_code == 200
    assert state(cast) == (4, {})


def test_a_log_level_key_has_its_own_signs(cast: Cast) -> None:
    post(cast, "@@log:Acme.*", {"value": "off"})
    assert state(cast)[1] == {"@@log:Acme.*": "off"}


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("", {"value": "b"}),
        ("%20%20", {"value": "b"}),
        ("a", {"value": ""}),
        ("a", {"value": "   "}),
        ("a", {"value": None}),
        ("a", {}),
    ],
)
def test_a_blank_key_or_value_is_a_400(cast: Cast, key: str, body: Any) -> None:
    response = post(cast, key, body)
    assert (response.status_code, response.json()["title"]) == (400, "Invalid configuration value.")
    assert state(cast) == (1, {})


@pytest.mark.parametrize("body", [{"value": 5}, {"value": {"a": 1}}, ["value"], None])
def test_a_body_of_another_form_is_a_400(cast: Cast, body: Any) -> None:
    assert post(cast, "a", body).status_code == 400
    assert state(cast) == (1, {})


def test_a_body_of_another_type_is_a_415(cast: Cast) -> None:
    url = f"/api/v2/projects/{cast.project.pk}/config?key=a"
    response = cast.client(cast.owner).generic("POST", url, "b", content_type="text/plain")
    assert response.status_code == 415


def test_signs_that_no_database_stores_are_taken_out(cast: Cast) -> None:
    assert post(cast, "a%00b", {"value": "c\0d"}).status_code == 200
    assert state(cast)[1] == {"ab": "cd"}


def test_a_value_that_is_not_there_is_removed_without_a_new_version(cast: Cast) -> None:
    response = delete(cast, "nothing")
    assert (response.status_code, response.content) == (200, b"")
    assert state(cast) == (1, {})


@pytest.mark.parametrize("key", ["", "%20"])
def test_removing_without_a_key_is_a_400(cast: Cast, key: str) -> None:
    response = delete(cast, key)
    assert (response.status_code, response.json()["title"]) == (400, "Invalid key value.")


@pytest.mark.parametrize("method", ["post", "delete"])
@pytest.mark.parametrize("id_", ["{0.foreign_project.pk}", "000000000000000000000000"])
def test_a_missing_and_a_foreign_project_are_a_404(cast: Cast, method: str, id_: str) -> None:
    client = cast.client(cast.owner)
    response = getattr(client, method)(
        f"/api/v2/projects/{id_.format(cast)}/config?key=a", {"value": "b"}, format="json"
    )
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")
    assert Project.objects.get(pk=cast.foreign_project.pk).configuration_version == 1


def test_changes_that_read_the_project_at_the_same_time_all_count(cast: Cast) -> None:
    first, second, third = (Project.objects.get(pk=cast.project.pk) for _ in range(3))
    set_configuration_value(project=first, key="a", value="1")
    set_configuration_value(project=second, key="b", value="2")
    remove_configuration_value(project=third, key="A")
    assert state(cast) == (4, {"b": "2"})


@pytest.mark.django_db(transaction=True)
def test_changes_made_at_once_by_two_processes_all_count(transactional_db: None, cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time; its tests share one connection")
    failures: list[BaseException] = []

    def change(name: str) -> None:
        try:
            for number in range(10):
                set_configuration_value(project=cast.project, key=f"{name}{number}", value="x")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    version, settings = state(cast)
    assert not failures
    assert (version, len(settings)) == (21, 20)
