"""Errors as the wire states them: `application/problem+json`, the message for people in `title`."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from exceptionless_site.core import json

logger = logging.getLogger(__name__)

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
    request: HttpRequest, status: int, title: str | None = None, *, errors: FieldErrors | None = None
) -> HttpResponse:
    """A problem outside of DRF: from middleware and Django's own error handlers."""
    body = problem_body(request, status, title, errors=errors)
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)


def challenge(path: str) -> str | None:
    """The `WWW-Authenticate` value of a 401 under /api/v2; v1 has none."""
    if not path.startswith("/api/v2"):
        return None
    return f'Bearer resource_metadata="{settings.BASE_URL}/.well-known/oauth-protected-resource/api/v2"'


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for the unexpected, which ProblemMiddleware logs and answers."""
    request: HttpRequest = context["request"]._request
    problem = _as_problem(error)
    if problem is None:
        return None
    set_rollback()
    status = problem.status_code
    body = problem_body(request, status, problem.title, errors=problem.errors, detail=problem.problem_detail)
    response = Response(body, status=status, content_type=CONTENT_TYPE)
    header = challenge(request.path) if isinstance(error, exceptions.NotAuthenticated) else None
    if header:
        response["WWW-Authenticate"] = header
    if isinstance(error, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def _as_problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Problem(422, VALIDATION_TITLE, errors=flatten_errors(error.detail))
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        return Problem(401)
    if isinstance(error, exceptions.ParseError):
        return Problem(400, errors={"": [str(error.detail)]})
    if isinstance(error, exceptions.APIException):
        return Problem(error.status_code)
    if isinstance(error, Http404):
        return Problem(404)
    if isinstance(error, PermissionDenied):
        return Problem(403)
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "Request body too large.")
    if isinstance(error, SuspiciousOperation):
        return Problem(400)
    return None


def flatten_errors(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as {"field.nested": [messages]}."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, item in detail.items():
            name = "general" if name == "non_field_errors" else str(name)
            for key, messages in flatten_errors(item, f"{prefix}.{name}" if prefix else name).items():
                found.setdefault(key, []).extend(messages)
        return found
    if isinstance(detail, list):
        found = {}
        for item in detail:
            for key, messages in flatten_errors(item, prefix).items():
                found.setdefault(key, []).extend(messages)
        return found
    return {prefix or "general": [str(detail)]}
