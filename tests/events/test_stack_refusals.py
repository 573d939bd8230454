"""Who may do what with stacks: one table, one row an operation."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from accounts.models import OrganizationUsage
from events.models import Stack
from exceptionless_site.core import json
from exceptionless_site.core.dates import format_utc
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack, minutes_ago
from tokens.models import Token

STACK = "/api/v2/stacks/{stack}"
SNOOZE = f"mark-snoozed?snoozeUntilUtc={format_utc(minutes_ago(-600))}"
LINK = {"value": "https://tracker.example"}
READ, WRITE, USER = "stacks:read", "stacks:write", "user"


class Case(NamedTuple):
    """An operation, what it gives to members, to a stranger, and the scope that permits it to a key."""

    method: str
    url: str
    body: dict[str, str] | None
    member: int
    stranger: int
    scope: str


CASES = [
    Case("GET", "/api/v2/stacks", None, 200, 200, READ),
    Case("GET", "/api/v2/organizations/{organization}/stacks", None, 200, 404, READ),
    Case("GET", "/api/v2/projects/{project}/stacks", None, 200, 404, READ),
    Case("GET", "/api/v2/projects/{project}/stacks?mode=summary", None, 200, 404, READ),
    Case("GET", STACK, None, 200, 404, READ),
    Case("POST", f"{STACK}/mark-fixed", None, 200, 404, WRITE),
    Case("POST", f"{STACK}/{SNOOZE}", None, 200, 404, WRITE),
    Case("POST", f"{STACK}/change-status?status=ignored", None, 200, 404, WRITE),
    Case("POST", f"{STACK}/mark-critical", None, 200, 404, WRITE),
    Case("DELETE", f"{STACK}/mark-critical", None, 204, 404, WRITE),
    Case("POST", f"{STACK}/add-link", LINK, 200, 404, WRITE),
    Case("POST", f"{STACK}/remove-link", LINK, 204, 404, WRITE),
    Case("POST", "/api/v2/stacks/mark-fixed", {"Stack": "{stack}"}, 200, 404, WRITE),
    Case("POST", "/api/v2/stacks/add-link", {"Stack": "{stack}", "Link": "http://a"}, 200, 404, WRITE),
    Case("POST", "/api/v1/stack/markfixed", {"ErrorStack": "{stack}"}, 200, 404, WRITE),
    Case("POST", "/api/v1/stack/addlink", {"ErrorStack": "{stack}", "Link": "http://a"}, 200, 404, WRITE),
    Case("POST", f"{STACK}/promote", None, 501, 404, USER),
    Case("DELETE", STACK, None, 202, 404, USER),
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.url.partition('?')[0]}")


@pytest.fixture
def stack(cast: Cast) -> Stack:
    found = make_stack(cast.project, title="secret title", references=["https://tracker.example"])
    make_event(found)
    return found


def send(cast: Cast, case: Case, who: Any, stack: Stack) -> Any:
    names = {"stack": stack.pk, "organization": stack.organization_id, "project": stack.project_id}
    body: Any = b""
    if case.body is not None:
        body = json.dumps({name: value.format(**names) for name, value in case.body.items()})
    return cast.client(who).generic(case.method, case.url.format(**names), body, content_type="application/json")


def key(cast: Cast, *scopes: str) -> Token:
    return Token.objects.create(organization=cast.organization, project=cast.project, scopes=list(scopes))


def state() -> Any:
    return list(Stack.objects.values()), list(OrganizationUsage.objects.values())


@EACH
@pytest.mark.parametrize("who", ["owner", "mate", "admin", "user_key"])
def test_members_admins_and_user_keys_may(cast: Cast, stack: Stack, case: Case, who: str) -> None:
    assert send(cast, case, getattr(cast, who), stack).status_code == case.member


@EACH
def test_a_stranger_may_not_and_learns_nothing(cast: Cast, stack: Stack, case: Case) -> None:
    before = state()
    foreign_user_key = Token.objects.create(organization=cast.foreign_organization, scopes=["user", "client"])
    for who in (cast.stranger, foreign_user_key):
        response = send(cast, case, who, stack)
        assert response.status_code == case.stranger
        assert b"secret" not in response.content
        if case.stranger == 200:
            assert response.json() == []
    assert state() == before


@EACH
@pytest.mark.parametrize("scopes", [["client"], ["source-maps:write"], ["events:read", "projects:read"]])
def test_a_key_without_the_scope_gets_403(cast: Cast, stack: Stack, case: Case, scopes: list[str]) -> None:
    before = state()
    response = send(cast, case, key(cast, *scopes), stack)
    assert (response.status_code, response.json()["status"]) == (403, 403)
    assert state() == before


@EACH
@pytest.mark.parametrize("scope", [READ, WRITE])
def test_a_scope_permits_its_own_operations_only(cast: Cast, stack: Stack, case: Case, scope: str) -> None:
    before = state()
    response = send(cast, case, key(cast, scope), stack)
    if case.scope == scope:
        assert response.status_code == case.member
    else:
        assert response.status_code == 403
        assert state() == before


@EACH
@pytest.mark.parametrize("scope", [READ, WRITE])
def test_a_scope_ends_at_its_organization(cast: Cast, stack: Stack, case: Case, scope: str) -> None:
    foreign = Token.objects.create(organization=cast.foreign_organization, scopes=[scope])
    expected = case.stranger if case.scope == scope else 403
    assert send(cast, case, foreign, stack).status_code == expected


@EACH
def test_without_valid_credentials_nobody_may(cast: Cast, stack: Stack, case: Case) -> None:
    before = state()
    disabled = key(cast, "user")
    Token.objects.filter(pk=disabled.pk).update(is_disabled=True)
    for who in (None, Token(secret="x" * 40), disabled):
        response = send(cast, case, who, stack)
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert ("WWW-Authenticate" in response) is case.url.startswith("/api/v2")
    assert state() == before


@EACH
def test_a_deleted_stack_is_out_of_reach_for_members_too(cast: Cast, stack: Stack, case: Case) -> None:
    Stack.objects.update(is_deleted=True)
    response = send(cast, case, cast.owner, stack)
    assert response.status_code == (404 if "stack}" in f"{case.url}{case.body}" else 200)
    assert b"secret" not in response.content


@EACH
def test_other_methods_are_not_there(cast: Cast, stack: Stack, case: Case) -> None:
    response = send(cast, case._replace(method="PATCH", body={}), cast.owner, stack)
    assert response.status_code == 405
    assert case.method in response["Allow"]
