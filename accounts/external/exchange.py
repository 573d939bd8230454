"""Finding out who signed in at another service: code → access token → profile (OAuth 2.0, OpenID Connect)."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client

from accounts.external.profile import Profile, ProfileError
from accounts.external.providers import Provider, origin
from exceptionless_site.core import json
from exceptionless_site.core.http import Answer, Limits, Outbound, OutboundError, Reach

_ANYWHERE = Reach(any_port=True, networks=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))
_PUBLIC = Reach()
# A redirect could lead away from what the operator named.
_LIMITS = Limits(size=200_000, seconds=5.0, redirects=0)
_CONFIGURATION = "/.well-known/openid-configuration"


class RefusedError(Exception):
    """The service does not vouch for anybody: the code is wrong, used or too old."""


class UnavailableError(Exception):
    """The service cannot be reached, or does not answer as it should."""


def profile_of(provider: Provider, *, code: str, redirect_uri: str, code_verifier: str = "") -> Profile:
    """Who got the code. Takes as long as the service takes. Raises RefusedError and UnavailableError."""
    session = _Session(provider.trusted_origins)
    provider = _discovered(provider, session)
    client = OAuth2Client(
        session,
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
    )
    proof = {"code_verifier": code_verifier} if code_verifier else {}
    try:
        token = client.fetch_token(
            provider.token_url, grant_type="authorization_code", code=code, redirect_uri=redirect_uri, **proof
        )
        access_token = token["access_token"]
    except (AuthlibBaseError, KeyError, TypeError):
        raise RefusedError from None
    except (OutboundError, ValueError) as error:
        raise UnavailableError(str(error)) from None
    try:
        return provider.read(provider, lambda url: session.json(url, str(access_token)))
    except (OutboundError, ProfileError, ValueError) as error:
        raise UnavailableError(str(error)) from None


def _discovered(provider: Provider, session: _Session) -> Provider:
    """With the addresses that an OpenID Connect issuer gives."""
    if not provider.issuer:
        return provider
    try:
        found = session.json(provider.issuer + _CONFIGURATION)
    except (OutboundError, ValueError) as error:
        raise UnavailableError(str(error)) from None
    if not isinstance(found, dict) or str(found.get("issuer", "")).rstrip("/") != provider.issuer:
        raise UnavailableError("The issuer does not describe itself.")
    token_url, user_url = found.get("token_endpoint"), found.get("userinfo_endpoint")
    if not isinstance(token_url, str) or not isinstance(user_url, str):
        raise UnavailableError("The issuer names no endpoints.")
    return replace(provider, token_url=token_url, user_url=user_url)


@dataclass(frozen=True, slots=True)
class _Response:
    """An answer in the form that the OAuth client reads."""

    answer: Answer

    @property
    def status_code(self) -> int:
        return self.answer.status

    def json(self) -> Any:
        return json.loads(self.answer.body)

    def raise_for_status(self) -> None:
        if self.answer.status >= 400:
            raise OutboundError(f"The service answers with {self.answer.status}.")


@dataclass(frozen=True, slots=True)
class _Session:
    """Carries the OAuth client's requests. Only origins that the operator named may be inside."""

    trusted_origins: frozenset[str]

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> _Response:
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        return _Response(self._outbound(url).post(url, body.encode(), limits=_LIMITS, headers=headers))

    def json(self, url: str, access_token: str = "") -> Any:
        """The JSON at an address. Raises OutboundError, and ValueError for what is no JSON."""
        authorization = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        answer = self._outbound(url).get(url, limits=_LIMITS, headers={"Accept": "application/json"} | authorization)
        response = _Response(answer)
        response.raise_for_status()
        return response.json()

    def _outbound(self, url: str) -> Outbound:
        return Outbound(tls=_tls(), reach=_ANYWHERE if origin(url) in self.trusted_origins else _PUBLIC)


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the list of authorities takes longer than the request.
    return ssl.create_default_context()
