"""`DELETE tokens/{ids}`, and what else takes keys away."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models.organization import SuspensionCode
from accounts.services.organizations import delete_organizations
from accounts.services.suspensions import resume, suspend
from tests.conftest import Cast, make_key
from tokens.models import Token

UNKNOWN = "0" * 40


def delete(cast: Cast, *secrets: str, who: str = "owner") -> Any:
    return cast.client(getattr(cast, who)).delete(f"/api/v2/tokens/{','.join(secrets)}")


def test_a_deleted_key_is_refused_at_the_next_request(cast: Cast) -> None:
    client = cast.client(cast.key)
    assert client.get("/api/v2/projects/config").status_code == 200
    response = delete(cast, cast.key.secret)
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert client.get("/api/v2/projects/config").status_code == 401
    assert cast.client(cast.owner).get(f"/api/v2/tokens/{cast.key.secret}").status_code == 404


def test_several_keys_go_together(cast: Cast) -> None:
    assert delete(cast, cast.key.secret, cast.user_key.secret, cast.key.secret, who="mate").status_code == 202
    assert set(Token.objects.api_keys()) == {cast.foreign_key}


def test_a_global_admin_deletes_keys_of_any_organization(cast: Cast) -> None:
    assert delete(cast, cast.key.secret, cast.foreign_key.secret, who="admin").status_code == 202


@pytest.mark.parametrize("which", ["foreign", "login", "unknown"])
def test_when_none_can_be_found_the_answer_is_a_404(cast: Cast, which: str) -> None:
    secret = {
        "foreign": cast.foreign_key.secret,
        "login": cast.login_token(cast.owner).secret,
        "unknown": UNKNOWN,
    }[which]
    before = set(Token.objects.all())
    response = delete(cast, secret)
    assert (response.status_code, response.json()["title"]) == (404, "No tokens found.")
    assert set(Token.objects.all()) >= before


def test_someone_elses_personal_key_is_a_400_and_stays(cast: Cast) -> None:
    personal = Token.objects.create(organization=cast.organization, user=cast.mate, scopes=["user"])
    response = delete(cast, personal.secret)
    assert (response.status_code, response.json()["title"]) == (400, "Can only delete tokens created by you.")
    assert response["Content-Type"] == "application/problem+json"
    assert Token.objects.filter(pk=personal.pk).exists()
    assert delete(cast, personal.secret, who="mate").status_code == 202


def test_what_may_go_goes_and_the_rest_is_listed(cast: Cast) -> None:
    personal = Token.objects.create(organization=cast.organization, user=cast.mate, scopes=["user"])
    response = delete(cast, personal.secret, UNKNOWN, cast.key.secret)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/json")
    assert response.json() == {
        "success": [cast.key.secret],
        "failure": [
            {
                "allowed": False,
                "id": personal.secret,
                "message": "Can only delete tokens created by you.",
                "status_code": 400,
            },
            {"allowed": False, "id": UNKNOWN, "message": "No tokens found.", "status_code": 404},
        ],
        "workers": [],
    }


def test_a_deleted_organization_takes_its_keys_along(cast: Cast) -> None:
    make_key(cast.project)
    delete_organizations(organizations=[cast.organization], deleted_by=cast.owner)
    assert set(Token.objects.api_keys()) == {cast.foreign_key}


def test_keys_follow_the_suspension_of_their_organization(cast: Cast) -> None:
    client, foreign_client = cast.client(cast.key), cast.client(cast.foreign_key)
    suspend(organization=cast.organization, code=SuspensionCode.ABUSE, notes="", suspended_by_user_id=cast.admin.pk)
    assert client.get("/api/v2/projects/config").status_code == 401
    assert foreign_client.get("/api/v2/projects/config").status_code == 200
    shown = cast.client(cast.owner).get(f"/api/v2/tokens/{cast.key.secret}").json()
    assert shown["is_suspended"] is True
    resume(organization=cast.organization)
    assert client.get("/api/v2/projects/config").status_code == 200
