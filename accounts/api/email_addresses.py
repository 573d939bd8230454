"""People's e-mail addresses: changing and verifying them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.users import PersonViewSet
from accounts.permissions import GlobalAdminPolicy, UserPolicy
from accounts.services.email_addresses import (
    EmailAddressError,
    EmailAddressTakenError,
    TokenExpiredError,
    TooManyChangesError,
    change_email_address,
    resend_verification,
    unverify_email_addresses,
    user_by_verification_token,
    verify_email_address,
)
from exceptionless_site.api.errors import Problem, invalid, not_found
from exceptionless_site.api.parsers import WireJSONParser, read_capped
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.core.json import clean_text

_USER_NOT_FOUND = (404, "The user could not be found.")


class TextParser(BaseParser):
    """`text/plain` as a text."""

    media_type = "text/plain"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = read_capped(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return clean_text(raw.decode("utf-8", "replace"))


class UpdateEmailAddressResultSerializer(WireSerializer):
    is_verified = serializers.BooleanField()


class EmailAddressViewSet(PersonViewSet):
    policies: ClassVar = {"unverify": [UserPolicy, GlobalAdminPolicy]}
    serializer_class = UpdateEmailAddressResultSerializer

    def get_parsers(self) -> list[Any]:
        is_text = getattr(self, "action_map", {}).get("post") == "unverify"
        return [TextParser() if is_text else WireJSONParser()]

    @extend_schema(
        summary="Update email address",
        description=(
            "Gives the person another address, three times an hour at most, and mails a link that proves it. It is "
            "verified at once only if a linked external account has the same address. Needs no body."
        ),
        request=None,
        responses={
            200: UpdateEmailAddressResultSerializer,
            **problems(
                (400, "An error occurred while updating the users email address."),
                (404, "Not Found"),
                422,
                (429, "Update email address rate limit reached."),
            ),
        },
        examples=[OpenApiExample("A mail is on its way", {"is_verified": False}, response_only=True)],
    )
    def update(self, request: Request, id: str, email: str) -> Response:  # noqa: A002 - the wire's name
        user = self.reachable(id)
        identity: Any = request.auth
        try:
            change_email_address(user=user, email_address=email, changed_by=identity.user or user)
        except TooManyChangesError:
            raise Problem(429, "Unable to update email address. Please try later.") from None
        except EmailAddressTakenError:
            raise invalid(email_address="A user already exists with this email address.") from None
        except EmailAddressError:
            raise invalid(email_address="The EmailAddress field is not a valid e-mail address.") from None
        return Response({"is_verified": user.is_email_address_verified})

    @extend_schema(
        summary="Verify email address",
        description="Uses up the token of a verification mail. Once your address is verified, any token will do.",
        responses={
            200: empty("OK"),
            **problems(_USER_NOT_FOUND, (422, "Verify Email Address Token has expired.")),
        },
    )
    def verify(self, request: Request, token: str) -> Response:
        return self._verify(token)

    @extend_schema(exclude=True)
    def verify_by_query(self, request: Request) -> Response:
        """As the official web UI asks: with the token in the query."""
        return self._verify(clean_text(request.query_params.get("token", "")))

    def _verify(self, token: str) -> Response:
        identity: Any = self.request.auth
        try:
            user = user_by_verification_token(token)
        except TokenExpiredError:
            raise invalid(
                verify_email_address_token_expiration="Verify Email Address Token has expired."  # noqa: S106
            ) from None
        if user is not None:
            verify_email_address(user=user)
        elif identity.user is None or not identity.user.is_email_address_verified:
            raise not_found(self.not_found_title)
        return Response()

    @extend_schema(
        summary="Resend verification email",
        description="Mails the link once more; nothing happens when the address is verified already.",
        responses={
            200: empty("The user verification email has been sent."),
            **problems(_USER_NOT_FOUND, (429, "Too many mails in this hour.")),
        },
    )
    def resend(self, request: Request, id: str) -> Response:  # noqa: A002
        try:
            resend_verification(user=self.reachable(id))
        except TooManyChangesError:
            raise Problem(429, "Unable to send the verification email. Please try later.") from None
        return Response()

    @extend_schema(
        summary="Unverify email addresses",
        description="People with these addresses, separated by commas, have to prove them again.",
        request={"text/plain": OpenApiTypes.STR},
        responses={200: empty("OK"), **problems(415)},
    )
    def unverify(self, request: Request) -> Response:
        text: Any = request.data
        if isinstance(text, str):
            unverify_email_addresses(email_addresses=text.split(","))
        return Response()
