"""Who may do what with projects: one table, one row an operation."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import pytest

from tests.conftest import Cast
from tokens.models import Token

PROJECT = "/api/v2/projects/{0.project.pk}"
_PLACE = re.compile(r"\{[^}]*\}")
ORGANIZATION = "/api/v2/organizations/{0.organization.pk}"
VIEW = {"name": "Mine", "view_type": "events"}
NEW = {"organization_id": "{0.organization.pk}", "name": "New"}


class Case(NamedTuple):
    """An operation and the statuses it gives to each caller."""

    method: str
    url: str
    body: Any
    member: int
    stranger: int
    """Also a key of another organization with the user scope."""
    admin: int
    """A global admin who is no member."""
    user_key: int
    client_key: int
    read_key: int
    """A key with the scope projects:read alone."""


CASES = [
    # method, url, body; then what members, strangers, admins, user keys, client keys and reading keys get
    Case("GET", "/api/v2/projects", None, 200, 200, 200, 200, 403, 200),
    Case("POST", "/api/v2/projects", NEW, 201, 400, 201, 401, 403, 403),
    Case("GET", f"{ORGANIZATION}/projects", None, 200, 404, 200, 200, 403, 200),
    Case("GET", f"{ORGANIZATION}/projects/check-name?name=New", None, 204, 201, 204, 204, 403, 403),
    Case("GET", PROJECT, None, 200, 404, 200, 200, 403, 200),
    Case("PATCH", PROJECT, {"name": "New"}, 200, 404, 200, 200, 403, 403),
    Case("PUT", PROJECT, {"name": "New"}, 200, 404, 200, 200, 403, 403),
    Case("DELETE", PROJECT, None, 202, 404, 202, 202, 403, 403),
    Case("GET", "/api/v2/projects/config", None, 401, 401, 401, 200, 200, 403),
    Case("GET", "/api/v1/project/config", None, 401, 401, 401, 200, 200, 403),
    Case("GET", f"{PROJECT}/config", None, 200, 404, 200, 200, 200, 403),
    Case("POST", f"{PROJECT}/config?key=a", {"value": "b"}, 200, 404, 200, 200, 403, 403),
    Case("DELETE", f"{PROJECT}/config?key=a", None, 200, 404, 200, 200, 403, 403),
    Case("POST", f"{PROJECT}/data?key=a", {"value": "b"}, 200, 404, 200, 200, 403, 403),
    Case("DELETE", f"{PROJECT}/data?key=a", None, 200, 404, 200, 200, 403, 403),
    Case("PUT", f"{PROJECT}/promotedtabs?name=a", None, 200, 404, 200, 200, 403, 403),
    Case("POST", f"{PROJECT}/promotedtabs?name=a", None, 200, 404, 200, 200, 403, 403),
    Case("DELETE", f"{PROJECT}/promotedtabs?name=a", None, 200, 404, 200, 200, 403, 403),
    Case("GET", f"{PROJECT}/notifications", None, 403, 403, 200, 403, 403, 403),
    Case("GET", f"{PROJECT}/slack/notifications", None, 200, 404, 200, 200, 403, 403),
    Case("PUT", f"{PROJECT}/slack/notifications", {}, 200, 404, 200, 200, 403, 403),
    Case("POST", f"{PROJECT}/slack/notifications", {}, 200, 404, 200, 200, 403, 403),
    Case("POST", f"{PROJECT}/slack?code=a", None, 501, 404, 501, 501, 403, 403),
    Case("DELETE", f"{PROJECT}/slack", None, 200, 404, 200, 200, 403, 403),
    Case("GET", f"{PROJECT}/webhooks", None, 200, 404, 200, 200, 403, 403),
    Case("GET", f"{ORGANIZATION}/saved-views", None, 200, 404, 200, 200, 403, 403),
    Case("GET", f"{ORGANIZATION}/saved-views/events", None, 200, 404, 200, 200, 403, 403),
    Case("POST", f"{ORGANIZATION}/saved-views", VIEW, 201, 400, 400, 401, 403, 403),
    Case("POST", f"{ORGANIZATION}/saved-views/predefined", None, 200, 404, 404, 200, 403, 403),
    Case("GET", f"{ORGANIZATION}/saved-views/export", None, 403, 403, 200, 403, 403, 403),
    Case("GET", "/api/v2/saved-views/predefined", None, 403, 403, 200, 403, 403, 403),
    Case("POST", "/api/v2/saved-views/predefined/force-update", None, 403, 403, 202, 403, 403, 403),
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {_PLACE.sub('id', case.url)}")


def send(cast: Cast, case: Case, who: Any) -> Any:
    body = "" if case.body is None else json.dumps({key: value.format(cast) for key, value in case.body.items()})
    return cast.client(who).generic(case.method, case.url.format(cast), body, content_type="application/json")


@EACH
@pytest.mark.parametrize("who", ["owner", "mate"])
def test_all_members_may(cast: Cast, case: Case, who: str) -> None:
    assert send(cast, case, getattr(cast, who)).status_code == case.member


@EACH
def test_a_stranger_may_not(cast: Cast, case: Case) -> None:
    before = _state(cast)
    response = send(cast, case, cast.stranger)
    assert response.status_code == case.stranger
    assert cast.project.name not in response.content.decode()
    assert _state(cast) == before


@EACH
def test_a_key_of_another_organization_may_not(cast: Cast, case: Case) -> None:
    key = Token.objects.create(organization=cast.foreign_organization, scopes=["user", "client"])
    before = _state(cast)
    response = send(cast, case, key)
    needs_person = case.method == "POST" and case.url in ("/api/v2/projects", f"{ORGANIZATION}/saved-views")
    assert response.status_code == (401 if needs_person else case.stranger)
    assert cast.project.name not in response.content.decode()
    assert _state(cast) == before


@EACH
def test_a_global_admin_may(cast: Cast, case: Case) -> None:
    assert send(cast, case, cast.admin).status_code == case.admin


@EACH
def test_a_key_with_the_user_scope_may_what_needs_no_person(cast: Cast, case: Case) -> None:
    assert send(cast, case, cast.user_key).status_code == case.user_key


@EACH
def test_a_client_key_may_read_client_settings_only(cast: Cast, case: Case) -> None:
    assert send(cast, case, cast.key).status_code == case.client_key


@EACH
def test_a_reading_key_may_read_projects_only(cast: Cast, case: Case) -> None:
    key = Token.objects.create(organization=cast.organization, project=cast.project, scopes=["projects:read"])
    assert send(cast, case, key).status_code == case.read_key


@EACH
@pytest.mark.parametrize("who", [None, "disabled", "unknown"])
def test_without_valid_credentials_nobody_may(cast: Cast, case: Case, who: str | None) -> None:
    key = None
    if who is not None:
        key = Token(secret="x" * 40) if who == "unknown" else cast.user_key
        Token.objects.filter(pk=key.pk).update(is_disabled=True)
    response = send(cast, case, key)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    has_challenge = "WWW-Authenticate" in response
    assert has_challenge is case.url.startswith("/api/v2")


def _state(cast: Cast) -> dict[str, Any]:
    cast.project.refresh_from_db()
    return {name: value for name, value in vars(cast.project).items() if not name.startswith("_")}
