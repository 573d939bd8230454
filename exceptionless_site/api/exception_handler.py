"""DRF's exception handler: every refusal becomes a problem body."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from exceptionless_site.api.errors import CONTENT_TYPE, VALIDATION_TITLE, Problem, challenge, problem_body


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
