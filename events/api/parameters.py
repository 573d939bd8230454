"""Query parameters that event lists share, as they are read and as the documentation shows them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.request import Request

from events.models import Event
from events.models.event import EventQuerySet
from events.search.compile import compile_filter
from events.search.dates import TimeRange, parse_offset, parse_time
from events.search.errors import FilterSyntaxError, FilterValueError, TimeRangeError
from exceptionless_site.api.errors import bad_request
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now


def _text(name: str, description: str, *examples: OpenApiExample) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description, examples=list(examples))


FILTER = _text(
    "filter",
    "A filter that narrows the result, such as `type:error` or `reference:my-reference-id`. "
    "Terms are joined by AND; `OR`, `NOT`, groups and ranges work as in Lucene.",
    OpenApiExample("Everything", value=""),
    OpenApiExample("By reference id", value="reference:my-reference-id"),
    OpenApiExample("Errors that are open", value="type:error (status:open OR status:regressed)"),
)
TIME = _text(
    "time",
    "A range of time that the events lie in, such as `last 7 days` or `[now-1d TO now]`. "
    "Without it, all events that the retention still shows.",
    OpenApiExample("All", value=""),
    OpenApiExample("The last day", value="[now-1d TO now]"),
)
OFFSET = _text("offset", "The distance of your local time from UTC, such as `-300m` or `2h`; `time` is read in it.")
SORT = _text("sort", "The field to sort by, `-` in front for descending. Events are newest first: `-date`.")
MODE = _text("mode", "Empty for whole events; `summary` for a short row of each.")
BEFORE = _text("before", "The `before` token of a previous link: events newer than a page.")
AFTER = _text("after", "The `after` token of a next link: events older than a page.")
INCLUDE = _text("include", "`total` adds the number of all matching events as the header `X-Result-Count`.")
PAGE = OpenApiParameter(
    "page", OpenApiTypes.INT32, description="The page to read, counted from 1. Prefer `before` and `after`."
)
LIMIT = OpenApiParameter(
    "limit", OpenApiTypes.INT32, description="How many objects a page holds, 10 by default and 100 at the most."
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
COUNT_PARAMETERS = (FILTER, TIME, OFFSET, MODE)


@dataclass(frozen=True, slots=True)
class Search:
    """What `filter`, `time` and `offset` ask for."""

    filter_text: str | None
    time: TimeRange

    def apply(self, events: EventQuerySet) -> EventQuerySet:
        """The matching events; 400 with what is wrong and where when the filter cannot be read."""
        try:
            return events.filter(compile_filter(self.filter_text))
        except FilterSyntaxError as error:
            raise bad_request(f"Invalid filter: {error}", errors={"filter": [str(error)]}) from None
        except FilterValueError as error:
            raise bad_request(f"Invalid filter: {error}", errors={"filter": [str(error)]}) from None


def read_search(request: Request) -> Search:
    """The search of a request; 400 for an impossible range of time."""
    parameters = request.query_params
    try:
        offset = parse_offset(parameters.get("offset"))
        time = parse_time(parameters.get("time"), now=utc_now(), offset=offset)
    except TimeRangeError as error:
        raise bad_request(f"Invalid time: {error}", errors={"time": [str(error)]}) from None
    return Search(parameters.get("filter"), time)


def cursor(event: Event) -> str:
    """The token that stands for an event's place in the list."""
    raw = json.dumps([event.key, event.event_id])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(request: Request, name: str) -> int | None:
    """The key in a `before` or `after` token; 400 for what is no token of ours."""
    token = request.query_params.get(name, "").strip()
    if not token:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        value = None
    key = value[0] if isinstance(value, list) and value else None
    if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < 2**63:
        raise bad_request(f"The {name} token is not valid.", errors={name: ["The token is not one of a link."]})
    return key
