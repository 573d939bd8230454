"""Addresses free of what no database stores, cleaned once for all views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from exceptionless_site.core.json import clean_text


def clean_query(request: HttpRequest) -> None:
    """Take U+0000 out of the query: PostgreSQL refuses it, and no client means it."""
    if "%00" not in request.META.get("QUERY_STRING", ""):
        return
    query = request.GET.copy()
    query.clear()
    for name, values in request.GET.lists():
        query.setlist(clean_text(name), [clean_text(value) for value in values])
    request.GET = query  # type: ignore[assignment]  # the stubs know only queries that cannot be changed


def clean_path(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the path that a route has named, without U+0000."""
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in parameters.items()}
