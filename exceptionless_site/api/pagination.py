"""Paging by page number: a bare array, the total in `X-Result-Count`, neighbours in `Link`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from exceptionless_site.api.errors import Problem

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

DEFAULT_LIMIT = 10
MAXIMUM_LIMIT = 100
MAXIMUM_SKIP = 1000


def integer_parameter(request: Request, name: str, default: int) -> int:
    """A whole number from the query; 400 when it is none."""
    text = request.query_params.get(name, "").strip()
    if not text:
        return default
    try:
        return max(min(int(text), 2**31 - 1), -(2**31))
    except ValueError:
        message = f"The value '{text[:100]}' is not valid for {name}; a whole number is needed."
        raise Problem(400, errors={name: [message]}) from None


Default = TypeVar("Default")


def boolean_parameter(request: Request, name: str, *, default: Default) -> bool | Default:
    """A truth value from the query; 400 when it is neither `true` nor `false`."""
    text = request.query_params.get(name, "").strip().lower()
    if not text:
        return default
    if text not in ("true", "false"):
        message = f"The value '{text[:100]}' is not valid for {name}; true or false is needed."
        raise Problem(400, errors={name: [message]})
    return text == "true"


def page_and_limit(request: Request, *, default: int = DEFAULT_LIMIT, maximum: int = MAXIMUM_LIMIT) -> tuple[int, int]:
    """`page` is at least 1; `limit` falls back to the default below 1 and is cut at the maximum."""
    page = max(integer_parameter(request, "page", 1), 1)
    limit = integer_parameter(request, "limit", default)
    return page, min(limit if limit >= 1 else default, maximum)


def link(request: Request, relation: str, **changes: str) -> str:
    """One value of a `Link` header: this address with query parameters replaced, or dropped when empty."""
    pairs = [(name, value) for name, value in parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)]
    kept = [(name, changes.pop(name) if name in changes else value) for name, value in pairs]
    query = urlencode([(name, value) for name, value in [*kept, *changes.items()] if value])
    return f'<{request.build_absolute_uri(request.path)}?{query}>; rel="{relation}"'


def page_links(request: Request, page: int, limit: int, *, has_more: bool, has_bound: bool = True) -> list[str]:
    """Previous and next page; there is no next where the official server would stop paging, if `has_bound`."""
    links = []
    if page > 1:
        links.append(link(request, "previous", page=str(page - 1)))
    if has_more and (not has_bound or (page + 1) * limit < MAXIMUM_SKIP):
        links.append(link(request, "next", page=str(page + 1)))
    return links


class WirePagination(BasePagination):
    """For ordinary lists. A viewset may raise `maximum_limit`."""

    links: list[str]
    total: int
    has_bound: ClassVar[bool] = True

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        page, limit = page_and_limit(
            request,
            default=getattr(view, "default_limit", DEFAULT_LIMIT),
            maximum=getattr(view, "maximum_limit", MAXIMUM_LIMIT),
        )
        self.total = queryset.count() if isinstance(queryset, QuerySet) else len(queryset)
        start = (page - 1) * limit
        rows = list(queryset[start : start + limit]) if start < self.total else []
        self.links = page_links(request, page, limit, has_more=start + limit < self.total, has_bound=self.has_bound)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        response = Response(data)
        response["X-Result-Count"] = str(self.total)
        if self.links:
            response["Link"] = ", ".join(self.links)
        return response

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        whole = {"type": "integer", "format": "int32"}
        limit = getattr(view, "default_limit", DEFAULT_LIMIT)
        return [
            {
                "name": "page",
                "in": "query",
                "description": "The page to read, counted from 1.",
                "schema": whole | {"default": 1},
            },
            {
                "name": "limit",
                "in": "query",
                "description": "How many objects a page holds, 100 at the most.",
                "schema": whole | {"default": limit},
            },
        ]

    def to_html(self) -> str:
        return ""
