"""`GET organizations/{id}/projects/check-name`: 204 says free, 201 says taken."""

from __future__ import annotations

import pytest

from projects.models import Project
from tests.conftest import Cast


def check(cast: Cast, who: str = "owner", organization_id: str = "", **query: str) -> int:
    url = f"/api/v2/organizations/{organization_id or cast.organization.pk}/projects/check-name"
    response = cast.client(getattr(cast, who)).get(url, query)
    assert response.content == b""
    return response.status_code


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Rocket Skates", 204),
        ("Disintegrating Pistol", 201),
        ("disintegrating PISTOL", 201),
        (" Disintegrating Pistol ", 201),
        ("Disintegrating%20Pistol", 201),
        ("Disintegrating", 204),
        ("Rocket Ship", 204),
        ("", 201),
        ("  ", 201),
    ],
)
def test_a_name_is_free_when_no_project_of_the_organization_has_it(cast: Cast, name: str, status: int) -> None:
    assert check(cast, name=name) == status


def test_a_missing_name_is_not_free(cast: Cast) -> None:
    assert check(cast) == 201


def test_a_project_may_keep_its_own_name(cast: Cast) -> None:
    assert check(cast, name=cast.project.name, projectId=cast.project.pk) == 204
    assert check(cast, name=cast.project.name, projectId=cast.foreign_project.pk) == 201


def test_the_name_of_a_deleted_project_is_free(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert check(cast, name=cast.project.name) == 204


def test_in_a_foreign_organization_no_name_is_free(cast: Cast) -> None:
    assert check(cast, organization_id=cast.foreign_organization.pk, name="Rocket Skates") == 201
    assert check(cast, who="admin", name="Rocket Skates") == 204
