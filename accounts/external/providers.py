"""The services through which people may sign in, as the operator configured them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts.external.profile import Profile, facebook_profile, github_profile, openid_profile

Ask = Callable[[str], Any]
"""From an address to the JSON that the service answers to the person's access token."""

_GITHUB = ("https://github.com/login/oauth/access_token", "https://api.github.com/user")
_GOOGLE = ("https://oauth2.googleapis.com/token", "https://openidconnect.googleapis.com/v1/userinfo")
_FACEBOOK = (
    "https://graph.facebook.com/v23.0/oauth/access_token",
    "https://graph.facebook.com/v23.0/me?fields=id,name,email",
)
# Only personal accounts: in accounts of companies whoever manages them may write any address.
_MICROSOFT = (
    "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
    "https://graph.microsoft.com/oidc/userinfo",
)
_MANY_TENANTS = ("/common/", "/organizations/")


class NotConfiguredError(Exception):
    """The operator has not set up this service."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`trusted_origins` are those that the operator named: they may be inside, and without TLS.

    `read` makes the profile; `issuer` is set where the addresses have to be discovered first.
    """

    name: str
    title: str
    client_id: str
    client_secret: str
    token_url: str
    user_url: str
    read: Callable[[Provider, Ask], Profile]
    issuer: str = ""
    trusted_origins: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Provider {self.name}>"


def _read_github(provider: Provider, ask: Ask) -> Profile:
    return github_profile(provider.name, ask(provider.user_url), ask(f"{provider.user_url}/emails"))


def _read_facebook(provider: Provider, ask: Ask) -> Profile:
    return facebook_profile(provider.name, ask(provider.user_url))


def _read_microsoft(provider: Provider, ask: Ask) -> Profile:
    is_one_tenant = not any(part in provider.token_url for part in _MANY_TENANTS)
    return openid_profile(provider.name, ask(provider.user_url), is_always_verified=is_one_tenant)


def _read_openid(provider: Provider, ask: Ask) -> Profile:
    return openid_profile(provider.name, ask(provider.user_url))


_KNOWN: dict[str, tuple[str, tuple[str, str], Callable[[Provider, Ask], Profile]]] = {
    "github": ("GitHub", _GITHUB, _read_github),
    "google": ("Google", _GOOGLE, _read_openid),
    "facebook": ("Facebook", _FACEBOOK, _read_facebook),
    "live": ("Microsoft", _MICROSOFT, _read_microsoft),
    "oidc": ("OpenID Connect", ("", ""), _read_openid),
}


def title_of(name: str) -> str:
    return _KNOWN[name][0]


def find_provider(name: str) -> Provider:
    """Raises NotConfiguredError."""
    set_ = settings.SIGN_IN_PROVIDERS.get(name)
    if set_ is None:
        raise NotConfiguredError
    title, (token_url, user_url), read = _KNOWN[name]
    own = [set_["token_url"], set_["user_url"], set_["issuer"]]
    return Provider(
        name=name,
        title=title,
        client_id=set_["client_id"],
        client_secret=set_["client_secret"],
        token_url=set_["token_url"] or token_url,
        user_url=set_["user_url"] or user_url,
        read=read,
        issuer=set_["issuer"],
        trusted_origins=frozenset(origin(url) for url in own if url),
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
