"""`/health` and `/ready`: plain words for load balancers, supervisors and the web UI."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`Healthy` 200, or `Unhealthy` 503 when the database does not answer."""
    is_healthy = database_answers()
    response = HttpResponse(
        "Healthy" if is_healthy else "Unhealthy", status=200 if is_healthy else 503, content_type="text/plain"
    )
    response["Cache-Control"] = "no-store, no-cache"
    return response


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.error("The database does not answer: %s", type(error).__name__)
        return False
    return True
