"""Tokens in the admin: made, revoked, and never shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models.organization import SuspensionCode
from accounts.services import suspensions
from tests.conftest import Cast
from tokens.models import Token, TokenType

LIST = "/admin/tokens/token/"


def add(site: Client, **fields: Any) -> Any:
    return site.post(f"{LIST}add/", {"scopes": ["client"], "notes": ""} | fields)


def run(site: Client, action: str, *tokens: Token) -> None:
    site.post(LIST, {"action": action, "_selected_action": [token.pk for token in tokens]})


def test_no_page_shows_a_secret(cast: Cast, site: Client) -> None:
    login = cast.login_token(cast.owner)
    for token in (cast.key, login):
        for address in (LIST, f"{LIST}{token.pk}/change/", f"{LIST}{token.pk}/history/", f"{LIST}{token.pk}/delete/"):
            page = site.get(address).content.decode()
            assert token.secret not in page, address
            assert token.secret[:4] in page, address


def test_a_new_key_is_shown_exactly_once(cast: Cast, site: Client) -> None:
    response = add(site, project=cast.project.pk, notes="For the shop")
    token = Token.objects.get(notes="For the shop")
    assert response.status_code == 302
    assert token.secret not in response["Location"]
    assert token.secret in site.get(LIST).content.decode()
    assert token.secret not in site.get(LIST).content.decode()


def test_a_new_key_works_and_belongs_to_the_project_and_its_organization(cast: Cast, site: Client) -> None:
    add(site, project=cast.project.pk, organization=cast.foreign_organization.pk, notes="new", scopes=["user"])
    token = Token.objects.get(notes="new")
    assert (token.project, token.organization) == (cast.project, cast.organization)
    assert token.scopes == ["user", "client"]
    assert token.type == TokenType.ACCESS
    assert token.created_by == cast.admin.pk
    assert cast.client(token).get("/api/v2/projects").status_code == 200


def test_a_key_may_belong_to_an_organization_with_a_default_project(cast: Cast, site: Client) -> None:
    add(site, organization=cast.organization.pk, default_project=cast.project.pk, notes="new", scopes=[])
    token = Token.objects.get(notes="new")
    assert (token.project_id, token.default_project, token.scopes) == (None, cast.project, ["client"])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Choose a project or an organization."),
        ({"organization": "organization", "scopes": ["source-maps:write"]}, "requires a project-scoped token"),
        ({"organization": "organization", "default_project": "foreign_project"}, "belongs to another organization"),
        ({"project": "project", "scopes": ["everything"]}, "everything"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(cast: Cast, site: Client, fields: dict[str, Any], message: str) -> None:
    number = Token.objects.count()
    sent = {name: value if name == "scopes" else getattr(cast, value).pk for name, value in fields.items()}
    response = add(site, **sent)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert Token.objects.count() == number


def test_a_key_made_while_its_organization_is_suspended_does_not_work(cast: Cast, site: Client) -> None:
    code = SuspensionCode.ABUSE
    suspensions.suspend(organization=cast.organization, code=code, notes="", suspended_by_user_id="")
    add(site, project=cast.project.pk, notes="new")
    assert Token.objects.get(notes="new").is_suspended


def test_revoking_takes_effect_at_once_and_can_be_taken_back(cast: Cast, site: Client) -> None:
    run(site, "revoke", cast.user_key)
    assert cast.client(cast.user_key).get("/api/v2/projects").status_code == 401
    run(site, "restore", cast.user_key)
    assert cast.client(cast.user_key).get("/api/v2/projects").status_code == 200
    assert cast.client(cast.foreign_key).get("/api/v2/projects/config").status_code == 200


def test_revoking_a_login_ends_it_and_leaves_other_people_signed_in(cast: Cast, site: Client) -> None:
    ended, kept = cast.login_token(cast.owner), cast.login_token(cast.mate)
    run(site, "revoke", ended)
    assert list(Token.objects.filter(type=TokenType.AUTHENTICATION)) == [kept]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "Disintegrating"}, {"key", "user_key"}),
        ({"q": "Elsewhere"}, {"foreign_key"}),
        ({"scope": "user"}, {"user_key"}),
        ({"scope": "client"}, {"key", "user_key", "foreign_key"}),
        ({"type__exact": "0"}, set()),
        ({"is_disabled__exact": "1"}, set()),
        ({"recent": "hour"}, {"key", "user_key", "foreign_key"}),
        ({"recent": "nonsense", "scope": "nonsense"}, {"key", "user_key", "foreign_key"}),
    ],
)
def test_tokens_are_found(cast: Cast, site: Client, query: dict[str, str], found: set[str]) -> None:
    results = site.get(LIST, query).context["cl"].result_list
    assert {token.pk for token in results} == {getattr(cast, name).pk for name in found}


def test_tokens_are_not_found_by_their_secret(cast: Cast, site: Client) -> None:
    for text in (cast.key.secret, cast.key.secret[:8]):
        assert list(site.get(LIST, {"q": text}).context["cl"].result_list) == []


def test_a_project_filter_narrows_the_list(cast: Cast, site: Client) -> None:
    results = site.get(LIST, {"project__id__exact": cast.foreign_project.pk}).context["cl"].result_list
    assert [token.pk for token in results] == [cast.foreign_key.pk]


def test_notes_and_state_of_a_key_can_be_changed_and_nothing_else(cast: Cast, site: Client) -> None:
    before = cast.key.secret
    form = {"notes": "changed", "is_disabled": "on", "scopes": ["global"], "secret": "mine", "type": "0"}
    assert site.post(f"{LIST}{cast.key.pk}/change/", form).status_code == 302
    cast.key.refresh_from_db()
    assert (cast.key.notes, cast.key.is_disabled) == ("changed", True)
    assert (cast.key.secret, cast.key.scopes, cast.key.type) == (before, ["client"], TokenType.ACCESS)


def test_a_login_cannot_be_disabled_by_its_form(cast: Cast, site: Client) -> None:
    login = cast.login_token(cast.owner)
    site.post(f"{LIST}{login.pk}/change/", {"is_disabled": "on"})
    login.refresh_from_db()
    assert not login.is_disabled
