"""Query parameters that event lists share, as they are read and as the documentation shows them."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from events.api.search_filters import EventCountFilters, EventListFilters, parameter, parameters
from events.api.searching import invalid_filter
from events.search.compile_stacks import compile_stack_tree
from events.search.dates import TimeRange, parse_offset, parse_time
from events.search.errors import TimeRangeError
from events.search.fields import EVENT_FIELDS, Resource
from events.search.nodes import Group
from events.search.parser import parse_filter
from events.search.plan import plan_filter
from events.search.split import split_filter, without_inversion_mark
from events.search.validation import validate_filter
from events.selectors import EventQuery, Scope
from exceptionless_site.api.errors import Problem, bad_request
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now


def _text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description)


FILTER, TIME, OFFSET, SORT, MODE, LIMIT = (
    parameter(EventListFilters, name) for name in ("filter", "time", "offset", "sort", "mode", "limit")
)
EXPECTED_STACK = _text("expected_stack_id", "The stack that the event should belong to; 400 when it does not.")
BEFORE = _text("before", "The `before` token of a previous link: events newer than a page.")
AFTER = _text("after", "The `after` token of a next link: events older than a page.")
INCLUDE = _text("include", "`total` adds the number of all matching events as the header `X-Result-Count`.")
EXPECTED_STACK = _text("expected_stack_id", "The stack that the event must belong to, or the answer is a 400.")
PAGE = OpenApiParameter(
    "page", OpenApiTypes.INT32, description="The page to read, counted from 1. Prefer `before` and `after`."
)
LIST_PARAMETERS: Sequence[OpenApiParameter] = (
    FILTER,
    SORT,
    TIME,
    OFFSET,
    MODE,
    PAGE,
    LIMIT,
    BEFORE,
    AFTER,
    INCLUDE,
)
REFERENCE_PARAMETERS = (OFFSET, MODE, PAGE, LIMIT, BEFORE, AFTER, INCLUDE)
COUNT_PARAMETERS = parameters(EventCountFilters)


@dataclass(frozen=True, slots=True)
class Search:
    """What `filter`, `time` and `offset` ask for."""

    tree: Group
    uses_premium: bool
    time: TimeRange

    def query(self, scope: Scope, now: datetime) -> EventQuery:
        """The question to the stored events of the scope. Raises FilterValueError."""
        parts = split_filter(self.tree)
        stacks = compile_stack_tree(parts.stack) if parts.stack.items else None
        return EventQuery(scope, self.time, now, plan_filter(parts.event, EVENT_FIELDS, now=now), stacks)


def read_search(request: Request, resource: Resource = Resource.EVENT, *, within: str = "") -> Search:
    """The search of a request; 400 for a filter or a range of time that cannot be read.

    `within` is a filter that applies besides that of the request, whatever operators that has.
    """
    verdict = validate_filter(without_inversion_mark(text_parameter(request, "filter")), resource)
    if verdict.tree is None:
        raise invalid_filter(f"{verdict.message} (character {(verdict.position or 0) + 1})")
    tree = _joined(parse_filter(within), verdict.tree) if within else verdict.tree
    return Search(tree, verdict.uses_premium, read_time(request))


def read_time(request: Request) -> TimeRange:
    """The range of `time` in the local time that `offset` names; 400 when it cannot be read."""
    offset = parse_offset(text_parameter(request, "offset"))
    try:
        return parse_time(text_parameter(request, "time"), now=utc_now(), offset=offset)
    except TimeRangeError as error:
        raise bad_request(f"Invalid time: {error}", errors={"time": [str(error)]}) from None


def text_parameter(request: Request, name: str) -> str:
    """A text of the query, empty when it is missing."""
    text: str = request.query_params.get(name, "")
    return text


def _joined(*trees: Group) -> Group:
    """All of the filters."""
    groups = tuple(dataclasses.replace(tree, has_parentheses=True) for tree in trees if tree.items)
    return Group(items=groups, joins=(None,) * (len(groups) - 1))


# --- Page tokens --------------------------------------------------------------------------------


def write_token(values: Sequence[Any]) -> str:
    """The token that stands for an event's place in a list: what it was sorted by."""
    return base64.urlsafe_b64encode(json.dumps(list(values))).decode().rstrip("=")


def read_token(request: Request, name: str) -> list[Any] | None:
    """The values in a `before` or `after` token; 400 for what is no token."""
    token = request.query_params.get(name, "").strip()
    if not token:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or not values:
        raise invalid_token(name)
    return values


def invalid_token(name: str) -> Problem:
    return bad_request(f"The {name} token is not valid.", errors={name: ["The token is not one of a link."]})
