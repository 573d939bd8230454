"""Letting requests in: Bearer, Token, the three Basic forms, the query string, and the browser session.

Only one source of credentials is looked at. A credential that is refused leaves the request anonymous,
so that open routes still answer and the others say 401.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from accounts.identity import Identity, with_implied
from accounts.models import Membership, Organization, User
from accounts.models.user import CLIENT
from accounts.services.users import user_with_password
from exceptionless_site.api.errors import challenge
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.memory import Memory
from tokens.models import Token, TokenType

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from rest_framework.request import Request

_QUERY_NAMES = ("access_token", "api_key", "apikey")
_SCHEMES = ("bearer", "token", "basic")


class CredentialAuthentication(BaseAuthentication):
    """The wire's credentials: a header, else the query string; never a cookie."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Identity] | None:
        identity = identify(request._request)
        if identity is None:
            return None
        return identity.user or request._request.user, identity

    def authenticate_header(self, request: Request) -> str:
        # Must not be empty, or DRF answers 403 where the clients need 401.
        return challenge(request.path) or "Bearer"


class BrowsableSessionAuthentication(SessionAuthentication):
    """The admin's session, for the browsable API only.

    CORS lets every origin read answers, so a cookie must never count for a request from another origin;
    writing asks for the CSRF token as well. A request with any credential of its own ignores the cookie.
    """

    def authenticate(self, request: Request) -> tuple[User, Identity] | None:
        http_request = request._request
        if has_credential(http_request) or not _is_same_origin(http_request):
            return None
        try:
            found = super().authenticate(request)
        except PermissionDenied:
            # Without the CSRF token the cookie does not count; open routes such as login still answer.
            return None
        if found is None or not isinstance(found[0], User):
            return None
        return found[0], identity_of_user(found[0])

    def enforce_csrf(self, request: Request) -> None:
        # The check looks for the token among the form's fields too. DRF's own request would read the body to
        # find them, and the event routes, which read it themselves, would find it empty.
        super().enforce_csrf(request._request)  # type: ignore[arg-type]


def _is_same_origin(request: HttpRequest) -> bool:
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.META.get("HTTP_ORIGIN")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def has_credential(request: HttpRequest) -> bool:
    """The request brings a header or a query parameter of its own, good or bad."""
    return _authorization(request)[0] in _SCHEMES or bool(_query_token(request))


def identify(request: HttpRequest) -> Identity | None:
    """Who the request's one credential stands for; None when it has none or it is refused."""
    credential = _credential(request)
    if isinstance(credential, str):
        return identity_of_secret(credential)
    user = user_with_password(*credential)
    return identity_of_user(user) if user else None


def remembered_identity(request: HttpRequest) -> Identity | None:
    """The same for the route that must be fast: tokens only, and as they were within the last second."""
    credential = _credential(request)
    if not isinstance(credential, str):
        return None
    admitted = _admitted.get(credential, partial(_admit, credential))
    return admitted.identity if admitted is not None and not _has_expired(admitted.expires_utc) else None


class _Admitted(NamedTuple):
    identity: Identity
    expires_utc: datetime | None


_admitted: Memory[str, _Admitted] = Memory(Token, User, Membership, Organization)


def _admit(secret: str) -> _Admitted | None:
    token = _usable_token(secret)
    identity = _identity_of_token(token) if token else None
    return _Admitted(identity, token.expires_utc) if token and identity else None


def _credential(request: HttpRequest) -> str | tuple[str, str]:
    """The token that the request names, empty when there is none; or the name and password of a person."""
    scheme, value = _authorization(request)
    if scheme == "basic":
        return _basic_credential(value)
    return value if scheme in _SCHEMES else _query_token(request)


def _authorization(request: HttpRequest) -> tuple[str, str]:
    scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    return scheme.lower(), value.strip()


def _query_token(request: HttpRequest) -> str:
    found = {name.lower(): str(value) for name, value in request.GET.items()}
    return next((found[name] for name in _QUERY_NAMES if found.get(name)), "")


def _basic_credential(value: str) -> str | tuple[str, str]:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    name, _, password = text.partition(":")
    if not name or not password:
        return ""
    if name.lower() == "client":
        return password
    if password.lower() == "x-oauth-basic":
        return name
    return name, password


def identity_of_secret(secret: str) -> Identity | None:
    """The identity of a token; None when it is unknown, disabled, suspended or expired."""
    token = _usable_token(secret)
    return _identity_of_token(token) if token else None


def _usable_token(secret: str) -> Token | None:
    # PostgreSQL refuses to look for a text with U+0000 in it.
    if not secret or len(secret) > 40 or "\x00" in secret:
        return None
    token = Token.objects.filter(secret=secret).select_related("user").first()
    if token is None or token.is_disabled or token.is_suspended or _has_expired(token.expires_utc):
        return None
    return token


def _has_expired(expires_utc: datetime | None) -> bool:
    return expires_utc is not None and expires_utc < utc_now()


def _identity_of_token(token: Token) -> Identity | None:
    if token.type == TokenType.AUTHENTICATION:
        return identity_of_user(token.user, token) if token.user else None
    if token.user:
        roles, organizations = token.scopes or token.user.roles, token.user.organization_ids()
    else:
        roles, organizations = token.scopes or [CLIENT], _living([token.organization_id])
    return Identity(
        kind="token",
        roles=with_implied(roles) if not token.scopes else frozenset(roles),
        organization_ids=tuple(organizations),
        user=token.user,
        token_id=token.pk,
        project_id=token.project_id,
        default_project_id=token.project_id or token.default_project_id,
    )


def _living(ids: list[str | None]) -> list[str]:
    return list(Organization.objects.alive().filter(pk__in=ids).values_list("pk", flat=True))


def identity_of_user(user: User, token: Token | None = None) -> Identity:
    """A person with all their roles and organizations; `token` is the login token that was used."""
    return Identity(
        kind="user",
        roles=with_implied(user.roles),
        organization_ids=tuple(user.organization_ids()),
        user=user,
        token_id=token.pk if token else None,
        default_project_id=token.default_project_id if token else None,
    )
