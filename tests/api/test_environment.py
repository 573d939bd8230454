"""Reading what the operator set about mails and about signing in elsewhere."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from exceptionless_site import env

PARTS = ("CLIENT_ID", "CLIENT_SECRET", "TOKEN_URL", "USER_URL", "ISSUER")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB", "OIDC"):
        for part in PARTS:
            monkeypatch.delenv(f"EXCEPTIONLESS_{name}_{part}", raising=False)
    for name in ("SMTP_FROM", "WEB_UI_URL"):
        monkeypatch.delenv(f"EXCEPTIONLESS_{name}", raising=False)


def test_a_service_that_is_not_set_up_is_none() -> None:
    assert env.sign_in_provider("GITHUB") is None


def test_a_service_has_its_secrets_and_its_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCEPTIONLESS_GITHUB_CLIENT_ID", " id ")
    monkeypatch.setenv("EXCEPTIONLESS_GITHUB_CLIENT_SECRET", "secret")
    monkeypatch.setenv("EXCEPTIONLESS_GITHUB_USER_URL", "http://github.internal/api/v3/user/")

    assert env.sign_in_provider("GITHUB") == {
        "client_id": "id",
        "client_secret": "secret",
        "token_url": "",
        "user_url": "http://github.internal/api/v3/user",
        "issuer": "",
    }


@pytest.mark.parametrize(
    ("set_", "named"),
    [
        ({"GITHUB_CLIENT_ID": "id"}, "GITHUB_CLIENT_SECRET"),
        ({"GITHUB_CLIENT_SECRET": "secret"}, "GITHUB_CLIENT_ID"),
        (
            {"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": "secret", "GITHUB_TOKEN_URL": "ftp://x"},
            "GITHUB_TOKEN_URL",
        ),
        ({"OIDC_CLIENT_ID": "id", "OIDC_CLIENT_SECRET": "secret"}, "OIDC_ISSUER"),
    ],
)
def test_half_a_service_stops_the_start_without_telling_the_secret(
    monkeypatch: pytest.MonkeyPatch, set_: dict[str, str], named: str
) -> None:
    for name, value in set_.items():
        monkeypatch.setenv(f"EXCEPTIONLESS_{name}", value)

    with pytest.raises(ImproperlyConfigured, match=named) as error:
        env.sign_in_provider(named.partition("_")[0])
    assert "'secret'" not in str(error.value)


@pytest.mark.parametrize("value", ["errors@example.com", "Exceptionless <errors@example.com>"])
def test_a_sender_is_an_address_with_or_without_a_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EXCEPTIONLESS_SMTP_FROM", value)

    assert env.sender("SMTP_FROM", "other@example.com") == value


@pytest.mark.parametrize("value", ["errors", "Exceptionless", "a@b\nBcc: c@d"])
def test_what_is_no_sender_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EXCEPTIONLESS_SMTP_FROM", value)

    with pytest.raises(ImproperlyConfigured, match="SMTP_FROM"):
        env.sender("SMTP_FROM", "other@example.com")


def test_an_email_address_is_bare_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.email_address("CONTACT_ADDRESS") == ""
    monkeypatch.setenv("EXCEPTIONLESS_CONTACT_ADDRESS", " ops@example.com ")
    assert env.email_address("CONTACT_ADDRESS") == "ops@example.com"


@pytest.mark.parametrize("value", ["ops", "Ops <ops@example.com>", "a@example.com, b@example.com"])
def test_what_is_no_email_address_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EXCEPTIONLESS_CONTACT_ADDRESS", value)

    with pytest.raises(ImproperlyConfigured, match="CONTACT_ADDRESS"):
        env.email_address("CONTACT_ADDRESS")


def test_the_web_ui_is_none_or_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.optional_web_address("WEB_UI_URL") == ""
    monkeypatch.setenv("EXCEPTIONLESS_WEB_UI_URL", "https://errors.example.com/next/")
    assert env.optional_web_address("WEB_UI_URL") == "https://errors.example.com/next"
    monkeypatch.setenv("EXCEPTIONLESS_WEB_UI_URL", "errors.example.com")
    with pytest.raises(ImproperlyConfigured, match="WEB_UI_URL"):
        env.optional_web_address("WEB_UI_URL")
