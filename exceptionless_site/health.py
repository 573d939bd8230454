"""`/health` and `/ready`: plain words for load balancers, supervisors and the web UI."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.queue_selectors import is_behind

logger = logging.getLogger(__name__)

HEALTHY, DEGRADED, UNHEALTHY = "Healthy", "Degraded", "Unhealthy"


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`Healthy` 200, `Degraded` 200 when events wait for long, or `Unhealthy` 503 when the database does not answer."""
    state = _state()
    response = HttpResponse(state, status=503 if state == UNHEALTHY else 200, content_type="text/plain")
    response["Cache-Control"] = "no-store, no-cache"
    return response


def _state() -> str:
    if not database_answers():
        return UNHEALTHY
    return DEGRADED if is_behind() else HEALTHY


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.error("The database does not answer: %s", type(error).__name__)
        return False
    return True
