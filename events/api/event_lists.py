"""How a list of events is answered: the scope, the search, the page, its links."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from events.api.parameters import invalid_token, read_search, read_token, text_parameter, write_token
from events.api.scope import permitted_scope
from events.api.searching import searching
from events.api.serializers import EventSerializer, EventSummarySerializer
from events.api.stack_modes import answer_stacks, stack_mode
from events.models import Event
from events.search.errors import FilterSyntaxError
from events.search.fields import EVENT_FIELDS, Field, Resource
from events.search.sort import resolve_sort
from events.selectors import EventPage, EventQuery, Scope, page_by_key, page_by_number
from events.sorting import InvalidPlaceError, page_sorted
from exceptionless_site.api.errors import bad_request
from exceptionless_site.api.pagination import MAXIMUM_SKIP, link, page_and_limit, page_links
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import SEQUENCE_BITS, to_milliseconds
from projects.models import Project

_SEQUENCES = (1 << SEQUENCE_BITS) - 1
_LARGEST_KEY = 2**63 - 1


def list_events(request: Request, scope: Scope, *, within: str = "") -> Response:
    """The events of the scope that match `within`, `filter` and `time`, or their stacks."""
    search = read_search(request, Resource.EVENT_STACK if stack_mode(request) else Resource.EVENT, within=within)
    scope = permitted_scope(scope, search.tree, uses_premium=search.uses_premium, identity=request.auth)  # type: ignore[arg-type]
    with searching():
        return answer(request, search.query(scope, utc_now()))


def answer(request: Request, query: EventQuery) -> Response:
    """One page of these events or of their stacks, as the mode has it, with links and, when asked for, the total."""
    mode = stack_mode(request)
    if mode is not None:
        return answer_stacks(request, query, mode)
    events, links = _page(request, query)
    response = Response(serialize(request, events))
    if links:
        response["Link"] = ", ".join(links)
    if "total" in request.query_params.get("include", "").split(","):
        response["X-Result-Count"] = str(query.count())
    return response


def serialize(request: Request, events: list[Event]) -> list[dict[str, Any]]:
    if request.query_params.get("mode") != "summary":
        return [EventSerializer().to_representation(event) for event in events]
    names = dict(Project.objects.filter(pk__in={event.project_id for event in events}).values_list("pk", "name"))
    serializer = EventSummarySerializer(context={"project_names": names})
    return [serializer.to_representation(event) for event in events]


# --- Pages --------------------------------------------------------------------------------------

_Page = tuple[list[Event], list[str]]
"""The events of a page and the links to its neighbours."""


def _page(request: Request, query: EventQuery) -> _Page:
    sort = _read_sort(request)
    page, limit = page_and_limit(request)
    is_numbered = bool(request.query_params.get("page"))
    if is_numbered and (page - 1) * limit > MAXIMUM_SKIP:
        return [], []
    if sort and sort[0][0].storage != "date":
        return _sorted_page(request, query, sort, page if is_numbered else None, limit)
    oldest_first = bool(sort) and not sort[0][1]
    if is_numbered:
        found = page_by_number(query, page, limit, oldest_first=oldest_first)
        return found.events, page_links(request, page, limit, has_more=found.has_more)
    found = _page_by_key(request, query, limit, oldest_first)
    tokens = [write_token(_place(event)) for event in found.events]
    return found.events, _token_links(request, tokens, has_more=found.has_more)


def _read_sort(request: Request) -> list[tuple[Field, bool]]:
    try:
        return resolve_sort(text_parameter(request, "sort"), EVENT_FIELDS)
    except FilterSyntaxError as error:
        raise bad_request(f"Invalid sort: {error}", errors={"sort": [str(error)]}) from None


def _sorted_page(
    request: Request, query: EventQuery, sort: list[tuple[Field, bool]], page: int | None, limit: int
) -> _Page:
    before, after = (None if page else read_token(request, name) for name in ("before", "after"))
    start = (page - 1) * limit if page else 0
    try:
        found = page_sorted(query, sort, limit, start=start, before=before, after=after)
    except InvalidPlaceError:
        raise invalid_token("before" if before is not None else "after") from None
    if page:
        return found.events, page_links(request, page, limit, has_more=found.has_more)
    return found.events, _token_links(request, list(map(write_token, found.places)), has_more=found.has_more)


def _token_links(request: Request, tokens: list[str], *, has_more: bool) -> list[str]:
    """`previous` is there whenever the page has events, so that a reader can ask for newer ones later."""
    if not tokens:
        return []
    links = [link(request, "previous", before=tokens[0], after="")]
    if has_more:
        links.append(link(request, "next", after=tokens[-1], before=""))
    return links


# --- Places by date -----------------------------------------------------------------------------


def _page_by_key(request: Request, query: EventQuery, limit: int, oldest_first: bool) -> EventPage:
    before, after = (_read_key(request, name, oldest_first) for name in ("before", "after"))
    return page_by_key(query, limit, before=before, after=after, oldest_first=oldest_first)


def _place(event: Event) -> list[Any]:
    """The date in milliseconds, the id, and what the key holds besides the date."""
    return [to_milliseconds(event.date), event.event_id, event.key & _SEQUENCES]


def _read_key(request: Request, name: str, oldest_first: bool) -> int | None:
    """The key of a place; a place without its third part is looked up by the id."""
    place = read_token(request, name)
    if place is None:
        return None
    date, id_, sequence = (*place, None, None)[:3]
    if not _is_whole(date, _LARGEST_KEY >> SEQUENCE_BITS):
        raise invalid_token(name)
    if _is_whole(sequence, _SEQUENCES):
        return int(date) << SEQUENCE_BITS | int(sequence)
    if not isinstance(id_, str):
        raise invalid_token(name)
    known = Event.objects.filter(event_id=id_, key__range=_keys_of(date)).values_list("key", flat=True).first()
    # An event that is gone leaves its millisecond, and the page starts behind that.
    return known if known is not None else _keys_of(date)[oldest_first == (name == "after")]


def _is_whole(value: Any, largest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest


def _keys_of(milliseconds: int) -> tuple[int, int]:
    return milliseconds << SEQUENCE_BITS, milliseconds << SEQUENCE_BITS | _SEQUENCES
