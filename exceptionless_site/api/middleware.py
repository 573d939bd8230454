"""Headers that every answer carries, and problem bodies where an answer would be HTML or empty."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from exceptionless_site.api.errors import problem_response

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_SECURITY = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
}
_TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"
_EXPOSED = "ETag,v,X-Exceptionless-ConfigVersion,Link,X-RateLimit-Limit,X-RateLimit-Remaining,X-Result-Count"
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; frame-ancestors 'none'"
)


class WireHeadersMiddleware:
    """Security headers on all answers; CORS for any origin under /api, preflights answered at once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_https = settings.BASE_URL.startswith("https://")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_api = request.path_info.startswith("/api/")
        origin = request.META.get("HTTP_ORIGIN")
        if is_api and origin and _is_preflight(request):
            response: HttpResponseBase = _preflight(request)
        else:
            response = self.get_response(request)
        if is_api and origin:
            _allow_origin(response, origin)
        for name, value in _SECURITY.items():
            response[name] = value
        if self.is_https:
            response["Strict-Transport-Security"] = _TRANSPORT_SECURITY
        # A client that sees a length can reuse the connection at once; most answers have one.
        if not response.streaming and response.status_code not in (204, 304) and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        if not is_api and "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = _PAGE_POLICY
        return response


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META


def _preflight(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = request.META["HTTP_ACCESS_CONTROL_REQUEST_METHOD"]
    asked = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
    if asked:
        response["Access-Control-Allow-Headers"] = asked
    response["Access-Control-Max-Age"] = "300"
    return response


def _allow_origin(response: HttpResponseBase, origin: str) -> None:
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Allow-Credentials"] = "true"
    response["Access-Control-Expose-Headers"] = _EXPOSED
    patch_vary_headers(response, ["Origin"])


class ProblemMiddleware:
    """Innermost: turns what no view expected into a logged 500 problem, and empty API errors into problems."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path_info.startswith("/api/"):
            return response
        if getattr(response, "content", b"x") == b"":
            return problem_response(request, response.status_code)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RequestDataTooBig):
            return problem_response(request, 413, "Request body too large.")
        if not request.path_info.startswith("/api/"):
            return None
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        return problem_response(request, 500)
