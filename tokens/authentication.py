"""Letting requests in: Bearer, Token, the three Basic forms, the query string, and the browser session.

Only one source of credentials is looked at. A credential that is refused leaves the request anonymous,
so that open routes still answer and the others say 401.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from accounts.identity import Identity, with_implied
from accounts.models import Organization, User
from accounts.models.user import CLIENT
from accounts.services.users import user_with_password
from exceptionless_site.api.errors import challenge
from exceptionless_site.core.clock import utc_now
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
    return _scheme(request) in _SCHEMES or bool(_query_token(request))


def identify(request: HttpRequest) -> Identity | None:
    """Who the request's one credential stands for; None when it has none or it is refused."""
    scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    scheme, value = scheme.lower(), value.strip()
    if scheme in ("bearer", "token"):
        return identity_of_secret(value)
    if scheme == "basic":
        return _identity_of_basic(value)
    return identity_of_secret(_query_token(request))


def _scheme(request: HttpRequest) -> str:
    scheme: str = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")[0]
    return scheme.lower()


def _query_token(request: HttpRequest) -> str:
    found = {name.lower(): str(value) for name, value in request.GET.items()}
    return next((found[name] for name in _QUERY_NAMES if found.get(name)), "")


def _identity_of_basic(value: str) -> Identity | None:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, _, password = text.partition(":")
    if not name or not password:
        return None
    if name.lower() == "client":
        return identity_of_secret(password)
    if password.lower() == "x-oauth-basic":
        return identity_of_secret(name)
    return _identity_of_password(name, password)


def _identity_of_password(email_address: str, password: str) -> Identity | None:
    user = user_with_password(email_address, password)
    return identity_of_user(user) if user else None


def identity_of_secret(secret: str) -> Identity | None:
    """The identity of a token; None when it is unknown, disabled, suspended or expired."""
    # PostgreSQL refuses to look for a text with U+0000 in it.
    if not secret or len(secret) > 40 or "\x00" in secret:
        return None
    token = Token.objects.filter(secret=secret).select_related("user").first()
    if token is None or token.is_disabled or token.is_suspended:
        return None
    if token.expires_utc is not None and token.expires_utc < utc_now():
        return None
    return _identity_of_token(token)


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
