"""Who may do what with tokens: one table, one row an operation."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import pytest

from tests.conftest import Cast
from tokens.models import Token

_PLACE = re.compile(r"\{[^}]*\}")
ORGANIZATION = "/api/v2/organizations/{0.organization.pk}/tokens"
PROJECT = "/api/v2/projects/{0.project.pk}/tokens"
TOKEN = "/api/v2/tokens/{0.key.secret}"
NEW = {"organization_id": "{0.organization.pk}", "project_id": "{0.project.pk}"}


class Case(NamedTuple):
    """An operation, the statuses it gives to each person, and what an API key may not do with tokens."""

    method: str
    url: str
    body: dict[str, Any] | None
    member: int
    stranger: int
    admin: int
    """A global admin who is no member."""
    verb: str


CASES = [
    Case("GET", ORGANIZATION, None, 200, 404, 200, "access"),
    Case("POST", ORGANIZATION, None, 201, 400, 400, "create"),
    Case("GET", PROJECT, None, 200, 404, 200, "access"),
    Case("POST", PROJECT, None, 201, 404, 201, "create"),
    Case("GET", f"{PROJECT}/default", None, 200, 404, 200, "access"),
    Case("POST", "/api/v2/tokens", NEW, 201, 422, 201, "create"),
    Case("GET", TOKEN, None, 200, 404, 404, "access"),
    Case("PATCH", TOKEN, {"notes": "new"}, 200, 404, 404, "update"),
    Case("PUT", TOKEN, {"notes": "new"}, 200, 404, 404, "update"),
    Case("DELETE", TOKEN, None, 202, 404, 202, "delete"),
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {_PLACE.sub('id', case.url)}")


def send(cast: Cast, case: Case, who: Any) -> Any:
    body = "" if case.body is None else json.dumps({key: value.format(cast) for key, value in case.body.items()})
    return cast.client(who).generic(case.method, case.url.format(cast), body, content_type="application/json")


def state() -> list[Any]:
    return list(Token.objects.api_keys().order_by("pk").values())


@EACH
@pytest.mark.parametrize("who", ["owner", "mate"])
def test_all_members_may(cast: Cast, case: Case, who: str) -> None:
    assert send(cast, case, getattr(cast, who)).status_code == case.member


@EACH
def test_a_stranger_may_not(cast: Cast, case: Case) -> None:
    before = state()
    response = send(cast, case, cast.stranger)
    assert response.status_code == case.stranger
    assert cast.key.secret not in response.json().get("title", "")
    assert state() == before


@EACH
def test_a_global_admin_may_where_no_membership_is_needed(cast: Cast, case: Case) -> None:
    assert send(cast, case, cast.admin).status_code == case.admin


@EACH
@pytest.mark.parametrize("scopes", [["user", "client"], ["global", "user", "client"]])
@pytest.mark.parametrize("is_personal", [False, True])
def test_no_api_key_may_whatever_its_scopes(cast: Cast, case: Case, scopes: list[str], is_personal: bool) -> None:
    key = Token.objects.create(organization=cast.organization, project=cast.project, scopes=scopes)
    Token.objects.filter(pk=key.pk).update(user=cast.owner if is_personal else None)
    before = state()
    response = send(cast, case, key)
    assert response.status_code == 403
    assert response.json()["title"] == f"Token authentication cannot {case.verb} tokens."
    assert state() == before


@EACH
def test_a_client_key_is_refused_by_its_scope(cast: Cast, case: Case) -> None:
    before = state()
    response = send(cast, case, cast.key)
    assert (response.status_code, response.json()["title"]) == (403, "Forbidden")
    assert state() == before


@EACH
@pytest.mark.parametrize("who", ["nobody", "disabled", "unknown"])
def test_without_valid_credentials_nobody_may(cast: Cast, case: Case, who: str) -> None:
    Token.objects.filter(pk=cast.user_key.pk).update(is_disabled=True)
    before = state()
    response = send(cast, case, {"nobody": None, "disabled": cast.user_key, "unknown": Token()}[who])
    assert (response.status_code, response.json()["title"]) == (401, "Unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer resource_metadata=")
    assert state() == before


@pytest.mark.parametrize("id_", ["short", "with_underscore_with_underscore", "x" * 41])
def test_an_id_of_the_wrong_form_is_a_plain_404(cast: Cast, id_: str) -> None:
    client = cast.client(cast.owner)
    assert client.get(f"/api/v2/tokens/{id_}").status_code == 404
    assert client.delete(f"/api/v2/tokens/{id_}").status_code == 404
