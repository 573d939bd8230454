"""What can be asked of lists: once for the forms of the browsable API and for the parameters of the documentation.

Nothing is filtered here; `parameters.py` reads the values and `events/search` gives them their meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import FilterSet
from django_filters.filters import Filter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from events.stack_selectors import StackMode
from exceptionless_site.api.browsable import marked

Examples = Mapping[str, str]
"""Values by what they mean."""

GUIDE = "/docs/search"


def _guide(section: str) -> str:
    return f" See the [search guide]({GUIDE}#{section})."


class SearchField(forms.CharField):
    """A text with examples to choose from."""

    def __init__(self, *, examples: Examples, **named: Any) -> None:
        super().__init__(**named)
        self.examples = examples


class SearchFilter(Filter):
    """One parameter of a list; the description may hold `code` and links to pages of this site."""

    field_class = SearchField

    def __init__(self, description: str, *, examples: Examples, kind: OpenApiTypes = OpenApiTypes.STR) -> None:
        super().__init__(help_text=marked(description), required=False, examples=examples)
        self.description = description
        self.kind = kind
        self.examples = examples

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs


_TIMES = {
    "All": "",
    "The last day": "[now-1d TO now]",
    "Last week": "last week",
    "Today": "today",
    "A day": "2026-01-15",
}
_STACK_MODES: Examples = {
    "Stacks, latest first": StackMode.RECENT,
    "Stacks, most frequent first": StackMode.FREQUENT,
    "Stacks that are new": StackMode.NEW,
    "Stacks, most users first": StackMode.USERS,
}


def _offset() -> SearchFilter:
    return SearchFilter(
        "The distance of your local time from UTC, such as `-300m` or `2h`; `time` is read in it." + _guide("time"),
        examples={"UTC": "", "Five hours behind": "-300m", "Two hours ahead": "2h"},
    )


def _limit() -> SearchFilter:
    return SearchFilter(
        "How many objects a page holds, 10 by default and 100 at the most.",
        examples={"Ten": "10", "A hundred": "100"},
        kind=OpenApiTypes.INT32,
    )


class EventSearchFilters(FilterSet):
    """Which events."""

    filter = SearchFilter(
        "A filter that narrows the result, such as `type:error` or `reference:my-reference-id`. Terms are joined by "
        "AND; `OR`, `NOT`, groups and ranges work too." + _guide("filter"),
        examples={
            "Everything": "",
            "By reference id": "reference:my-reference-id",
            "Errors that are open": "type:error (status:open OR status:regressed)",
            "A phrase in the message": 'message:"connection refused"',
            "A number in the data": "data.age:>=18",
            "What a user met": "user:jane@example.com",
        },
    )
    time = SearchFilter(
        "A range of time that the events lie in, such as `last 7 days` or `[now-1d TO now]`. Without it, all events "
        "that the retention still shows." + _guide("time"),
        examples=_TIMES,
    )
    offset = _offset()


class EventListFilters(EventSearchFilters):
    sort = SearchFilter(
        "The fields to sort by, with a space between, `-` in front for descending. Events are newest first: `-date`. "
        "Not in the `stack_…` modes." + _guide("sort"),
        examples={"Newest first": "-date", "Oldest first": "date", "Greatest value first": "-value"},
    )
    mode = SearchFilter(
        "Empty for whole events; `summary` for a short row of each; `stack_recent`, `stack_frequent`, `stack_new` or "
        "`stack_users` for the stacks of the events, with what their events add up to.",
        examples={"Whole events": "", "Short rows": "summary", **_STACK_MODES},
    )
    limit = _limit()


class EventCountFilters(EventSearchFilters):
    aggregations = SearchFilter(
        "What to find out about the events, separated by blanks: `operation:field`, or `operation:(field~x^y child)`. "
        "`min` `max` `avg` `sum` `stats` `exstats`: `~` is the value of events without the field. `cardinality` counts "
        "different values, `missing` events without a value; `percentiles:value~50,95` are exact, on the line between "
        "two values where they fall between them. `date:(date~1d^-300m)`: events by time, `~` is the interval (`m` `h` "
        "`d` `w` `M` `q` `y` by the calendar, or a fixed one such as `12h`; without it there are about a hundred "
        "buckets), `^` the time zone, a distance from UTC or a name; empty buckets are there too. "
        "`terms:(tags~10^2 @include:a @exclude:/x.*/ @missing:none @min:2)`: events by value, the most frequent first, "
        "`~` is how many values, `^` or `@min` how many events each needs. `geogrid:geo~4` by geohash; "
        "`histogram:value~10` by number: buckets that hold events, named by their lower end; `tophits:date~3` the "
        "newest events. `date`, `terms`, `histogram` and `geogrid` may hold others; a child with `-` or `+` in front "
        "orders the terms above it. Results are found under `operation_field`.",
        examples={
            "None": "",
            "Events by time, users, first occurrences": "date:(date cardinality:user sum:count~1) cardinality:user "
            "terms:(first @include:true)",
            "The ten most frequent tags": "terms:tags",
        },
    )
    mode = SearchFilter(
        "`stack_new` counts only events of stacks that occurred for the first time in `time`; the other `stack_…` "
        "modes allow filters on stacks without premium features.",
        examples={"All events": "", "Of new stacks": StackMode.NEW},
    )


class StackListFilters(FilterSet):
    """Which stacks."""

    filter = SearchFilter(
        "A filter that narrows the result, such as `status:open` or `title:timeout`. Terms are joined by AND; `OR`, "
        "`NOT`, groups and ranges work too." + _guide("stacks"),
        examples={
            "Everything": "",
            "Open or come back": "(status:open OR status:regressed)",
            "Often and critical": "critical:true occurrences:>100",
        },
    )
    sort = SearchFilter(
        "Fields to sort by, `-` in front for descending: `-last`, `-occurrences`. By id without it." + _guide("sort"),
        examples={"By id": "", "Latest first": "-last", "Most frequent first": "-occurrences"},
    )
    time = SearchFilter(
        "A range of time that the last occurrence lies in, such as `last 7 days`; the first occurrence with `first|` "
        "in front." + _guide("time"),
        examples={"All": "", "The last day": "[now-1d TO now]", "New this week": "first|[now-7d TO now]"},
    )
    offset = _offset()
    mode = SearchFilter(
        "Empty for whole stacks; `summary` for short rows, whose figures are those of the events in `time`, without "
        "the stacks that have none.",
        examples={"Whole stacks": "", "Short rows": "summary"},
    )
    limit = _limit()


def parameter(filters: type[FilterSet], name: str) -> OpenApiParameter:
    """One filter as the documentation shows it."""
    found: Any = filters.base_filters[name]
    examples = [OpenApiExample(label, _typed(found.kind, value)) for label, value in found.examples.items()]
    default = 10 if name == "limit" else None
    return OpenApiParameter(name, found.kind, description=found.description, examples=examples, default=default)


def _typed(kind: OpenApiTypes, value: str) -> str | int:
    return int(value) if kind is OpenApiTypes.INT32 else str(value)


def parameters(filters: type[FilterSet]) -> Sequence[OpenApiParameter]:
    """All filters of a set as the documentation shows them."""
    return [parameter(filters, name) for name in filters.base_filters]
