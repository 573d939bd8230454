"""`POST` and `DELETE projects/{id}/data`."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Project
from projects.services.settings import set_data_value
from tests.conftest import Cast


def post(cast: Cast, key: str, body: Any) -> Any:
    return cast.client(cast.owner).post(f"/api/v2/projects/{cast.project.pk}/data?key={key}", body, format="json")


def delete(cast: Cast, key: str) -> Any:
    return cast.client(cast.owner).delete(f"/api/v2/projects/{cast.project.pk}/data?key={key}")


def data(cast: Cast) -> dict[str, Any]:
    stored: dict[str, Any] = Project.objects.get(pk=cast.project.pk).data
    return stored


def test_a_value_is_stored_shown_and_removed(cast: Cast) -> None:
    response = post(cast, "%20team%20", {"value": " payments "})
    assert (response.status_code, response.content) == (200, b"")
    url = f"/api/v2/projects/{cast.project.pk}"
    assert cast.client(cast.mate).get(url).json()["data"] == {"team": "payments"}
    response = delete(cast, "team")
    assert (response.status_code, response.content) == (200, b"")
    assert data(cast) == {}


def test_client_settings_do_not_change_with_the_data(cast: Cast) -> None:
    post(cast, "team", {"value": "payments"})
    assert Project.objects.get(pk=cast.project.pk).configuration_version == 1


def test_removing_what_is_not_there_is_a_200(cast: Cast) -> None:
    assert delete(cast, "nothing").status_code == 200


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("", {"value": "b"}),
        ("%20", {"value": "b"}),
        ("-@slack", {"value": "b"}),
        ("%20-hidden", {"value": "b"}),
        ("a", {"value": " "}),
        ("a", {"value": None}),
        ("a", {}),
    ],
)
def test_a_blank_or_hidden_key_or_a_blank_value_is_a_400(cast: Cast, key: str, body: Any) -> None:
    response = post(cast, key, body)
    assert (response.status_code, response.json()["title"]) == (400, "Invalid key or value.")
    assert data(cast) == {}


@pytest.mark.parametrize("key", ["", "%20", "-@slack"])
def test_a_blank_or_hidden_key_is_not_removed(cast: Cast, key: str) -> None:
    Project.objects.filter(pk=cast.project.pk).update(data={"-@slack": "token"})
    response = delete(cast, key)
    assert (response.status_code, response.json()["title"]) == (400, "Invalid key value.")
    assert data(cast) == {"-@slack": "token"}


@pytest.mark.parametrize("body", [{"value": 5}, {"value": ["a"]}, None])
def test_only_texts_can_be_stored(cast: Cast, body: Any) -> None:
    assert post(cast, "a", body).status_code == 400


@pytest.mark.parametrize("method", ["post", "delete"])
def test_a_foreign_project_is_a_404(cast: Cast, method: str) -> None:
    url = f"/api/v2/projects/{cast.foreign_project.pk}/data?key=a"
    response = getattr(cast.client(cast.owner), method)(url, {"value": "b"}, format="json")
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")


def test_values_stored_by_two_at_once_both_stay(cast: Cast) -> None:
    first, second = Project.objects.get(pk=cast.project.pk), Project.objects.get(pk=cast.project.pk)
    set_data_value(project=first, key="a", value="1")
    set_data_value(project=second, key="b", value="2")
    assert data(cast) == {"a": "1", "b": "2"}
