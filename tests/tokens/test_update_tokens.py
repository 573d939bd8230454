"""`PATCH` and `PUT tokens/{id}`, which mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Cast
from tokens.models import Token

METHODS = pytest.mark.parametrize("method", ["patch", "put"])


def change(cast: Cast, body: Any, method: str = "patch", who: str = "owner", token: Token | None = None) -> Any:
    client = cast.client(getattr(cast, who))
    return getattr(client, method)(f"/api/v2/tokens/{(token or cast.key).secret}", body, format="json")


@METHODS
def test_a_disabled_key_is_refused_at_the_next_request_and_let_in_again_when_enabled(cast: Cast, method: str) -> None:
    client = cast.client(cast.key)
    assert client.get("/api/v2/projects/config").status_code == 200
    response = change(cast, {"is_disabled": True}, method)
    assert (response.status_code, response.json()["is_disabled"]) == (200, True)
    assert client.get("/api/v2/projects/config").status_code == 401
    change(cast, {"is_disabled": False}, method)
    assert client.get("/api/v2/projects/config").status_code == 200


@METHODS
def test_notes_change_and_can_be_cleared(cast: Cast, method: str) -> None:
    response = change(cast, {"notes": "Web shop"}, method)
    assert (response.json()["notes"], response.json()["is_disabled"]) == ("Web shop", False)
    assert "notes" not in change(cast, {"notes": ""}, method).json()
    cast.key.refresh_from_db()
    assert cast.key.notes == ""


def test_a_change_is_dated(cast: Cast) -> None:
    before = cast.key.updated_utc
    change(cast, {"notes": "Web shop"})
    cast.key.refresh_from_db()
    assert cast.key.updated_utc > before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"notes": None},
        {"unknown": 1},
        {"id": "x", "organization_id": "y", "project_id": "z", "scopes": ["global"], "user_id": "u"},
        {"is_suspended": True, "expires_utc": "2999-01-01", "created_utc": "2000-01-01", "type": 0},
    ],
)
def test_nothing_to_change_is_a_200(cast: Cast, body: dict[str, Any]) -> None:
    Token.objects.filter(pk=cast.key.pk).update(notes="kept")
    before = Token.objects.values().get(pk=cast.key.pk)
    response = change(cast, body)
    assert (response.status_code, response.json()["notes"]) == (200, "kept")
    assert Token.objects.values().get(pk=cast.key.pk) == before


@pytest.mark.parametrize(
    "body", [{"is_disabled": None}, {"is_disabled": "true"}, {"is_disabled": 1}, {"notes": 5}, ["notes"]]
)
def test_a_value_of_a_wrong_type_is_a_400(cast: Cast, body: Any) -> None:
    assert change(cast, body).status_code == 400


@METHODS
@pytest.mark.parametrize("raw", ["", "null"])
def test_an_empty_body_is_a_400_with_errors(cast: Cast, method: str, raw: str) -> None:
    url = f"/api/v2/tokens/{cast.key.secret}"
    response = cast.client(cast.owner).generic(method.upper(), url, raw, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"] == {"": ["A non-empty request body is required."]}


@pytest.mark.parametrize("which", ["foreign", "login", "personal", "unknown"])
def test_what_is_not_ones_own_to_change_is_a_404(cast: Cast, which: str) -> None:
    personal = Token.objects.create(organization=cast.organization, user=cast.mate)
    token = {
        "foreign": cast.foreign_key,
        "login": cast.login_token(cast.owner),
        "personal": personal,
        "unknown": Token(),
    }[which]
    response = change(cast, {"is_disabled": True}, token=token)
    assert (response.status_code, response.json()["title"]) == (404, "Token not found.")
    assert not Token.objects.filter(is_disabled=True).exists()


def test_a_global_admin_who_is_no_member_gets_a_404(cast: Cast) -> None:
    assert change(cast, {"is_disabled": True}, who="admin").status_code == 404
