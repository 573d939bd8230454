"""The search boxes of the admin: ids as they are, all else in the language of the API's filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from events.models import Event, Stack
from events.search.compile import compile_events
from events.search.compile_stacks import compile_stack_filter, compile_stack_tree
from events.search.errors import FilterSyntaxError, FilterValueError
from events.search.fields import EVENT_FIELDS, Resource
from events.search.plan import plan_filter
from events.search.split import split_filter, without_inversion_mark
from events.search.sql.matching import nested_condition
from events.search.validation import validate_filter
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.json import clean_text
from exceptionless_site.core.time_keys import key_range

HELP = "An id, or a filter such as {example}; see /docs/search"


def matching_events(rows: QuerySet[Event], text: str) -> QuerySet[Event]:
    """The events that a filter finds. Raises FilterSyntaxError and FilterValueError."""
    verdict = validate_filter(without_inversion_mark(text), Resource.EVENT)
    if verdict.tree is None:
        raise FilterValueError(f"{verdict.message} (character {(verdict.position or 0) + 1})")
    parts, now = split_filter(verdict.tree), utc_now()
    window = key_range(None, now)
    compiled = compile_events(plan_filter(parts.event, EVENT_FIELDS, now=now), window)
    rows = rows.filter(compiled.condition)
    if compiled.query is not None:
        rows = rows.filter(nested_condition(compiled.query, window))
    if parts.stack.items:
        stacks = Stack.objects.filter(compile_stack_tree(parts.stack)).order_by()
        rows = rows.filter(stack_id__in=stacks.values("pk"))
    return rows


def matching_stacks(rows: QuerySet[Stack], text: str) -> QuerySet[Stack]:
    """The stacks that a filter finds. Raises FilterSyntaxError and FilterValueError."""
    return rows.filter(compile_stack_filter(text))


def searched(
    request: HttpRequest,
    rows: QuerySet[Any],
    text: str,
    match: Callable[[QuerySet[Any], str], QuerySet[Any]],
) -> QuerySet[Any]:
    """What the search box finds; a filter that cannot be read finds nothing and says why."""
    try:
        return match(rows, clean_text(text))
    except (FilterSyntaxError, FilterValueError) as error:
        messages.error(request, f"This filter cannot be read: {error}")
        return rows.none()
