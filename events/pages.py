"""Pages for people about searching."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.search import guide
from events.search.dates import TimeRange, parse_time
from exceptionless_site.core.clock import utc_now
from exceptionless_site.pages import page


class TimeHelp(NamedTuple):
    text: str
    range: TimeRange


@require_safe
def search_guide(request: HttpRequest) -> HttpResponse:
    """How to search: the language, the fields, times, sorting, aggregations."""
    now = utc_now()
    context = {
        "filters": guide.FILTERS,
        "dates": guide.DATES,
        "event_fields": guide.event_fields(),
        "stack_fields": guide.stack_fields(),
        "times": [TimeHelp(text, parse_time(text, now=now)) for text in guide.TIMES],
        "now": now,
        "offsets": guide.OFFSETS,
        "sorts": guide.SORTS,
        "aggregations": guide.AGGREGATIONS,
    }
    return page(request, "search_guide.html", context)
