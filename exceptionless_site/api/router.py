"""The one table of API routes: method, path, viewset, action.

Rows of one path stand together. `{name:converter}` names a converter of `converters.py`; the converter
`str` takes anything without a slash.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from events.api.events import EventViewSet
from exceptionless_site.api import converters
from exceptionless_site.api.viewsets import WireViewSet

converters.register()

Row = tuple[str, str, type[WireViewSet], str]

ROWS: tuple[Row, ...] = (
    # Events
    ("GET", "/api/v2/events", EventViewSet, "list"),
    ("POST", "/api/v2/events", EventViewSet, "submit"),
    ("GET", "/api/v2/events/count", EventViewSet, "count"),
    ("GET", "/api/v2/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v2/events/submit/{type:str}", EventViewSet, "submit_query"),
    ("GET", "/api/v2/events/by-ref/{reference_id:identifier}", EventViewSet, "list_by_reference"),
    ("POST", "/api/v2/events/by-ref/{reference_id:identifier}/user-description", EventViewSet, "describe"),
    ("GET", "/api/v2/events/{id:objectid}", EventViewSet, "retrieve"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/events", EventViewSet, "list_by_organization"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/events/count", EventViewSet, "count_by_organization"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events", EventViewSet, "list_by_project"),
    ("POST", "/api/v2/projects/{project_id:objectid}/events", EventViewSet, "submit"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/count", EventViewSet, "count_by_project"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/submit/{type:str}", EventViewSet, "submit_query"),
    (
        "GET",
        "/api/v2/projects/{project_id:objectid}/events/by-ref/{reference_id:identifier}",
        EventViewSet,
        "list_by_project_reference",
    ),
    (
        "POST",
        "/api/v2/projects/{project_id:objectid}/events/by-ref/{reference_id:identifier}/user-description",
        EventViewSet,
        "describe",
    ),
    ("GET", "/api/v2/stacks/{stack_id:objectid}/events", EventViewSet, "list_by_stack"),
    # The first version of the API
    ("POST", "/api/v1/error", EventViewSet, "submit"),
    ("POST", "/api/v1/events", EventViewSet, "submit"),
    ("POST", "/api/v1/projects/{project_id:objectid}/events", EventViewSet, "submit"),
    ("GET", "/api/v1/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v1/events/submit/{type:str}", EventViewSet, "submit_query"),
    ("GET", "/api/v1/projects/{project_id:objectid}/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v1/projects/{project_id:objectid}/events/submit/{type:str}", EventViewSet, "submit_query"),
)

View = Callable[..., HttpResponseBase]

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_IDS = re.compile(r"\{ids:(\w+)s\}$")


def urlpatterns(rows: tuple[Row, ...] = ROWS) -> list[URLPattern]:
    """Django's patterns: one for each path, with all its methods. A path belongs to one viewset.

    HEAD is answered wherever GET is, by Django itself.
    """
    actions: defaultdict[str, dict[str, str]] = defaultdict(dict)
    views: dict[str, type[WireViewSet]] = {}
    for method, route, viewset, action in rows:
        if views.setdefault(route, viewset) is not viewset:
            raise ValueError(f"{route} is given to two viewsets")
        actions[route][method.lower()] = action
    handlers: dict[str, View] = {route: views[route].as_view(dict(actions[route])) for route in actions}
    for route in actions:
        single = _IDS.sub(r"{id:\1}", route)
        if single != route and single in handlers:
            handlers[single] = _one_or_several(handlers[single], handlers[route], frozenset(actions[route]))
    return [path(_django_route(route), handler) for route, handler in handlers.items()]


def _one_or_several(one: View, several: View, methods: frozenset[str]) -> View:
    """`DELETE /projects/{ids}` with a single id has the address of `/projects/{id}`: it is answered there too.

    To the schema the view stays that of the single id.
    """

    @wraps(one)
    def view(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        if (request.method or "").lower() in methods:
            return several(request, ids=parameters["id"])
        return one(request, **parameters)

    return view


def _django_route(route: str) -> str:
    return _PARAMETER.sub(r"<\2:\1>", route).lstrip("/")
