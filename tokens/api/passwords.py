"""Changing a password, and setting a new one when it is forgotten."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.services.password_resets import (
    InvalidResetTokenError,
    ResetTokenExpiredError,
    cancel_password_reset,
    request_password_reset,
    reset_password,
)
from accounts.services.passwords import (
    SamePasswordError,
    TooManyAttemptsError,
    WrongPasswordError,
    change_password,
)
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import Problem, bad_request, invalid
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.text_fields import text_bounds
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.net import client_address
from tokens.api.auth import PasswordField, TokenResultSerializer, token_result
from tokens.services.login import issue_login_token

_BODY = (400, "The body is missing or cannot be read.")


class ChangePasswordModelSerializer(WireSerializer):
    current_password = PasswordField(name="CurrentPassword")
    password = PasswordField()


class ResetPasswordModelSerializer(WireSerializer):
    password_reset_token = serializers.CharField(**text_bounds(40, 40, "PasswordResetToken"))
    password = PasswordField()


class PasswordViewSet(WireViewSet):
    tag = "Auth"
    queryset = User.objects.none()
    pagination_class = None
    policies: ClassVar = {"forgot": [AllowAny], "reset": [AllowAny], "cancel_reset": [AllowAny]}
    serializer_classes: ClassVar[dict[str, type[WireSerializer]]] = {
        "change": ChangePasswordModelSerializer,
        "reset": ResetPasswordModelSerializer,
    }

    def get_serializer_class(self) -> type[WireSerializer]:
        return self.serializer_classes.get(self.action or "", WireSerializer)

    @extend_schema(
        summary="Change password",
        description=(
            "Sets a new password and ends everything that the old one let in: all login tokens and personal API keys. "
            "The answer is a new login token. People without a password need no current one, but something in its "
            "place. After 5 wrong ones within a quarter hour further ones are refused unseen."
        ),
        request=ChangePasswordModelSerializer,
        responses={
            200: OpenApiResponse(TokenResultSerializer, description="User Authentication Token"),
            **problems(_BODY, 415, 422, 429),
        },
        examples=[
            OpenApiExample(
                "Change",
                {"current_password": "analytical engine", "password": "difference engine"},
                request_only=True,
            )
        ],
    )
    def change(self, request: Request) -> Response:
        user = self.require_user()
        body = read_body(request, ChangePasswordModelSerializer)
        try:
            change_password(user=user, **body)
        except SamePasswordError:
            raise invalid(password="New password must not be the same as the current password.") from None  # noqa: S106
        except WrongPasswordError:
            raise invalid(current_password="The current password is incorrect.") from None  # noqa: S106
        except TooManyAttemptsError:
            raise Problem(429, "Too many attempts. Please try later.") from None
        return token_result(issue_login_token(user=user))

    @extend_schema(
        summary="Forgot password",
        description=(
            "Mails a link for a new password. The answer is the same whether or not somebody has the address, and "
            "from the fourth request within an hour nothing is sent."
        ),
        responses={
            200: empty("Forgot password email was sent."),
            **problems((400, "Invalid email address.")),
        },
    )
    def forgot(self, request: Request, email: str) -> Response:
        if not email.strip():
            raise bad_request("Please specify a valid Email Address.")
        request_password_reset(email_address=email, ip=client_address(request._request))
        return Response()

    @extend_schema(
        summary="Reset password",
        description=(
            "Sets a new password with the token of the mailed link, which is good for a day and works once. The "
            "e-mail address counts as verified, and all tokens of the person end."
        ),
        request=ResetPasswordModelSerializer,
        responses={200: empty("Password was reset."), **problems(_BODY, 415, (422, "Invalid reset password model."))},
        examples=[
            OpenApiExample(
                "Reset", {"password_reset_token": "t" * 40, "password": "difference engine"}, request_only=True
            )
        ],
    )
    def reset(self, request: Request) -> Response:
        body = read_body(request, ResetPasswordModelSerializer)
        try:
            reset_password(token=body["password_reset_token"], password=body["password"])
        except InvalidResetTokenError:
            raise invalid(password_reset_token="Invalid Password Reset Token") from None  # noqa: S106
        except ResetTokenExpiredError:
            raise invalid(password_reset_token="Password Reset Token has expired") from None  # noqa: S106
        except SamePasswordError:
            raise invalid(
                password="The new password must be different than the previous password"  # noqa: S106
            ) from None
        return Response()

    @extend_schema(
        summary="Cancel reset password",
        description="Makes the mailed link invalid. Unknown tokens get the same answer. Needs no body.",
        request=None,
        responses={
            200: empty("Password reset email was cancelled."),
            **problems((400, "Invalid password reset token."), 415),
        },
    )
    def cancel_reset(self, request: Request, token: str) -> Response:
        _refuse_other_content(request)
        if not token.strip():
            raise bad_request("Invalid password reset token.")
        cancel_password_reset(token=token)
        return Response()


def _refuse_other_content(request: Request) -> None:
    """415 for a body that is no JSON; no body at all is fine."""
    length: Any = request.META.get("CONTENT_LENGTH") or "0"
    content_type = (request.content_type or "").partition(";")[0].strip().lower()
    is_json = content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )
    if length != "0" and not is_json:
        raise Problem(415)
