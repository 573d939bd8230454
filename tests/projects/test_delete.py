"""`DELETE projects/{ids}`."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from projects.models import Project
from projects.services import projects as services
from tests.conftest import Cast, make_key
from tokens.models import Token

UNKNOWN = "0" * 24


def delete(cast: Cast, *ids: str, who: str = "owner") -> Any:
    return cast.client(getattr(cast, who)).delete(f"/api/v2/projects/{','.join(ids)}")


def test_a_deleted_project_is_gone_at_once_and_kept_for_the_job(cast: Cast) -> None:
    response = delete(cast, cast.project.pk)
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert cast.client(cast.owner).get(f"/api/v2/projects/{cast.project.pk}").status_code == 404
    assert Project.objects.get(pk=cast.project.pk).is_deleted is True


def test_the_keys_of_a_deleted_project_are_refused_at_once(cast: Cast) -> None:
    client = cast.client(cast.key)
    assert client.get("/api/v2/projects/config").status_code == 200
    delete(cast, cast.project.pk)
    assert client.get("/api/v2/projects/config").status_code == 401
    assert set(Token.objects.api_keys()) == {cast.foreign_key}


def test_a_key_that_sent_to_the_project_by_default_stays_without_it(cast: Cast) -> None:
    key = Token.objects.create(organization=cast.organization, default_project=cast.project, scopes=["client"])
    delete(cast, cast.project.pk)
    key.refresh_from_db()
    assert key.default_project_id is None
    assert cast.client(key).get("/api/v2/projects/config").status_code == 401


def test_several_projects_go_together(cast: Cast) -> None:
    second = Project.objects.create(organization=cast.organization, name="Second")
    keys = [make_key(second, "client"), cast.key]
    assert delete(cast, cast.project.pk, second.pk).status_code == 202
    assert not Project.objects.alive().filter(organization=cast.organization).exists()
    assert not Token.objects.filter(pk__in=[key.pk for key in keys]).exists()


@pytest.mark.parametrize("ids", [(UNKNOWN,), (UNKNOWN, "1" * 24), ("{0.foreign_project.pk}",)])
def test_when_none_can_be_found_the_answer_is_a_404(cast: Cast, ids: tuple[str, ...]) -> None:
    response = delete(cast, *(id_.format(cast) for id_ in ids))
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")
    assert Project.objects.alive().count() == 2


def test_what_may_go_goes_and_the_rest_is_listed(cast: Cast) -> None:
    response = delete(cast, cast.foreign_project.pk, cast.project.pk)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/json")
    assert response.json() == {
        "success": [cast.project.pk],
        "failure": [
            {
                "allowed": False,
                "id": cast.foreign_project.pk,
                "message": "Project not found.",
                "status_code": 404,
            }
        ],
        "workers": [],
    }
    assert Project.objects.get(pk=cast.foreign_project.pk).is_deleted is False


def test_a_second_deletion_is_a_404(cast: Cast) -> None:
    delete(cast, cast.project.pk)
    assert delete(cast, cast.project.pk).status_code == 404


def test_a_hook_that_fails_keeps_the_project(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(projects: Any) -> None:
        raise RuntimeError("the hook failed")

    monkeypatch.setattr(services, "on_delete", [*services.on_delete, fail])
    with pytest.raises(RuntimeError), transaction.atomic():
        services.delete_projects(projects=[cast.project])
    assert Project.objects.get(pk=cast.project.pk).is_deleted is False
    assert Token.objects.filter(pk=cast.key.pk).exists()
