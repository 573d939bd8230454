"""POST auth/{github,google,facebook,live,oidc} and auth/unlink."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.external.providers import find_provider
from accounts.models import ExternalAccount, Invite, MailMessage, User
from tests.accounts.provider import ACCESS_TOKEN, CODE, SECRET, Provider, running
from tests.conftest import PASSWORD, Cast
from tokens.models import Token

ADA = {"sub": "g-1", "name": "Ada Lovelace", "email": "Ada@example.test", "email_verified": True}
BODY = {"clientId": "the-client", "code": CODE, "redirectUri": "https://errors.example.test/next/login"}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running(Provider()) as found:
        common = {"client_id": "the-client", "client_secret": SECRET, "token_url": f"{found.url}/token"}
        plain = common | {"user_url": f"{found.url}/user", "issuer": ""}
        oidc = common | {"token_url": "", "user_url": "", "issuer": found.url}
        settings.SIGN_IN_PROVIDERS = dict.fromkeys(("github", "google", "facebook", "live"), plain) | {"oidc": oidc}
        found.open_pages["/.well-known/openid-configuration"] = (
            200,
            {"issuer": found.url, "token_endpoint": f"{found.url}/token", "userinfo_endpoint": f"{found.url}/user"},
        )
        found.pages["/user"] = (200, ADA)
        yield found


def sign_in(client: APIClient, name: str = "google", **more: Any) -> Any:
    return client.post(f"/api/v2/auth/{name}", BODY | more, format="json")


def person(token: str) -> Any:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get("/api/v2/users/me").json()


def test_a_new_person_gets_an_account_that_is_verified(cast: Cast, anonymous: APIClient, provider: Provider) -> None:
    response = sign_in(anonymous)

    assert response.status_code == 200
    assert list(response.json()) == ["token"]
    me = person(response.json()["token"])
    assert me["email_address"] == "ada@example.test"
    assert me["full_name"] == "Ada Lovelace"
    assert me["is_email_address_verified"] is True
    assert me["has_local_account"] is False
    assert me["roles"] == ["client", "user"]
    assert me["organization_ids"] == []
    assert me["o_auth_accounts"] == [
        {"provider": "google", "provider_user_id": "g-1", "username": "ada@example.test", "extra_data": {}}
    ]
    assert not MailMessage.objects.exists()


def test_the_first_person_ever_becomes_a_global_admin(db: None, provider: Provider) -> None:
    assert "global" in person(sign_in(APIClient()).json()["token"])["roles"]


def test_the_code_is_exchanged_with_what_the_browser_used(cast: Cast, anonymous: APIClient, provider: Provider) -> None:
    sign_in(anonymous, codeVerifier="v" * 43)

    assert provider.forms == [
        {
            "grant_type": "authorization_code",
            "code": CODE,
            "redirect_uri": BODY["redirectUri"],
            "client_id": "the-client",
            "client_secret": SECRET,
            "code_verifier": "v" * 43,
        }
    ]


def test_two_sign_ins_find_the_same_person_also_under_a_new_address(
    cast: Cast, anonymous: APIClient, provider: Provider
) -> None:
    first = sign_in(anonymous).json()
    provider.pages["/user"] = (200, ADA | {"email": "countess@example.test"})
    second = sign_in(anonymous).json()

    assert first == second
    assert User.objects.filter(full_name="Ada Lovelace").count() == 1
    assert ExternalAccount.objects.get().email_address == "countess@example.test"


def test_whoever_has_the_verified_address_gets_the_account_linked(
    cast: Cast, anonymous: APIClient, provider: Provider
) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_email_address_verified=True)
    provider.pages["/user"] = (200, ADA | {"email": "owner@example.test"})

    me = person(sign_in(anonymous).json()["token"])

    assert me["id"] == cast.owner.pk
    assert me["has_local_account"] is True


def test_a_password_that_somebody_set_before_the_owner_of_the_address_came_is_removed(
    cast: Cast, anonymous: APIClient, owner: APIClient, provider: Provider
) -> None:
    provider.pages["/user"] = (200, ADA | {"email": "owner@example.test"})

    me = person(sign_in(anonymous).json()["token"])

    assert me["id"] == cast.owner.pk
    assert me["has_local_account"] is False
    assert me["is_email_address_verified"] is True
    assert owner.get("/api/v2/users/me").status_code == 401


@pytest.mark.parametrize("verified", [False, None, "no", 1.5])
def test_an_address_that_is_not_verified_finds_and_makes_nobody(
    cast: Cast, anonymous: APIClient, provider: Provider, verified: Any
) -> None:
    provider.pages["/user"] = (200, ADA | {"email": "owner@example.test", "email_verified": verified})

    response = sign_in(anonymous)

    assert response.status_code == 401
    assert response.json()["title"] == "Google names no verified e-mail address."
    assert not ExternalAccount.objects.exists()


def test_whoever_is_signed_in_gets_the_account_linked(cast: Cast, owner: APIClient, provider: Provider) -> None:
    response = sign_in(owner)

    assert person(response.json()["token"])["id"] == cast.owner.pk
    assert ExternalAccount.objects.get().user == cast.owner
    assert not User.objects.get(pk=cast.owner.pk).is_email_address_verified


def test_linking_takes_the_account_from_whoever_had_it(
    cast: Cast, owner: APIClient, mate: APIClient, provider: Provider
) -> None:
    sign_in(owner)
    sign_in(mate)

    assert ExternalAccount.objects.get().user == cast.mate


def test_an_api_key_does_not_link_accounts_to_its_person(cast: Cast, provider: Provider) -> None:
    personal = Token.objects.create(user=cast.owner, organization=cast.organization, scopes=["client", "user"])

    sign_in(cast.client(personal))

    assert ExternalAccount.objects.get().user != cast.owner


def test_an_inactive_person_is_not_let_in_and_nothing_is_linked(
    cast: Cast, anonymous: APIClient, provider: Provider
) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    provider.pages["/user"] = (200, ADA | {"email": "owner@example.test"})

    response = sign_in(anonymous)

    assert (response.status_code, response.json()["title"]) == (401, "Login failed.")
    assert not ExternalAccount.objects.exists()
    assert User.objects.get(pk=cast.owner.pk).check_password(PASSWORD)


def test_without_account_creation_only_people_with_an_account_or_an_invite_come_in(
    cast: Cast, anonymous: APIClient, provider: Provider, settings: Any
) -> None:
    settings.ENABLE_ACCOUNT_CREATION = False
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")

    refused = sign_in(anonymous, inviteToken="x" * 40)
    invited = sign_in(anonymous, inviteToken=invite.token)

    assert refused.status_code == 403
    assert refused.json()["title"] == "Account Creation is currently disabled"
    assert person(invited.json()["token"])["organization_ids"] == [cast.organization.pk]
    assert sign_in(anonymous).status_code == 200


def test_github_counts_only_addresses_that_it_has_verified(
    cast: Cast, anonymous: APIClient, provider: Provider
) -> None:
    provider.pages["/user"] = (200, {"id": 583231, "login": "ada", "name": None, "email": "owner@example.test"})
    provider.pages["/user/emails"] = (
        200,
        [
            {"email": "owner@example.test", "primary": True, "verified": False},
            {"email": "ada@example.test", "primary": False, "verified": True},
        ],
    )

    me = person(sign_in(anonymous, "github").json()["token"])

    assert me["email_address"] == "ada@example.test"
    assert me["full_name"] == "ada"
    assert me["o_auth_accounts"][0]["provider_user_id"] == "583231"
    assert me["o_auth_accounts"][0]["username"] == "ada"


@pytest.mark.parametrize(("name", "id_name"), [("facebook", "id"), ("live", "sub"), ("oidc", "sub")])
def test_the_other_services_let_people_in_as_well(
    cast: Cast, anonymous: APIClient, provider: Provider, name: str, id_name: str
) -> None:
    provider.pages["/user"] = (200, {id_name: "1", "name": "Ada", "email": "ada@example.test", "email_verified": True})

    me = person(sign_in(anonymous, name).json()["token"])

    assert me["o_auth_accounts"][0]["provider"] == name


def test_microsoft_accounts_of_any_company_prove_no_address(
    cast: Cast, anonymous: APIClient, provider: Provider, settings: Any
) -> None:
    any_company = settings.SIGN_IN_PROVIDERS["live"] | {"token_url": f"{provider.url}/common/token"}
    settings.SIGN_IN_PROVIDERS = {"live": any_company}
    provider.pages["/user"] = (200, {"sub": "1", "email": "owner@example.test"})

    assert sign_in(anonymous, "live").status_code == 401


@pytest.mark.parametrize("name", ["github", "google", "facebook", "live", "oidc"])
def test_a_service_that_is_not_set_up_is_a_500_that_says_so(cast: Cast, anonymous: APIClient, name: str) -> None:
    response = sign_in(anonymous, name)

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Internal Server Error"
    assert "not set up" in response.json()["detail"]


def test_a_wrong_code_is_a_401(cast: Cast, anonymous: APIClient, provider: Provider) -> None:
    response = sign_in(anonymous, code="another-code")

    assert (response.status_code, response.json()["title"]) == (401, "Login failed.")


def test_a_proof_that_the_service_misses_is_a_401(cast: Cast, anonymous: APIClient, provider: Provider) -> None:
    provider.expected["code_verifier"] = "v" * 43

    assert sign_in(anonymous).status_code == 401
    assert sign_in(anonymous, codeVerifier="v" * 43).status_code == 200


@pytest.mark.parametrize(
    "answer",
    [(500, {}), (200, b"<html>"), (200, []), (200, {"name": "Nobody"}), (200, b"x" * 300_000), (302, {}), (403, {})],
    ids=["fails", "html", "a list", "no id", "too large", "redirect", "refused"],
)
def test_a_service_that_does_not_answer_as_it_should_is_a_503(
    cast: Cast, anonymous: APIClient, provider: Provider, answer: Any
) -> None:
    provider.pages["/user"] = answer

    response = sign_in(anonymous)

    assert response.status_code == 503
    assert response.json()["detail"] == "Google cannot be reached, or does not answer as it should."


def test_a_service_that_is_down_is_a_503(cast: Cast, anonymous: APIClient, provider: Provider, settings: Any) -> None:
    gone = settings.SIGN_IN_PROVIDERS["google"] | {"token_url": "http://127.0.0.1:1/token"}
    settings.SIGN_IN_PROVIDERS = {"google": gone}

    assert sign_in(anonymous).status_code == 503


def test_an_issuer_cannot_send_the_server_to_machines_inside(
    cast: Cast, anonymous: APIClient, provider: Provider
) -> None:
    with running(Provider()) as inside:
        provider.open_pages["/.well-known/openid-configuration"] = (
            200,
            {"issuer": provider.url, "token_endpoint": f"{inside.url}/token", "userinfo_endpoint": "http://[::1]/"},
        )
        response = sign_in(anonymous, "oidc")

    assert response.status_code == 503
    assert inside.forms == []


def test_another_issuer_is_not_believed(cast: Cast, anonymous: APIClient, provider: Provider) -> None:
    provider.open_pages["/.well-known/openid-configuration"] = (200, {"issuer": "https://elsewhere.example.test"})

    assert sign_in(anonymous, "oidc").status_code == 503


def test_the_sixteenth_failure_from_one_place_asks_nobody(cast: Cast, anonymous: APIClient, provider: Provider) -> None:
    titles = [sign_in(anonymous, code="wrong").json()["title"] for _ in range(16)]

    assert titles == ["Login failed."] * 15 + ["Login denied."]
    assert len(provider.forms) == 15


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"code": ""}, {"code": ["The Code field is required."]}),
        ({"clientId": " "}, {"client_id": ["The ClientId field is required."]}),
        (
            {"redirectUri": "javascript:alert(1)"},
            {"redirect_uri": ["The RedirectUri field is not a valid fully-qualified http, https, or ftp URL."]},
        ),
        (
            {"redirectUri": "http://[::1"},
            {"redirect_uri": ["The RedirectUri field is not a valid fully-qualified http, https, or ftp URL."]},
        ),
    ],
)
def test_a_field_that_breaks_its_rule_is_named(
    cast: Cast, anonymous: APIClient, provider: Provider, body: dict[str, str], errors: Any
) -> None:
    response = sign_in(anonymous, **body)

    assert response.status_code == 422
    assert response.json()["errors"] == errors


def test_missing_fields_are_all_named(cast: Cast, anonymous: APIClient) -> None:
    response = anonymous.post("/api/v2/auth/google", {}, format="json")

    assert response.status_code == 422
    assert set(response.json()["errors"]) == {"client_id", "code", "redirect_uri"}


def test_no_secret_reaches_the_log_or_an_answer(
    cast: Cast, anonymous: APIClient, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [sign_in(anonymous).content, sign_in(anonymous, code="wrong").content]
    provider.pages["/user"] = (500, {})
    shown.append(sign_in(anonymous).content)

    for secret in (SECRET, ACCESS_TOKEN):
        assert secret not in caplog.text
        assert not any(secret.encode() in content for content in shown)
        assert secret not in repr(find_provider("google"))


# --- Unlinking ------------------------------------------------------------------------------------


def unlink(client: APIClient, provider: str, value: Any) -> Any:
    return client.post(f"/api/v2/auth/unlink/{provider}", {"value": value}, format="json")


def link(user: User, provider: str = "github", id_: str = "1") -> ExternalAccount:
    return ExternalAccount.objects.create(user=user, provider=provider, provider_user_id=id_)


def test_an_unlinked_account_is_gone_and_all_tokens_are_new(cast: Cast, owner: APIClient) -> None:
    account, old = link(cast.owner), cast.login_token(cast.owner).secret

    response = unlink(owner, "GitHub", "1")

    assert response.status_code == 200
    assert response.json()["token"] != old
    assert not ExternalAccount.objects.filter(pk=account.pk).exists()
    assert owner.get("/api/v2/users/me").status_code == 401


def test_the_last_way_to_sign_in_stays(cast: Cast, owner: APIClient) -> None:
    cast.owner.set_unusable_password()
    cast.owner.save(update_fields=["password"])
    link(cast.owner), link(cast.owner, "google", "2")

    assert unlink(owner, "github", "1").status_code == 200
    owner = cast.client(cast.owner)
    response = unlink(owner, "google", "2")

    assert response.status_code == 400
    assert response.json()["title"] == "You must set a local password before removing your external login."
    assert ExternalAccount.objects.get().provider == "google"


@pytest.mark.parametrize(
    ("provider", "value"), [("github", ""), ("github", None), ("%20", "1"), ("%00", "1"), ("github", " ")]
)
def test_what_names_no_account_is_a_400(cast: Cast, owner: APIClient, provider: str, value: Any) -> None:
    response = unlink(owner, provider, value)

    assert response.status_code == 400
    assert response.json()["title"] == "Invalid Provider Name or Provider User Id."


def test_accounts_of_others_cannot_be_unlinked(cast: Cast, owner: APIClient) -> None:
    link(cast.mate)

    unlink(owner, "github", "1")

    assert ExternalAccount.objects.filter(user=cast.mate).exists()


def test_who_may_not_unlink(cast: Cast) -> None:
    assert [unlink(cast.client(who), "github", "1").status_code for who in (None, cast.key, cast.user_key)] == [
        401,
        403,
        401,
    ]


def test_there_is_no_support_chat(cast: Cast, owner: APIClient) -> None:
    response = owner.get("/api/v2/auth/intercom")

    assert response.status_code == 422
    assert response.json()["errors"] == {"intercom": ["Intercom is not enabled."]}
    assert cast.client(None).get("/api/v2/auth/intercom").status_code == 401
