"""The API limit: a number of requests per caller in each quarter hour. Off unless a limit is set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from exceptionless_site.core.net import client_address
from exceptionless_site.core.rates import Window

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from rest_framework.request import Request
    from rest_framework.views import APIView

WINDOW = Window("api", timedelta(minutes=15))


class ApiThrottle(BaseThrottle):
    """Counts per organization for API keys, per user for people, per address for the rest."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return take_turn(request._request, request.auth)

    def wait(self) -> None:
        """No `Retry-After`: the clients know the quarter hour."""
        return


def take_turn(request: HttpRequest, identity: Any) -> bool:
    """Count the request of this caller; False when it is one too many."""
    limit = settings.API_THROTTLE_LIMIT
    if limit < 0:
        return True
    subject = _subject(request, identity)
    # A caller over its limit costs one read and no write until the window ends.
    if WINDOW.current(subject) >= limit:
        return False
    remaining = limit - WINDOW.add(subject)
    if remaining < 0:
        return False
    request.rate_limit = (limit, remaining)  # type: ignore[attr-defined]
    return True


def tell_rate(request: HttpRequest, response: HttpResponse) -> None:
    """The headers of an answer that is no error, when there is a limit."""
    rate = getattr(request, "rate_limit", None)
    # The Java client takes the header on any failure for "rate limited" and keeps its events.
    if rate and response.status_code < 400:
        response["X-RateLimit-Limit"], response["X-RateLimit-Remaining"] = map(str, rate)


def _subject(request: HttpRequest, identity: Any) -> str:
    if identity is None:
        return f"ip:{client_address(request)}"
    if identity.kind == "token" and identity.organization_ids:
        return _organization_subject(identity.organization_ids[0])
    if identity.user is not None:
        return f"user:{identity.user.pk}"
    return f"ip:{client_address(request)}"


def _organization_subject(organization_id: str) -> str:
    return f"organization:{organization_id}"


def organizations_over_limit(organization_ids: Iterable[str]) -> set[str]:
    """Those of the organizations whose API keys have used up this quarter hour's requests."""
    if settings.API_THROTTLE_LIMIT < 0:
        return set()
    subjects = {_organization_subject(id_): id_ for id_ in organization_ids}
    counts = WINDOW.current_of(subjects)
    return {subjects[subject] for subject, count in counts.items() if count >= settings.API_THROTTLE_LIMIT}
