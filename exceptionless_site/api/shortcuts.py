"""Plain views that answer in place of a viewset's action, ahead of sessions, cookies and the REST framework.

A viewset names them in `shortcuts`, by action. A shortcut that answers None leaves the request to the action.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from exceptionless_site.api.converters import BY_NAME
from exceptionless_site.api.router import PARAMETER, ROWS, Row

Shortcut = Callable[..., HttpResponseBase | None]


class _Route(NamedTuple):
    method: str
    pattern: re.Pattern[str]
    shortcut: Shortcut


class ShortcutMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.routes = _routes(ROWS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for method, pattern, shortcut in self.routes:
            if request.method == method and (found := pattern.fullmatch(request.path_info)):
                response = shortcut(request, **found.groupdict())
                return self.get_response(request) if response is None else response
        return self.get_response(request)


def _routes(rows: tuple[Row, ...]) -> list[_Route]:
    return [
        _Route(method, _pattern(route), viewset.shortcuts[action])
        for method, route, viewset, action in rows
        if action in viewset.shortcuts
    ]


def _pattern(route: str) -> re.Pattern[str]:
    """Of a whole path; the literal parts hold nothing that means something in a pattern."""
    return re.compile(PARAMETER.sub(lambda found: f"(?P<{found[1]}>{BY_NAME[found[2]].regex})", route))
