"""Django's own error pages: problems for API callers, one small page for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from exceptionless_site.api.errors import problem_response


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return problem_response(request, 400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page_or_problem(request, 403)


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page_or_problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page_or_problem(request, 500)


def _page_or_problem(request: HttpRequest, status: int) -> HttpResponse:
    wants_page = "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/")
    if wants_page:
        return render(request, "error.html", {"status": status}, status=status)
    return problem_response(request, status)
