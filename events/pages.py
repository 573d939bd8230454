"""Pages for people about searching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

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
