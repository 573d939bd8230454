"""From a filter's tree to conditions on stored events: the fields that have a column of their own.

First version: a field without a column is refused with a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q

from events.search.date_math import parse_date
from events.search.errors import FilterValueError
from events.search.nodes import Group, Node, Operator, Presence, Range, Term
from events.search.parser import parse_filter
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_range

NOTHING = Q(pk__in=[])
_COLUMNS = {
    "id": "event_id",
    "organization": "organization_id",
    "organization_id": "organization_id",
    "project": "project_id",
    "project_id": "project_id",
    "stack": "stack_id",
    "stack_id": "stack_id",
    "reference": "reference_id",
    "reference_id": "reference_id",
    "status": "stack__status",
    "ref.session": "session_id",
    "session": "session_id",
}
_LOWER_CASE_COLUMNS = {"type": "type", "level": "level"}
_NUMBERS = {"value": "value", "count": "count", "occurrences": "stack__total_occurrences"}
_BOOLEANS = {
    "first": "is_first_occurrence",
    "is_first_occurrence": "is_first_occurrence",
    "critical": "stack__occurrences_are_critical",
}
_SESSION_END = frozenset({"data.sessionend", "idx.sessionend-d"})
_ALL_COLUMNS = _COLUMNS | _LOWER_CASE_COLUMNS | _NUMBERS | _BOOLEANS


def compile_filter(text: str | None) -> Q:
    """The condition for the events that a filter means; an empty filter means all.

    Raises FilterSyntaxError or FilterValueError, both with a sentence for the person who wrote it.
    """
    if not text or not text.strip():
        return Q()
    return _group(parse_filter(text), None)


def _group(group: Group, scope: str | None) -> Q:
    scope = group.field or scope
    combined: Q | None = None
    for item in group.items:
        condition = _node(item, scope)
        if combined is None:
            combined = condition
        else:
            combined = combined & condition if group.operator == Operator.AND else combined | condition
    return combined if combined is not None else Q()


def _node(node: Node, scope: str | None) -> Q:
    if isinstance(node, Group):
        condition = _group(node, scope)
    else:
        condition = _leaf(node, (node.field or scope or "").lower())
    return ~condition if node.is_excluded else condition


def _leaf(node: Node, field: str) -> Q:
    if isinstance(node, Term) and not field and node.is_wildcard:
        return Q(pk__gte=0)
    if field in ("date", "created_utc") and isinstance(node, Term | Range):
        return _date(node)
    if field in _SESSION_END and (isinstance(node, Presence) or (isinstance(node, Term) and node.is_wildcard)):
        has_end = Q(is_session_open=False)
        return ~has_end if isinstance(node, Presence) and node.missing else has_end
    if field not in _ALL_COLUMNS:
        named = f"The field '{field}'" if field else "A term without a field"
        raise FilterValueError(f"{named} cannot be searched yet.")
    if isinstance(node, Presence):
        return Q(**{f"{_ALL_COLUMNS[field]}__isnull": node.missing})
    if isinstance(node, Term):
        return _term(node, field)
    if isinstance(node, Range):
        return _range(node, field)
    raise FilterValueError(f"'{field}' cannot be searched like this.")


def _term(node: Term, field: str) -> Q:
    column = _ALL_COLUMNS[field]
    if node.is_wildcard:
        return Q(**{f"{column}__isnull": False})
    if field in _BOOLEANS:
        return Q(**{column: _boolean(node.value, field)})
    if field in _NUMBERS:
        return Q(**{column: _number(node.value, field)})
    suffix = "iexact" if field in _LOWER_CASE_COLUMNS else "exact"
    value = node.value
    if node.ends_with_star:
        suffix, value = suffix.replace("exact", "startswith"), value[:-1]
    return Q(**{f"{column}__{suffix}": value})


def _range(node: Range, field: str) -> Q:
    convert: Callable[[str, str], object] = _number if field in _NUMBERS else (lambda value, _: value)
    column, condition = _ALL_COLUMNS[field], Q(**{f"{_ALL_COLUMNS[field]}__isnull": False})
    if node.lower_value is not None:
        condition &= Q(**{f"{column}__{'gte' if node.includes_lower else 'gt'}": convert(node.lower_value, field)})
    if node.upper_value is not None:
        condition &= Q(**{f"{column}__{'lte' if node.includes_upper else 'lt'}": convert(node.upper_value, field)})
    return condition


def _date(node: Term | Range) -> Q:
    now = utc_now()
    if isinstance(node, Term):
        start: datetime | None = _moment(node.value, now, round_up=False)
        end: datetime | None = _moment(node.value, now, round_up=True)
        return _between(start, end, includes_start=True, includes_end=True)
    lower, upper = node.lower_value, node.upper_value
    start = None if lower is None else _moment(lower, now, round_up=not node.includes_lower)
    end = None if upper is None else _moment(upper, now, round_up=node.includes_upper)
    return _between(start, end, includes_start=node.includes_lower, includes_end=node.includes_upper)


def _between(start: datetime | None, end: datetime | None, *, includes_start: bool, includes_end: bool) -> Q:
    first, last = key_range(start, end)
    if start is not None and not includes_start:
        first = key_range(None, start)[1] + 1
    if end is not None and not includes_end:
        last = key_range(end, None)[0] - 1
    return Q(pk__gte=first, pk__lte=last)


def _moment(text: str, now: datetime, *, round_up: bool) -> datetime:
    try:
        return parse_date(text, now=now, round_up=round_up)
    except FilterValueError:
        raise
    except ValueError:
        raise FilterValueError(f"'{text[:100]}' is not a date.") from None


def _number(text: str, field: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FilterValueError(f"'{text[:100]}' is not a number, which '{field}' needs.") from None


def _boolean(text: str, field: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise FilterValueError(f"'{field}' is either true or false, not '{text[:100]}'.")
    return text.lower() == "true"
