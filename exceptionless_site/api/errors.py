"""Errors as the wire states them: `application/problem+json`, the message for people in `title`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework import exceptions

from exceptionless_site.core import json

CONTENT_TYPE = "application/problem+json"
VALIDATION_TITLE = "One or more validation errors occurred."
_RFC9110 = "https://tools.ietf.org/html/rfc9110#section-"
_TYPES = {
    400: _RFC9110 + "15.5.1",
    401: _RFC9110 + "15.5.2",
    403: _RFC9110 + "15.5.4",
    404: _RFC9110 + "15.5.5",
    405: _RFC9110 + "15.5.6",
    406: _RFC9110 + "15.5.7",
    409: _RFC9110 + "15.5.10",
    415: _RFC9110 + "15.5.16",
    422: "https://tools.ietf.org/html/rfc4918#section-11.2",
    426: _RFC9110 + "15.5.22",
    500: _RFC9110 + "15.6.1",
    503: _RFC9110 + "15.6.4",
}
_TITLES = {422: "Unprocessable Entity", 500: "An error occurred while processing your request."}
_TRACE_PARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

FieldErrors = Mapping[str, Sequence[str]]


class Problem(exceptions.APIException):
    """An answer that is no success: a status, a title for people, and errors by field when it is a 422."""

    def __init__(
        self, status: int, title: str | None = None, *, errors: FieldErrors | None = None, detail: str | None = None
    ) -> None:
        super().__init__(title or "")
        self.status_code = status
        self.title = title
        self.errors = errors
        self.problem_detail = detail


def bad_request(title: str, *, errors: FieldErrors | None = None) -> Problem:
    return Problem(400, title, errors=errors)


def not_found(title: str | None = None) -> Problem:
    return Problem(404, title)


def invalid(**errors: str) -> Problem:
    """422 with one message for each named field."""
    return Problem(422, VALIDATION_TITLE, errors={name: [message] for name, message in errors.items()})


def upgrade_required(title: str) -> Problem:
    return Problem(426, title)


def problem_body(
    request: HttpRequest,
    status: int,
    title: str | None = None,
    *,
    errors: FieldErrors | None = None,
    detail: str | None = None,
) -> dict[str, Any]:
    """The members in the order of the wire; `instance` has no query, which may hold a token."""
    body: dict[str, Any] = {}
    if status in _TYPES:
        body["type"] = _TYPES[status]
    body["title"] = title or _default_title(status)
    body["status"] = status
    if detail:
        body["detail"] = detail
    body["instance"] = f"{request.method} {request.path}"
    if errors:
        body["errors"] = {name: list(messages) for name, messages in errors.items()}
    body["traceId"] = _trace_id(request)
    return body


def _default_title(status: int) -> str:
    if status in _TITLES:
        return _TITLES[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _trace_id(request: HttpRequest) -> str:
    sent = request.headers.get("traceparent", "")
    if _TRACE_PARENT.fullmatch(sent):
        return sent
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def problem_response(
    request: HttpRequest,
    status: int,
    title: str | None = None,
    *,
    errors: FieldErrors | None = None,
    detail: str | None = None,
) -> HttpResponse:
    """A problem outside of DRF: from plain views, middleware and Django's own error handlers."""
    body = problem_body(request, status, title, errors=errors, detail=detail)
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)


def challenge(path: str) -> str | None:
    """The `WWW-Authenticate` value of a 401 under /api/v2; v1 has none."""
    if not path.startswith("/api/v2"):
        return None
    return f'Bearer resource_metadata="{settings.BASE_URL}/.well-known/oauth-protected-resource/api/v2"'
