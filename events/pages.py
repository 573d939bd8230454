"""Pages for people: the search guide, and the places that mails and web hooks lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from events.models import Event
from events.search import guide
from events.search.dates import TimeRange, parse_time
from exceptionless_site.api.browsable import marked
from exceptionless_site.core.clock import utc_now
from exceptionless_site.pages import page


class TimeHelp(NamedTuple):
    text: str
    range: TimeRange


def _shown(examples: Sequence[guide.Example]) -> list[tuple[str, SafeString]]:
    return [(text, marked(meaning)) for text, meaning in examples]


@require_safe
def search_guide(request: HttpRequest) -> HttpResponse:
    """How to search: the language, the fields, times, sorting, aggregations."""
    now = utc_now()
    context = {
        "filters": _shown(guide.FILTERS),
        "dates": _shown(guide.DATES),
        "event_fields": guide.event_fields(),
        "stack_fields": guide.stack_fields(),
        "times": [TimeHelp(text, parse_time(text, now=now)) for text in guide.TIMES],
        "now": now,
        "offsets": _shown(guide.OFFSETS),
        "sorts": _shown(guide.SORTS),
        "aggregations": _shown(guide.AGGREGATIONS),
    }
    return page(request, "search_guide.html", context)


# The official web UI has these routes under its own address; without one the admin's pages say the same. They hold
# nothing themselves, and the admin lets only those in who may see them.


@require_safe
def event(request: HttpRequest, event_id: str) -> HttpResponse:
    """The page of an event by the id of the wire."""
    key = Event.objects.filter(event_id=event_id.lower()).values_list("key", flat=True).first()
    if key is None:
        raise Http404
    return redirect("admin:events_event_change", key)


@require_safe
def stack(request: HttpRequest, stack_id: str, decision: str = "") -> HttpResponse:
    """The page of a stack, where decisions are made; opening a link decides nothing."""
    return redirect("admin:events_stack_change", stack_id)


@require_safe
def project(request: HttpRequest, project_id: str, part: str) -> HttpResponse:
    return redirect("admin:projects_project_change", project_id)


@require_safe
def organization(request: HttpRequest, organization_id: str, part: str) -> HttpResponse:
    return redirect("admin:accounts_organization_change", organization_id)
