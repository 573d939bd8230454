"""The forms of credentials: one source is looked at, and what is refused is no one."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Organization, User
from exceptionless_site.core.clock import utc_now
from tests.conftest import PASSWORD, Cast, make_key
from tests.contract.responses import ContractSiteClient
from tokens.models import Token

CONFIG = "/api/v2/projects/config"
ME = "/api/v2/users/me"


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def status(address: str, authorization: str | None = None, **query: str) -> int:
    headers = {} if authorization is None else {"authorization": authorization}
    found: int = ContractSiteClient().get(address, query, headers=headers).status_code
    return found


@pytest.mark.parametrize(
    "header",
    [
        lambda secret: f"Bearer {secret}",
        lambda secret: f"bearer {secret}",
        lambda secret: f"BEARER  {secret}",
        lambda secret: f"Token {secret}",
        lambda secret: basic(f"client:{secret}"),
        lambda secret: basic(f"CLIENT:{secret}"),
        lambda secret: basic(f"{secret}:x-oauth-basic"),
    ],
    ids=["Bearer", "bearer", "two blanks", "Token", "client:token", "CLIENT:token", "token:x-oauth-basic"],
)
def test_a_token_is_let_in_by_each_header(cast: Cast, header: Callable[[str], str]) -> None:
    assert status(CONFIG, header(cast.key.secret)) == 200


@pytest.mark.parametrize("name", ["access_token", "api_key", "apikey", "apiKey", "ACCESS_TOKEN"])
def test_a_token_is_let_in_by_the_query(cast: Cast, name: str) -> None:
    assert status(CONFIG, **{name: cast.key.secret}) == 200


def test_a_person_is_let_in_by_address_and_password(cast: Cast) -> None:
    assert status(ME, basic(f"{cast.owner.email_address}:{PASSWORD}")) == 200
    assert status(ME, basic(f"{cast.owner.email_address.upper()}:{PASSWORD}")) == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer unknown-token",
        "Bearer " + "x" * 64,
        "Bearer \x00",
        "Token é",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        basic("no-colon"),
        basic(":password"),
        basic("owner@example.test:"),
        basic("owner@example.test:wrong"),
        basic("nobody@example.test:wrong"),
        basic("client:unknown"),
        "Digest something",
        "",
    ],
)
def test_what_is_no_good_credential_is_a_401(cast: Cast, header: str) -> None:
    assert status(ME, header) == 401
    assert status(CONFIG, header) == 401


def test_a_header_wins_over_the_query_even_when_it_is_refused(cast: Cast) -> None:
    assert status(CONFIG, "Bearer unknown", access_token=cast.key.secret) == 401
    assert status(CONFIG, "Bearer", access_token=cast.key.secret) == 401
    assert status(CONFIG, "Digest other", access_token=cast.key.secret) == 200


def test_the_case_of_a_token_counts(cast: Cast) -> None:
    assert status(CONFIG, f"Bearer {cast.key.secret.swapcase()}") == 401


@pytest.mark.parametrize(
    "change",
    [{"is_disabled": True}, {"is_suspended": True}, {"expires_utc": utc_now() - timedelta(seconds=5)}],
    ids=["disabled", "suspended", "expired"],
)
def test_a_token_that_is_no_longer_good_is_refused_at_once(cast: Cast, change: dict[str, Any]) -> None:
    header = f"Bearer {cast.key.secret}"
    assert status(CONFIG, header) == 200
    Token.objects.filter(pk=cast.key.pk).update(**change)
    assert status(CONFIG, header) == 401


def test_a_deleted_token_is_refused_at_once(cast: Cast) -> None:
    header = f"Bearer {cast.login_token(cast.owner).secret}"
    assert status(ME, header) == 200
    Token.objects.filter(user=cast.owner).delete()
    assert status(ME, header) == 401


def test_a_token_that_expires_later_is_good(cast: Cast) -> None:
    Token.objects.filter(pk=cast.key.pk).update(expires_utc=utc_now() + timedelta(minutes=1))
    assert status(CONFIG, f"Bearer {cast.key.secret}") == 200


def test_an_inactive_person_s_password_is_refused(cast: Cast) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert status(ME, basic(f"{cast.owner.email_address}:{PASSWORD}")) == 401


def test_a_key_of_a_deleted_organization_opens_nothing(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(is_deleted=True)
    assert ContractSiteClient().post(
        "/api/v2/events", {}, content_type="application/json", headers={"authorization": f"Bearer {cast.key.secret}"}
    ).status_code in (401, 404)


@pytest.mark.parametrize(
    ("scopes", "may_post", "may_read"),
    [
        ((), True, False),
        (("client",), True, False),
        (("client", "user"), True, True),
        (("user",), False, True),
        (("source-maps:write",), False, False),
    ],
)
def test_scopes_are_the_roles_of_a_key(cast: Cast, scopes: tuple[str, ...], may_post: bool, may_read: bool) -> None:
    client = cast.client(make_key(cast.project, *scopes))
    assert client.post("/api/v2/events", {}, format="json").status_code == (202 if may_post else 403)
    assert client.get("/api/v2/events").status_code == (200 if may_read else 403)


def test_an_api_key_without_a_person_has_no_account(cast: Cast) -> None:
    assert cast.client(cast.user_key).get(ME).status_code == 401
    assert cast.client(cast.user_key).post("/api/v2/organizations", {"name": "X"}, format="json").status_code == 401


def test_the_challenge_names_the_resource_under_v2_only(cast: Cast) -> None:
    second = ContractSiteClient().get(ME)
    assert second["WWW-Authenticate"].startswith("Bearer resource_metadata=")
    assert second.json()["title"] == "Unauthorized"
    first = ContractSiteClient().get("/api/v1/project/config")
    assert first.status_code == 401


def test_a_refused_credential_does_not_close_open_routes(cast: Cast) -> None:
    response = ContractSiteClient().post(
        "/api/v2/auth/login",
        {"email": cast.owner.email_address, "password": PASSWORD},
        content_type="application/json",
        headers={"authorization": "Bearer unknown"},
    )
    assert response.status_code == 200


def test_a_secret_never_shows_in_texts_of_a_token(cast: Cast) -> None:
    for text in (str(cast.key), repr(cast.key), f"{cast!r}"):
        assert cast.key.secret not in text
