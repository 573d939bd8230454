"""The contact form: a message to whom the operator named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import QueryDict
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import MailMessage
from accounts.services.contact import (
    ContactMessage,
    NotConfiguredError,
    TooManyMessagesError,
    queue_contact_message,
)
from accounts.services.users import is_email_address
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.errors import Problem
from exceptionless_site.api.parsers import WireJSONParser, read_capped
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.text_fields import text_bounds, text_limit
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.json import clean_text
from exceptionless_site.core.net import client_address

_NOT_CONFIGURED = "The contact form is not set up on this server."
_TOO_MANY = "Too many messages were sent from here; please try later."


class FormParser(BaseParser):
    """The fields of an HTML form, each once: the first of several counts."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        raw = read_capped(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return {name: clean_text(values[0]) for name, values in QueryDict(raw).lists() if values}


def _check_address(value: str) -> None:
    if not is_email_address(value):
        raise serializers.ValidationError("The EmailAddress field is not a valid e-mail address.")


def _optional(maximum: int, name: str) -> serializers.CharField:
    return serializers.CharField(required=False, allow_null=True, allow_blank=True, **text_limit(maximum, name))


class ContactRequestSerializer(WireSerializer):
    name = serializers.CharField(**text_limit(100, "Name"))
    email_address = serializers.CharField(validators=[_check_address], **text_limit(254, "EmailAddress"))
    company = _optional(120, "Company")
    subject = _optional(120, "Subject")
    message = serializers.CharField(**text_bounds(10, 4000, "Message"))
    website = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="People do not see this field: whoever fills it in is a program.",
        **text_limit(200, "Website"),
    )


class ContactViewSet(WireViewSet):
    tag = "Status"
    queryset = MailMessage.objects.none()
    serializer_class = ContactRequestSerializer
    permission_classes = [AllowAny]
    parser_classes = [WireJSONParser, FormParser]
    pagination_class = None

    @extend_schema(
        summary="Write to the operator",
        description="Goes by mail to the address that the operator named. Three messages an hour from one address. "
        "As JSON or as a form, whose fields may be named in PascalCase too.",
        request=ContactRequestSerializer,
        responses={
            202: empty("The message will be sent."),
            **problems(400, 415, 422, (429, _TOO_MANY), (503, _NOT_CONFIGURED)),
        },
        examples=[
            OpenApiExample(
                "A question",
                {
                    "name": "Ada Lovelace",
                    "email_address": "ada@example.com",
                    "subject": "Retention",
                    "message": "May we keep our events for a year?",
                },
                request_only=True,
            )
        ],
    )
    def send(self, request: Request) -> Response:
        body = read_body(request, ContactRequestSerializer, lambda name: name.replace("_", "").lower())
        # A program must not learn that it was found out.
        if not body.pop("website", None):
            self._queue({name: value for name, value in body.items() if value})
        return Response(status=202)

    def _queue(self, values: Mapping[str, str]) -> None:
        try:
            queue_contact_message(message=ContactMessage(**values), ip=client_address(self.request._request))
        except NotConfiguredError:
            raise Problem(503, detail=_NOT_CONFIGURED) from None
        except TooManyMessagesError:
            raise Problem(429, _TOO_MANY) from None
