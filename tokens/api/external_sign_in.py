"""Signing in by an account at another service, and unlinking it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_values import StringValueFromBodySerializer, value_of_body
from accounts.external.exchange import RefusedError, UnavailableError, profile_of
from accounts.external.providers import NotConfiguredError, find_provider, title_of
from accounts.models import User
from accounts.services.external_accounts import OnlySignInError, unlink_account
from accounts.services.memberships import find_invite
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import Problem, bad_request
from exceptionless_site.api.schema import problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.text_fields import text_limit
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.json import clean_text
from exceptionless_site.core.net import client_address
from tokens.api.auth import TokenResultSerializer, token_result
from tokens.services.external_login import (
    AccountCreationDisabledError,
    NoVerifiedAddressError,
    attempt,
    log_in_externally,
)
from tokens.services.login import LoginDeniedError, LoginFailedError, issue_login_token

_BODY = (400, "The body is missing or cannot be read.")
_NO_URL = "The RedirectUri field is not a valid fully-qualified http, https, or ftp URL."
_INVALID = "Invalid Provider Name or Provider User Id."


def _check_url(value: str) -> None:
    try:
        parts = urlsplit(value)
    except ValueError:
        raise serializers.ValidationError(_NO_URL) from None
    if parts.scheme.lower() not in ("http", "https", "ftp") or not parts.netloc:
        raise serializers.ValidationError(_NO_URL)


class ExternalAuthInfoSerializer(serializers.Serializer[Any]):
    """Described only: these members are in camel case on the wire, unlike all others."""

    clientId = serializers.CharField()  # noqa: N815
    code = serializers.CharField()
    redirectUri = serializers.URLField()  # noqa: N815
    inviteToken = serializers.CharField(required=False, allow_null=True)  # noqa: N815


class ExternalSignInSerializer(WireSerializer):
    client_id = serializers.CharField(**text_limit(2048, "ClientId"))
    code = serializers.CharField(**text_limit(8192, "Code"))
    redirect_uri = serializers.CharField(validators=[_check_url], **text_limit(2048, "RedirectUri"))
    invite_token = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    code_verifier = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, **text_limit(128, "CodeVerifier")
    )


def _operation(title: str) -> Callable[[Any], Any]:
    return extend_schema(
        summary=f"Sign in with {title}",
        description=(
            f"Exchanges the code that {title} gave to the browser for your account's login token. If you are signed "
            "in, the account is linked to you. Else it lets in whoever has it linked, or whoever has its e-mail "
            f"address if {title} has verified that one; otherwise an account is made. Whoever started with a PKCE "
            "challenge adds its `codeVerifier`. The state is for the page that asked: compare it before you post."
        ),
        request=ExternalAuthInfoSerializer,
        responses={
            200: OpenApiResponse(TokenResultSerializer, description="User Authentication Token"),
            **problems(
                _BODY,
                (401, f"{title} does not vouch for anybody, or not for a verified e-mail address."),
                (403, "Account Creation is currently disabled"),
                415,
                422,
                (500, f"The server is not set up for {title}."),
                (503, f"{title} cannot be reached."),
            ),
        },
        examples=[
            OpenApiExample(
                "Sign in",
                {"clientId": "1234", "code": "5678", "redirectUri": "https://errors.example.test/next/login"},
                request_only=True,
            )
        ],
    )


class ExternalSignInViewSet(WireViewSet):
    tag = "Auth"
    queryset = User.objects.none()
    serializer_class = ExternalAuthInfoSerializer
    pagination_class = None
    policies: ClassVar = {name: [AllowAny] for name in ("github", "google", "facebook", "live", "oidc")}

    @_operation("GitHub")
    def github(self, request: Request) -> Response:
        return self._sign_in("github")

    @_operation("Google")
    def google(self, request: Request) -> Response:
        return self._sign_in("google")

    @_operation("Facebook")
    def facebook(self, request: Request) -> Response:
        return self._sign_in("facebook")

    @_operation("Microsoft")
    def live(self, request: Request) -> Response:
        return self._sign_in("live")

    @_operation("OpenID Connect")
    def oidc(self, request: Request) -> Response:
        return self._sign_in("oidc")

    @extend_schema(
        summary="Removes an external login provider from the account",
        description=(
            "The account at the provider lets you in no more; all your tokens end, and the answer is a new one. The "
            "last account stays as long as you have no password."
        ),
        request=StringValueFromBodySerializer,
        responses={
            200: OpenApiResponse(TokenResultSerializer, description="User Authentication Token"),
            **problems((400, "Invalid provider name."), 415),
        },
        examples=[OpenApiExample("The id at the provider", {"value": "583231"}, request_only=True)],
    )
    def unlink(self, request: Request, provider_name: str) -> Response:
        user, provider_name = self.require_user(), clean_text(provider_name)
        id_ = value_of_body(request)
        if not provider_name.strip() or not id_.strip():
            raise bad_request(_INVALID)
        try:
            unlink_account(user=user, provider=provider_name, provider_user_id=id_)
        except OnlySignInError:
            raise bad_request("You must set a local password before removing your external login.") from None
        return token_result(issue_login_token(user=user))

    def _sign_in(self, name: str) -> Response:
        request, ip = self.request, client_address(self.request._request)
        body = read_body(request, ExternalSignInSerializer, lambda name: name.replace("_", "").lower())
        title = title_of(name)
        try:
            provider = find_provider(name)
            attempt(ip)
            profile = profile_of(
                provider,
                code=body["code"],
                redirect_uri=body["redirect_uri"],
                code_verifier=body.get("code_verifier") or "",
            )
            invite = find_invite(body.get("invite_token"))
            token = log_in_externally(profile=profile, current=self._current(), ip=ip, invite=invite)
        except NotConfiguredError:
            raise Problem(
                500, "Internal Server Error", detail=f"Signing in with {title} is not set up on this server."
            ) from None
        except UnavailableError:
            raise Problem(503, detail=f"{title} cannot be reached, or does not answer as it should.") from None
        except AccountCreationDisabledError:
            raise Problem(403, "Account Creation is currently disabled") from None
        except LoginDeniedError:
            raise Problem(401, "Login denied.") from None
        except NoVerifiedAddressError:
            raise Problem(401, f"{title} names no verified e-mail address.") from None
        except (RefusedError, LoginFailedError):
            raise Problem(401, "Login failed.") from None
        return token_result(token)

    def _current(self) -> User | None:
        """The person who asks, if they are signed in themselves: an API key must not add a way in."""
        identity: Any = self.request.auth
        return identity.user if identity is not None and identity.kind == "user" else None
