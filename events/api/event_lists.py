"""How a list of events is answered: the scope, the search, the page, its links."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from events.api.parameters import cursor, read_cursor, read_search
from events.api.serializers import EventSerializer, EventSummarySerializer
from events.api.stack_modes import STACK_MODES, list_stack_mode
from events.models import Event
from events.models.event import EventQuerySet
from events.selectors import EventPage, Scope, in_time, page_by_key, page_by_number
from exceptionless_site.api.errors import bad_request
from exceptionless_site.api.pagination import MAXIMUM_SKIP, link, page_and_limit, page_links
from exceptionless_site.core.clock import utc_now
from projects.models import Project

SORTS = ("", "-date", "date")


def list_events(request: Request, scope: Scope) -> Response:
    """The events of the scope that match `filter` and `time`, or their stacks."""
    mode = request.query_params.get("mode", "")
    if mode in STACK_MODES:
        return list_stack_mode(request, scope, mode)
    search = read_search(request)
    events = in_time(search.apply(scope.events()), search.time, utc_now())
    return answer(request, events)


def answer(request: Request, events: EventQuerySet) -> Response:
    """One page of these events, in the asked mode, with links and, when asked for, the total."""
    sort = request.query_params.get("sort", "").strip()
    if sort not in SORTS:
        raise bad_request("Events can be sorted by date only.", errors={"sort": ["Use date or -date."]})
    page, limit = page_and_limit(request)
    found, links = _page(request, events, page, limit, oldest_first=sort == "date")
    response = Response(serialize(request, found.events))
    if links:
        response["Link"] = ", ".join(links)
    if "total" in request.query_params.get("include", "").split(","):
        response["X-Result-Count"] = str(events.count())
    return response


def _page(
    request: Request, events: EventQuerySet, page: int, limit: int, *, oldest_first: bool
) -> tuple[EventPage, list[str]]:
    if request.query_params.get("page") or oldest_first:
        if (page - 1) * limit > MAXIMUM_SKIP:
            return EventPage([], has_more=False), []
        found = page_by_number(events, page, limit, oldest_first=oldest_first)
        return found, page_links(request, page, limit, has_more=found.has_more)
    found = page_by_key(events, limit, before=read_cursor(request, "before"), after=read_cursor(request, "after"))
    return found, _cursor_links(request, found)


def _cursor_links(request: Request, found: EventPage) -> list[str]:
    """`previous` is there whenever the page has events, so that a reader can ask for newer ones later."""
    if not found.events:
        return []
    links = [link(request, "previous", before=cursor(found.events[0]), after="")]
    if found.has_more:
        links.append(link(request, "next", after=cursor(found.events[-1]), before=""))
    return links


def serialize(request: Request, events: list[Event]) -> list[dict[str, Any]]:
    if request.query_params.get("mode") != "summary":
        return [EventSerializer().to_representation(event) for event in events]
    names = dict(Project.objects.filter(pk__in={event.project_id for event in events}).values_list("pk", "name"))
    serializer = EventSummarySerializer(context={"project_names": names})
    return [serializer.to_representation(event) for event in events]
