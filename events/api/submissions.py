"""Posting events, by body or by query string, and describing them: accepted here, processed by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import Identity
from events.api.posting import post_events
from events.ingest.parsers.query import event_from_query, parse_user_description
from events.ingest.parsers.values import normalize_value
from events.ingest.receive import (
    api_version,
    check_gate,
    configuration_header,
    describe_request,
    receive_payload,
    resolve_project,
    store,
)
from events.ingest.steps.data_exclusions import exclusion_patterns
from events.models.submission import SubmissionKind
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.parsers import WireJSONParser
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.serializers import WireSerializer
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from projects.models import Project

DESCRIPTION = """
Accepts one event or an array of events, as JSON, or plain text, in which each line becomes a log event.
The body may be compressed (`Content-Encoding: gzip` or `deflate`).

The answer **202** means that the events are on disk and will be processed within a second; its body is empty.
The header `X-Exceptionless-ConfigVersion` tells the version of the project's client configuration.

An event has a `type` (`error`, `log`, `usage`, `404`, `session` or one of your own; without one it is `error`
when there is an error and `log` otherwise), a `message`, a `source`, a `date`, `tags`, a `value`, a `geo`
position, a `reference_id` of 8 to 100 letters, digits and hyphens by which you can find it again, and `data`
with anything else. Members of `data` that start with `@` are known to the server: `@error`, `@simple_error`,
`@request`, `@environment`, `@user`, `@level`, `@version`.

The version of the API is part of the path: this is version 2; `POST /api/v1/events` takes the documents of
the first clients.
"""
_STACK_TRACE = "   at Shop.Basket.Total() in Basket.cs:line 42\n   at Shop.Checkout.Pay() in Checkout.cs:line 7"
EXAMPLES = [
    OpenApiExample("Plain message", value={"message": "Exceptionless is amazing!"}, request_only=True),
    OpenApiExample(
        "Log with reference id",
        value={
            "type": "log",
            "source": "shop.checkout",
            "message": "Order 1042 was paid",
            "reference_id": "my-reference-id",
            "tags": ["checkout"],
            "data": {"@level": "info", "@user": {"identity": "jane@example.com", "name": "Jane"}},
        },
        request_only=True,
    ),
    OpenApiExample(
        "Simple error",
        value={
            "type": "error",
            "data": {
                "@simple_error": {
                    "message": "The basket is empty",
                    "type": "System.InvalidOperationException",
                    "stack_trace": _STACK_TRACE,
                }
            },
        },
        request_only=True,
    ),
    OpenApiExample(
        "Array of events",
        value=[
            {"type": "usage", "source": "export"},
            {"type": "404", "source": "/missing-page"},
            {"type": "log", "message": "Three events at once", "data": {"@level": "warn"}},
        ],
        request_only=True,
    ),
    OpenApiExample(
        "Lines of text", value="First log line\nSecond log line", request_only=True, media_type="text/plain"
    ),
]
_EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": True,
    "properties": {
        "type": {"type": "string", "maxLength": 100},
        "source": {"type": "string"},
        "date": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "message": {"type": "string"},
        "geo": {"type": "string", "description": "latitude,longitude"},
        "value": {"type": "number"},
        "count": {"type": "integer", "format": "int32"},
        "reference_id": {"type": "string", "minLength": 8, "maxLength": 100},
        "data": {"type": "object", "additionalProperties": True},
    },
}
_BODY = {
    "application/json": OpenApiRequest(
        {"oneOf": [_EVENT_SCHEMA, {"type": "array", "items": _EVENT_SCHEMA}]}, examples=EXAMPLES[:4]
    ),
    "text/plain": OpenApiRequest({"type": "string"}, examples=EXAMPLES[4:]),
}
_AGENT = [
    OpenApiParameter(
        "userAgent",
        str,
        OpenApiParameter.HEADER,
        description="The client's name and version when it sends no X-Exceptionless-Client. Sent as `User-Agent`.",
    ),
    OpenApiParameter(
        "X-Exceptionless-Client",
        str,
        OpenApiParameter.HEADER,
        description="The client's name and version, `name/1.0.0`.",
    ),
]
_REFUSALS = problems(
    (400, "No project was named and the credentials have no default project."),
    (402, "The organization is suspended or has used up its events of this month."),
    (404, "The project was not found."),
    (411, "The body is empty."),
    (413, "The body is larger than allowed, as sent or unpacked."),
    (415, "The body is neither JSON nor plain text."),
    (429, "Too many requests."),
    (503, "Events are not accepted right now; send them again later."),
)
_POSTED: dict[str, Any] = {
    "description": DESCRIPTION,
    "request": _BODY,
    "parameters": _AGENT,
    "responses": {202: empty("Accepted"), **_REFUSALS},
}


# A description's data becomes part of its event's, which must stay writable.
_DATA_LEVEL = 2


class PlainTextParser(BaseParser):
    """Lets the documentation and the browsable API offer plain text; the worker does the parsing."""

    media_type = "text/plain"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> NoReturn:
        """Where an action does read its body, that is JSON."""
        raise UnsupportedMediaType(media_type or self.media_type)


@extend_schema_field({"type": "string", "format": "email"})
class AddressField(serializers.CharField):
    """The rule for addresses is the server's own, see `UserDescriptionSerializer.validate`."""


