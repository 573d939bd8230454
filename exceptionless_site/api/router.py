"""The one table of API routes: method, path, viewset, action.

Rows of one path stand together. `{name:converter}` names a converter of `converters.py`; the converter
`str` takes anything without a slash.
"""

from __future__ import annotations

import re
from collections import defaultdict

from django.urls import URLPattern, path

from exceptionless_site.api import converters
from exceptionless_site.api.viewsets import WireViewSet

converters.register()

Row = tuple[str, str, type[WireViewSet], str]

ROWS: tuple[Row, ...] = ()

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


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
    return [path(_django_route(route), views[route].as_view(dict(actions[route]))) for route in actions]


def _django_route(route: str) -> str:
    return _PARAMETER.sub(r"<\2:\1>", route).lstrip("/")
