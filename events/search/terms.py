"""What one term or range means on one field."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from events.search.conditions import (
    AnyToken,
    Between,
    Condition,
    Equals,
    Nothing,
    Phrase,
    Present,
    RangeValue,
    StartsWith,
    Token,
    TokenPattern,
    WithinBox,
    WithinDistance,
)
from events.search.custom_fields import parse_custom_date, parse_custom_number
from events.search.date_math import parse_date, parse_zone
from events.search.errors import FilterValueError
from events.search.fields import CUSTOM_PREFIX, Field, Kind
from events.search.geo import DEFAULT_DISTANCE, parse_distance, parse_point
from events.search.nodes import Range, Term, unescape
from events.search.words import lower

_WILDCARD = re.compile(r"(?<!\\)[*?]")
_TRUTH = {"true": True, "false": False}


def term_condition(field: Field, term: Term, now: datetime) -> Condition:
    """The condition of a term, negation aside. Raises FilterValueError when the value does not fit the field."""
    if term.is_wildcard:
        return Present(field)
    if field.kind is Kind.TEXT:
        return _text(field, term)
    if field.kind is Kind.KEYWORD:
        return StartsWith(field, term.value[:-1]) if term.ends_with_star else Equals(field, term.value)
    if field.kind is Kind.DATE:
        lowest, highest = (_date(field, term.value, now, UTC, round_up=up) for up in (False, True))
        return Between(field, lowest, highest)
    if field.kind is Kind.GEO:
        latitude, longitude = parse_point(term.value)
        return WithinDistance(field, latitude, longitude, parse_distance(unescape(term.proximity or DEFAULT_DISTANCE)))
    return Equals(field, _truth(field, term.value) if field.kind is Kind.BOOLEAN else _number(field, term.value))


def _text(field: Field, term: Term) -> Condition:
    if term.ends_with_star:
        return _prefix(field, unescape(term.value), term.value)
    tokens = _search_tokens(field, term.value)
    if term.quoted and len(tokens) > 1:
        can_match = field.analysis is not None and field.analysis.has_positions
        return Phrase(field, tuple(tokens)) if can_match else Nothing()
    return _any_token(field, tokens)


def _search_tokens(field: Field, text: str) -> list[str]:
    return [] if field.analysis is None else field.analysis.search(text)


def _any_token(field: Field, tokens: list[str]) -> Condition:
    lengths = field.analysis.prefix_lengths if field.analysis else None
    if lengths is None:
        found = tuple(Token(token) for token in tokens)
    else:
        found = tuple(Token(token, is_prefix=True) for token in tokens if lengths[0] <= len(token) <= lengths[1])
    return AnyToken(field, found) if found else Nothing()


def _prefix(field: Field, text: str, escaped: str) -> Condition:
    """A prefix search: the text before the star is analysed, its last token is the prefix.

    The search engine reads such terms with its own query language, so they are unescaped a second time, and other
    wildcards in them are active.
    """
    if escaped[0] in "*?":
        raise FilterValueError(f"{escaped}: a value cannot start with a wildcard")
    if _WILDCARD.search(escaped[:-1]):
        return TokenPattern(field, lower(text))
    *whole, last = _search_tokens(field, text[:-1]) or [""]
    if not last:
        return Nothing()
    return AnyToken(field, (*(Token(token) for token in whole), Token(last, is_prefix=True)))


def range_condition(field: Field, node: Range, now: datetime) -> Condition:
    """The condition of a range, negation aside. Raises FilterValueError when a value does not fit the field."""
    if node.lower_value is None and node.upper_value is None:
        return Present(field)
    if field.kind is Kind.GEO:
        return _box(field, node)
    zone = parse_zone(unescape(node.boost)) if field.kind is Kind.DATE and node.boost else UTC
    # Whole units: `>2015` starts after the year, `<=2015` ends with it.
    lowest = _bound(field, node.lower_value, now, zone, round_up=not node.includes_lower)
    highest = _bound(field, node.upper_value, now, zone, round_up=node.includes_upper)
    return Between(field, lowest, highest, node.includes_lower, node.includes_upper)


def _bound(field: Field, text: str | None, now: datetime, zone: tzinfo, *, round_up: bool) -> RangeValue | None:
    if text is None:
        return None
    if field.kind is Kind.DATE:
        return _date(field, text, now, zone, round_up=round_up)
    if field.kind in (Kind.NUMBER, Kind.INTEGER):
        return _number(field, text)
    if field.kind is Kind.BOOLEAN:
        raise FilterValueError(f"{field.name} is true or false and has no ranges")
    return lower(text) if field.kind is Kind.TEXT else text


def _box(field: Field, node: Range) -> Condition:
    if node.lower_value is None or node.upper_value is None:
        raise FilterValueError(f"A range of {field.name} needs two corners")
    first, second = parse_point(node.lower_value), parse_point(node.upper_value)
    south, north = sorted((first.latitude, second.latitude))
    return WithinBox(field, south, first.longitude, north, second.longitude)


def _date(field: Field, text: str, now: datetime, zone: tzinfo, *, round_up: bool) -> datetime:
    try:
        return parse_date(text, now=now, zone=zone, round_up=round_up)
    except FilterValueError:
        # Custom dates may be written in the same ways in which they are sent.
        found = parse_custom_date(text) if field.name.startswith(CUSTOM_PREFIX) else None
        if found is None:
            raise
        return found.astimezone(UTC)


def _number(field: Field, text: str) -> float:
    number = parse_custom_number(text)
    if number is None:
        raise FilterValueError(f"{text} is not a number, as {field.name} needs")
    return number


def _truth(field: Field, text: str) -> bool:
    truth = _TRUTH.get(text.lower())
    if truth is None:
        raise FilterValueError(f"{field.name} is true or false, not {text}")
    return truth
