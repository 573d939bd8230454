"""The API limit: a number of requests per caller in each quarter hour. Off unless a limit is set."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from exceptionless_site.core.net import client_address
from exceptionless_site.core.rates import Window

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

WINDOW = Window("api", timedelta(minutes=15))


class ApiThrottle(BaseThrottle):
    """Counts per organization for API keys, per user for people, per address for the rest."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        limit = settings.API_THROTTLE_LIMIT
        if limit < 0:
            return True
        subject = _subject(request)
        # A caller over its limit costs one read and no write until the window ends.
        if WINDOW.current(subject) >= limit:
            return False
        remaining = limit - WINDOW.add(subject)
        if remaining < 0:
            return False
        request._request.rate_limit = (limit, remaining)  # type: ignore[attr-defined]
        return True

    def wait(self) -> None:
        """No `Retry-After`: the clients know the quarter hour."""
        return


def _subject(request: Request) -> str:
    identity: Any = request.auth
    if identity is None:
        return f"ip:{client_address(request._request)}"
    if identity.kind == "token" and identity.organization_ids:
        return f"organization:{identity.organization_ids[0]}"
    if identity.user is not None:
        return f"user:{identity.user.pk}"
    return f"ip:{client_address(request._request)}"
