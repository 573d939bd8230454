"""Every route of the official server is there and lets in whom its policies name, and nobody else.

The table is the official list of routes. A key that holds one scope only stands for each role, so that a route
whose policy is too wide shows.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import override_settings

from tests.conftest import Cast, make_key
from tests.contract.addresses import Tenant, documented, example_body
from tests.contract.allowed_differences import NOT_OFFERED
from tests.contract.conftest import undone
from tests.contract.documents import manifest, ours
from tokens.models import Token

POLICIES = {
    "ClientPolicy": {"client"},
    "UserPolicy": {"user"},
    "GlobalAdminPolicy": {"global"},
    "ProjectsReadPolicy": {"user", "projects:read"},
    "StacksReadPolicy": {"user", "stacks:read"},
    "StacksWritePolicy": {"user", "stacks:write"},
    "EventsReadPolicy": {"user", "events:read"},
    "SourceMapsWritePolicy": {"user", "source-maps:write"},
}
SCOPES = (
    "client",
    "user",
    "global",
    "source-maps:write",
    "projects:read",
    "stacks:read",
    "stacks:write",
    "events:read",
)
NOT_HERE = {
    # There is no OAuth server, and no assistant whose use could be counted beyond zero.
    "GET /api/v2/admin/oauth-applications",
    "POST /api/v2/admin/oauth-applications",
    "PUT /api/v2/admin/oauth-applications/{id}",
    "DELETE /api/v2/admin/oauth-applications/{id}",
}
UNDOCUMENTED = {
    # The same as with the versions 1 and 2, which are documented.
    "POST /api/v{apiVersion}/webhooks/subscribe",
}
BEYOND_OFFICIAL = {
    # Any OpenID Connect provider, beside the four that the official server knows.
    "POST /api/v2/auth/oidc",
}
NOT_SET_UP = {
    # The contract's answers where the operator has not set up a provider, or the form; their `detail` says so.
    "POST /api/v2/auth/facebook": 500,
    "POST /api/v2/auth/github": 500,
    "POST /api/v2/auth/google": 500,
    "POST /api/v2/auth/live": 500,
    "POST /api/v2/contact": 503,
}
OWN_REFUSALS = {
    # These say no by their own rules, not by their policy.
    "POST /api/v2/auth/login": {401},
    "POST /api/v2/auth/signup": {401, 403},
    # A person's login has no project of its own.
    "GET /api/v1/project/config": {401},
    "GET /api/v2/projects/config": {401},
    "GET /api/v2/events/session/heartbeat": {401},
}
_CONSTRAINT = re.compile(r"\{(\w+):[^}]+\}")


def official_path(route: str) -> str:
    return _CONSTRAINT.sub(r"{\1}", route)


def routes() -> list[Any]:
    try:
        found = {f"{row['method']} {official_path(row['route'])}": row for row in manifest()}
    except pytest.skip.Exception:
        return [pytest.param("", {}, marks=pytest.mark.skip("the contract folder is not here"))]
    return [_parameter(name, row) for name, row in sorted(found.items())]


def _parameter(name: str, row: dict[str, Any]) -> Any:
    # Marked here, so that nothing is built for the skipped.
    marks = () if is_expected(name) else pytest.mark.skip("this server does not offer it")
    return pytest.param(name, row, id=name, marks=marks)


def is_expected(name: str) -> bool:
    """Whether the route is one that this server offers by now."""
    if name in NOT_HERE:
        return False
    method, path = name.split(" ", 1)
    if path in ours()["paths"] and method.lower() in ours()["paths"][path]:
        return True
    return not any(re.fullmatch(pattern, f"{name}: missing") for pattern, _ in NOT_OFFERED)


@pytest.fixture(scope="module")
def keys(cast: Cast) -> dict[str, Token]:
    """A key with one scope each."""
    return {scope: make_key(cast.project, scope) for scope in SCOPES}


def ask(cast: Cast, tenant: Tenant, name: str, who: Any) -> Any:
    method, path = name.split(" ", 1)
    body, body_format = example_body(documented(method, path))
    client = cast.client(who)
    client.raise_request_exception = False
    with undone():
        return getattr(client, method.lower())(tenant.address(path), body, format=body_format)


def is_refused(response: Any) -> bool:
    """By the policy: handlers that refuse have titles of their own."""
    return bool(response.status_code == 403 and response.json()["title"] == "Forbidden")


@pytest.mark.parametrize(("name", "row"), routes())
def test_a_route_lets_in_whom_its_policies_name(
    name: str, row: dict[str, Any], cast: Cast, tenant: Tenant, keys: dict[str, Token]
) -> None:
    method, path = name.split(" ", 1)
    assert name in UNDOCUMENTED or documented(method, path), f"{name} is missing"
    if row["allowAnonymous"]:
        for who in (None, cast.key, cast.owner, cast.stranger, cast.admin):
            status = ask(cast, tenant, name, who).status_code
            assert status < 500 or status == NOT_SET_UP.get(name)
            assert status not in {401, 403} - OWN_REFUSALS.get(name, set()), who
        return
    assert ask(cast, tenant, name, None).status_code == 401
    for scope, key in keys.items():
        response = ask(cast, tenant, name, key)
        assert response.status_code != 500
        may = all(scope in POLICIES[policy] for policy in row["authorizationPolicies"])
        assert is_refused(response) is not may, (scope, response.status_code)
    check_people(cast, tenant, name, row)


def check_people(cast: Cast, tenant: Tenant, name: str, row: dict[str, Any]) -> None:
    for person in (cast.owner, cast.admin):
        response = ask(cast, tenant, name, person)
        is_for_admins = "GlobalAdminPolicy" in row["authorizationPolicies"]
        may = person.is_superuser or not is_for_admins
        assert response.status_code not in {401, 500} - OWN_REFUSALS.get(name, set()), person
        assert is_refused(response) is not may, (person, response.status_code)


def test_a_suspended_or_disabled_key_is_let_in_nowhere(cast: Cast, tenant: Tenant) -> None:
    Token.objects.filter(pk=cast.user_key.pk).update(is_disabled=True)
    Token.objects.filter(pk=cast.key.pk).update(is_suspended=True)
    for name in ("GET /api/v2/projects/{id}", "GET /api/v2/projects/config", "POST /api/v2/events"):
        for key in (cast.user_key, cast.key):
            assert ask(cast, tenant, name, key).status_code == 401


def test_nothing_under_api_is_answered_that_is_in_neither_list() -> None:
    """Additional routes are named in the allowed differences of the OpenAPI document."""
    official = {f"{row['method']} {official_path(row['route'])}" for row in manifest()}
    mine = {f"{method.upper()} {path}" for path, item in ours()["paths"].items() for method in item}
    assert mine - official == BEYOND_OFFICIAL


@override_settings(API_THROTTLE_LIMIT=0)
def test_who_is_refused_is_not_counted_before(cast: Cast, tenant: Tenant) -> None:
    """401 and 403 come before the limit of requests."""
    name = "GET /api/v2/organizations"
    assert ask(cast, tenant, name, None).status_code == 401
    assert ask(cast, tenant, name, cast.key).status_code == 403
    assert ask(cast, tenant, name, cast.owner).status_code == 429
