"""Signing in and out, and signing up."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.services.email_checks import is_taken
from accounts.services.memberships import find_invite
from accounts.services.users import is_email_address, normal_email
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import Problem, invalid
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.text_fields import text_bounds, text_limit
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.net import client_address
from tokens.models import Token
from tokens.services.login import LoginDeniedError, LoginFailedError, SignupDeniedError, log_in, log_out, sign_up


class PasswordField(serializers.CharField):
    """6 to 100 characters, kept as typed; blanks alone count as nothing."""

    def __init__(self, name: str = "Password", **options: Any) -> None:
        super().__init__(style={"input_type": "password"}, write_only=True, **text_bounds(6, 100, name), **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation("" if isinstance(data, str) and not data.strip() else data)


@extend_schema_field({"type": "string", "minLength": 40, "maxLength": 40})
class InviteTokenField(serializers.CharField):
    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, **text_bounds(40, 40, "InviteToken"))


class LoginSerializer(WireSerializer):
    email = serializers.CharField()
    password = PasswordField()
    invite_token = InviteTokenField()


class SignupSerializer(WireSerializer):
    name = serializers.CharField(**text_limit(250, "Name"))
    email = serializers.CharField()
    password = PasswordField()
    invite_token = InviteTokenField()


class TokenResultSerializer(WireSerializer):
    token = serializers.CharField()


class AuthViewSet(WireViewSet):
    tag = "Auth"
    queryset = User.objects.none()
    pagination_class = None
    policies = {"login": [AllowAny], "signup": [AllowAny], "check_email_address": [AllowAny]}
    serializer_classes: ClassVar[dict[str, type[WireSerializer]]] = {
        "login": LoginSerializer,
        "signup": SignupSerializer,
    }

    def get_serializer_class(self) -> type[WireSerializer]:
        return self.serializer_classes.get(self.action or "", WireSerializer)

    @extend_schema(
        summary="Login",
        description=(
            "Gives a token for your e-mail address and password, with your roles. Send it as "
            "`Authorization: Bearer TOKEN` or as `?access_token=TOKEN`. On the documentation page, press Authorize "
            "and paste it. After 5 attempts for an address, or 15 from one place, within a quarter hour, further "
            "ones are refused unseen."
        ),
        request=LoginSerializer,
        responses={
            200: OpenApiResponse(TokenResultSerializer, description="User Authentication Token"),
            **problems((400, "The body is missing or cannot be read."), (401, "Login failed"), 415, 422),
        },
        examples=[
            OpenApiExample("Login", {"email": "ada@example.test", "password": "analytical engine"}, request_only=True)
        ],
    )
    def login(self, request: Request) -> Response:
        body = read_body(request, LoginSerializer)
        invite = find_invite(body.get("invite_token"))
        try:
            token = log_in(
                email=body["email"], password=body["password"], ip=client_address(request._request), invite=invite
            )
        except (LoginDeniedError, LoginFailedError) as error:
            raise _refused(error) from None
        return token_result(token)

    @extend_schema(
        summary="Sign up",
        description=(
            "Makes an account and signs in. The first account of a server is its global admin. With the address of "
            "an account that exists already this is a login. An invite token joins the organization that sent it."
        ),
        request=SignupSerializer,
        responses={
            200: OpenApiResponse(TokenResultSerializer, description="User Authentication Token"),
            **problems(
                (400, "The body is missing or cannot be read."),
                (401, "Sign-up failed"),
                (403, "Account Creation is currently disabled"),
                415,
                422,
            ),
        },
        examples=[
            OpenApiExample(
                "Sign up",
                {"name": "Ada Lovelace", "email": "ada@example.test", "password": "analytical engine"},
                request_only=True,
            )
        ],
    )
    def signup(self, request: Request) -> Response:
        body = read_body(request, SignupSerializer)
        invite = find_invite(body.get("invite_token"))
        if invite is None and not settings.ENABLE_ACCOUNT_CREATION:
            raise Problem(403, "Account Creation is currently disabled")
        if not is_email_address(normal_email(body["email"])):
            raise Problem(422, errors={"email_address": ["The EmailAddress field is not a valid e-mail address."]})
        ip = client_address(request._request)
        try:
            token = sign_up(name=body["name"], email=body["email"], password=body["password"], ip=ip, invite=invite)
        except (LoginDeniedError, LoginFailedError, SignupDeniedError) as error:
            raise _refused(error) from None
        return token_result(token)

    @extend_schema(
        summary="Get the current user's Intercom messenger token.",
        description="For the support chat of the official service, which this server does not have.",
        responses={
            200: OpenApiResponse(TokenResultSerializer, description="Intercom messenger token"),
            **problems((401, "User not logged in"), (422, "Intercom is not enabled.")),
        },
    )
    def intercom(self, request: Request) -> Response:
        self.require_user()
        raise invalid(intercom="Intercom is not enabled.")

    @extend_schema(
        summary="Logout the current user and remove the current access token",
        description="Ends all sessions that share the login token. API keys and passwords cannot be logged out.",
        responses={200: empty("User successfully logged-out"), **problems((401, "User not logged in"), 403)},
    )
    def logout(self, request: Request) -> Response:
        identity: Any = request.auth
        if identity.kind == "token":
            self.require_user()
            raise Problem(403, "Logout not supported for current user access token")
        if identity.token_id is None:
            raise Problem(403, "Logout not supported")
        log_out(token_id=identity.token_id)
        return Response()

    @extend_schema(
        summary="Check email address",
        description=(
            "Whether an address has an account: 201 when it has, 204 when not. After three questions an hour from "
            "one place the answer is always 204."
        ),
        responses={201: empty("The address has an account, or is your own."), 204: empty("The address is free.")},
    )
    def check_email_address(self, request: Request, email: str) -> Response:
        identity: Any = request.auth
        user = identity.user if identity is not None else None
        return Response(status=201 if is_taken(email=email, ip=client_address(request._request), asker=user) else 204)


_TITLES: dict[type[Exception], str] = {
    LoginDeniedError: "Login denied.",
    LoginFailedError: "Login failed.",
    SignupDeniedError: "Signup denied.",
}


def _refused(error: Exception) -> Problem:
    return Problem(401, _TITLES[type(error)])


def token_result(token: Token) -> Response:
    return Response(TokenResultSerializer({"token": token.secret}).data)
