"""How a list of stacks is answered: the scope, the search, the page, its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.parameters import text_parameter
from events.api.scope import permitted_scope
from events.api.search_filters import StackListFilters, parameters
from events.api.searching import searching
from events.api.stack_modes import summaries
from events.api.stack_serializers import StackSerializer
from events.models import Stack
from events.models.stack import StackQuerySet
from events.search.compile_stacks import compile_stack_tree
from events.search.dates import TimeRange, parse_offset, parse_time
from events.search.errors import FilterSyntaxError, FilterValueError, TimeRangeError
from events.search.fields import Resource
from events.search.nodes import Group
from events.search.split import without_inversion_mark
from events.search.validation import validate_filter
from events.selectors import Scope
from events.stack_selectors import (
    TIME_FIELDS,
    sorted_stacks,
    stacks_in_time,
    stacks_of,
    views_of_stacks,
)
from exceptionless_site.api.errors import Problem, bad_request
from exceptionless_site.api.pagination import MAXIMUM_SKIP, page_and_limit, page_links
from exceptionless_site.core.clock import utc_now

_PAGE = OpenApiParameter("page", OpenApiTypes.INT32, description="The page to read, counted from 1.", default=1)
*_SEARCH, _LIMIT = parameters(StackListFilters)
PARAMETERS: Sequence[OpenApiParameter] = (*_SEARCH, _PAGE, _LIMIT)


@dataclass(frozen=True, slots=True)
class StackSearch:
    """What `filter`, `time`, `offset` and `sort` ask for."""

    tree: Group
    uses_premium: bool
    time: TimeRange
    offset: timedelta
    sort: str

    def apply(self, stacks: StackQuerySet, now: datetime) -> StackQuerySet:
        """The matching stacks in their order; 400 with what is wrong when a value or the sort cannot be read."""
        try:
            stacks = stacks.filter(compile_stack_tree(self.tree))
        except FilterValueError as error:
            raise _invalid_filter(str(error)) from None
        try:
            return sorted_stacks(stacks_in_time(stacks, self.time, now), self.sort)
        except FilterSyntaxError as error:
            raise bad_request(f"Invalid sort: {error}", errors={"sort": [str(error)]}) from None


def list_stacks(request: Request, scope: Scope) -> Response:
    """One page of the scope's stacks, in the asked mode, with links."""
    search, now = read_stack_search(request), utc_now()
    scope = permitted_scope(scope, search.tree, uses_premium=search.uses_premium, identity=request.auth)  # type: ignore[arg-type]
    page, limit = page_and_limit(request)
    start = (page - 1) * limit
    if start > MAXIMUM_SKIP:
        return Response([])
    with searching():
        rows = list(search.apply(stacks_of(scope), now)[start : start + limit + 1])
        response = _answer(request, rows[:limit], scope, search, now)
    links = page_links(request, page, limit, has_more=len(rows) > limit)
    if links:
        response["Link"] = ", ".join(links)
    return response


def read_stack_search(request: Request) -> StackSearch:
    """The search of a request; 400 for a filter or a range of time that cannot be read."""
    verdict = validate_filter(without_inversion_mark(text_parameter(request, "filter")), Resource.STACK)
    if verdict.tree is None:
        raise _invalid_filter(f"{verdict.message} (character {(verdict.position or 0) + 1})")
    offset = parse_offset(text_parameter(request, "offset"))
    try:
        time = parse_time(text_parameter(request, "time"), now=utc_now(), offset=offset, fields=TIME_FIELDS)
    except TimeRangeError as error:
        raise bad_request(f"Invalid time: {error}", errors={"time": [str(error)]}) from None
    return StackSearch(verdict.tree, verdict.uses_premium, time, offset, text_parameter(request, "sort"))


def _invalid_filter(message: str) -> Problem:
    return bad_request(f"Invalid filter: {message}", errors={"filter": [message]})


def _answer(request: Request, stacks: list[Stack], scope: Scope, search: StackSearch, now: datetime) -> Response:
    if request.query_params.get("mode") == "summary":
        return summaries(views_of_stacks(stacks, scope, search.time, now))
    serializer = StackSerializer(context={"offset": search.offset})
    return Response([serializer.to_representation(stack) for stack in stacks])
