"""The stack modes of event lists: the stacks of the matching events, with what those events add up to."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.request import Request
from rest_framework.response import Response

from events.api.stack_serializers import StackSummarySerializer
from events.selectors import EventQuery
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

STACK_MODES = frozenset(StackMode)


def stack_mode(request: Request) -> StackMode | None:
    """The asked stack mode, if it is one; 400 when it comes with a sort."""
    mode = request.query_params.get("mode", "")
    if mode not in STACK_MODES:
        return None
    if request.query_params.get("sort", "").strip():
        message = "Sort is not supported in stack mode."
        raise bad_request(message, errors={"sort": [message]})
    return StackMode(mode)


def answer_stacks(request: Request, query: EventQuery, mode: StackMode) -> Response:
    """One page of the stacks in the order of the mode, by page number, with links and, when asked for, the total."""
    if mode is StackMode.NEW:
        query = new_stacks_only(query)
    page, limit = page_and_limit(request)
    if (page - 1) * limit > MAXIMUM_SKIP:
        response = Response([])
    else:
        figures, has_more = page_of_figures(query, mode, page, limit)
        response = summaries(views_of_figures(figures, query.scope, query.time, query.now))
        links = page_links(request, page, limit, has_more=has_more)
        if links:
            response["Link"] = ", ".join(links)
    if "total" in request.query_params.get("include", "").split(","):
        response["X-Result-Count"] = str(count_stacks(query))
    return response


def summaries(views: Iterable[StackView]) -> Response:
    """Rows of `mode=summary`."""
    serializer = StackSummarySerializer()
    return Response([serializer.to_representation(view) for view in views])