class UserDescriptionSerializer(WireSerializer):
    """What a person wrote about an event they met."""

    email_address = AddressField(required=False, allow_blank=True, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    data = serializers.DictField(required=False, allow_null=True)  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        address, text = (attrs.get("email_address") or "").strip(), (attrs.get("description") or "").strip()
        if not address and not text:
            required = "Please specify an email address or a description."
            raise serializers.ValidationError({"email_address": [required], "description": [required]})
        if address and (address.count("@") != 1 or address.startswith("@") or address.endswith("@")):
            message = "The EmailAddress field is not a valid e-mail address."
            raise serializers.ValidationError({"email_address": [message]})
        if attrs.get("data"):
            attrs["data"] = normalize_value(attrs["data"], _DATA_LEVEL)
        return attrs


class LegacyUserDescriptionSerializer(WireSerializer):
    """The body that the first clients send."""

    UserEmail = serializers.CharField(required=False)
    UserDescription = serializers.CharField(required=False)


class SubmissionActions(WireViewSet):
    """The actions that accept; each answers as soon as what it took is on disk."""

    parser_classes = [WireJSONParser, PlainTextParser]
    shortcuts: ClassVar = {"submit": post_events}

    @extend_schema(summary="Submit event by POST", **_POSTED)
    def submit(self, request: Request, project_id: str | None = None) -> Response:
        http_request = request._request
        project = receive_payload(http_request, self.identity, project_id)
        return _accepted(http_request, project, 202)

    @extend_schema(
        summary="Submit event by GET",
        description="Every query parameter that is not listed becomes a member of the event's `data`.",
        parameters=[
            *(OpenApiParameter(name, str) for name in ("type", "source", "message", "reference", "date", "geo")),
            OpenApiParameter("count", int),
            OpenApiParameter("value", float),
            OpenApiParameter("tags", str, description="Separated by commas."),
            OpenApiParameter("identity", str, description="The user's identity."),
            OpenApiParameter("identity.name", str, description="The user's name."),
            *_AGENT,
        ],
        responses={200: empty("OK"), **_REFUSALS},
    )
    def submit_query(self, request: Request, project_id: str | None = None, type: str | None = None) -> Response:  # noqa: A002
        http_request = request._request
        check_gate(http_request, self.identity)
        pairs = [(name, value) for name, values in http_request.GET.lists() for value in values]
        if event_from_query(pairs, path_type=type, now=utc_now(), exclusions=exclusion_patterns(None)) is None:
            return Response(status=200)
        project = resolve_project(self.identity, project_id)
        exclusions = exclusion_patterns(project.setting("@@DataExclusions"))
        event = event_from_query(pairs, path_type=type, now=utc_now(), exclusions=exclusions)
        if event is not None:
            submission = describe_request(http_request, project, 2)
            submission.media_type, submission.content_encoding = "application/json", ""
            submission.payload = json.dumps(event.to_document())
            store(submission)
        return _accepted(http_request, project, 200)

    @extend_schema(
        summary="Set user description",
        description="Adds what a user wrote to the event with this reference id, also when the event comes later.",
        parameters=[OpenApiParameter("projectId", str, description="The project, where the path names none.")],
        request={"application/json": UserDescriptionSerializer},
        responses={202: empty("Accepted"), **problems(400, 404, 415, 422)},
        examples=[
            OpenApiExample(
                "A description",
                value={"email_address": "jane@example.com", "description": "I clicked on Pay."},
                request_only=True,
            )
        ],
    )
    def describe(self, request: Request, reference_id: str, project_id: str | None = None) -> Response:
        description = read_body(request, UserDescriptionSerializer)
        project = resolve_project(self.identity, project_id or request.query_params.get("projectId"))
        return _accept_description(request._request, project, reference_id, description)

    @extend_schema(
        summary="Set user description (first version of the API)",
        description="Adds what a user wrote to the event whose reference id this is.",
        request={"application/json": LegacyUserDescriptionSerializer},
        responses={200: empty("There was nothing to do"), 202: empty("Accepted"), **problems(400, 404, 415)},
    )
    def describe_legacy(self, request: Request, id: str) -> Response:  # noqa: A002
        described = parse_user_description(request.data)
        if described is None:
            return Response(status=200)
        project = resolve_project(self.identity, None)
        description = {"email_address": described.email_address, "description": described.description}
        return _accept_description(request._request, project, id, description)

    @property
    def identity(self) -> Identity:
        return self.request.auth  # type: ignore[return-value]


def _accept_description(
    request: HttpRequest, project: Project, reference_id: str, description: dict[str, Any]
) -> Response:
    submission = describe_request(request, project, api_version(request))
    submission.kind, submission.content_encoding = SubmissionKind.USER_DESCRIPTION, ""
    submission.reference_id = reference_id
    submission.payload = json.dumps({"reference_id": reference_id, **description})
    store(submission)
    return _accepted(request, project, 202)


def _accepted(request: HttpRequest, project: Project, status: int) -> Response:
    response = Response(status=status)
    name, version = configuration_header(request, project)
    response[name] = version
    return response
