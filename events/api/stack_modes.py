"""The stack modes of event lists: the stacks of the matching events, with what those events add up to."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.request import Request
from rest_framework.response import Response

from events.api.parameters import read_search
from events.api.scope import permitted_scope
from events.api.searching import searching
from events.api.stack_serializers import StackSummarySerializer
from events.search.fields import Resource
from events.selectors import EventQuery, Scope
from events.stack_selectors import (
    StackMode,
    StackView,
    count_stacks,
    new_stacks_only,
    page_of_figures,
    views_of_figures,
)
from exceptionless_site.api.errors import bad_request
from exceptionless_site.api.pagination import MAXIMUM_SKIP, page_and_limit, page_links
from exceptionless_site.core.clock import utc_now

STACK_MODES = frozenset(StackMode)


def list_stack_mode(request: Request, scope: Scope, mode: str) -> Response:
    """One page of the stacks in the order of the mode, by page number, with links and, when asked for, the total."""
    if request.query_params.get("sort", "").strip():
        message = "Sort is not supported in stack mode."
        raise bad_request(message, errors={"sort": [message]})
    search, now = read_search(request, Resource.EVENT_STACK), utc_now()
    scope = permitted_scope(scope, search.tree, uses_premium=search.uses_premium, identity=request.auth)  # type: ignore[arg-type]
    with searching():
        query = search.query(scope, now)
        return _answer(request, new_stacks_only(query) if mode == StackMode.NEW else query, StackMode(mode))


def _answer(request: Request, query: EventQuery, mode: StackMode) -> Response:
    events = query.events()
    page, limit = page_and_limit(request)
    if (page - 1) * limit > MAXIMUM_SKIP:
        response = Response([])
    else:
        figures, has_more = page_of_figures(events, mode, page, limit)
        response = summaries(views_of_figures(figures, query.scope, query.time, query.now))
        links = page_links(request, page, limit, has_more=has_more)
        if links:
            response["Link"] = ", ".join(links)
    if "total" in request.query_params.get("include", "").split(","):
        response["X-Result-Count"] = str(count_stacks(events))
    return response


def summaries(views: Iterable[StackView]) -> Response:
    """Rows of `mode=summary`."""
    serializer = StackSummarySerializer()
    return Response([serializer.to_representation(view) for view in views])
