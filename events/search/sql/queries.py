"""Questions to the index of tokens: what a condition asks, as far as tokens can answer it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.search.conditions import (
    And,
    AnyToken,
    Between,
    Condition,
    Equals,
    Everything,
    Not,
    Nothing,
    Or,
    Phrase,
    Present,
    StartsWith,
)
from events.search.date_math import to_epoch_milliseconds
from events.search.fields import Field, Kind
from events.search.sql import tokens
from events.search.sql.numbers import DIGITS, range_prefixes

ID_LENGTH = 24
ID_START = re.compile(r"[0-9a-f]{1,24}")
"""Of the ids that we make."""

_NUMERIC = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.DATE})
_ALWAYS_PRESENT = frozenset({"id", "organization", "project", "stack", "type", "date", "created", "first"})
_COLUMNS_ONLY = frozenset({"id", "date", "created", "value", "count"})


@dataclass(frozen=True, slots=True)
class Query:
    """Base of all questions."""


@dataclass(frozen=True, slots=True)
class Has(Query):
    token: str


@dataclass(frozen=True, slots=True)
class HasPrefix(Query):
    text: str


@dataclass(frozen=True, slots=True)
class HasPhrase(Query):
    """The tokens follow each other."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf(Query):
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Query):
    """Without parts: nothing."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Without(Query):
    part: Query


NEVER = AnyOf(())


class TokenLanguage:
    """Which conditions a database answers by tokens; those on the fields of `columns` it answers by their columns."""

    def __init__(self, columns: Iterable[str] = ()) -> None:
        self.columns = _COLUMNS_ONLY | frozenset(columns)

    def query(self, condition: Condition) -> Query | None:
        """The question that a condition is; None for one that tokens cannot answer, at least not alone."""
        match condition:
            case And(parts):
                return self._joined(parts, AllOf)
            case Or(parts):
                return self._joined(parts, AnyOf)
            case Not(part):
                inner = self.query(part)
                return None if inner is None else Without(inner)
            case Nothing():
                return NEVER
            case Everything():
                return Without(NEVER)
        field: Field | None = getattr(condition, "field", None)
        if field is None or field.storage in self.columns:
            return NEVER if is_no_id(condition) else None
        return _field_query(condition, field)

    def _joined(self, parts: tuple[Condition, ...], join: type[AllOf] | type[AnyOf]) -> Query | None:
        queries = [self.query(part) for part in parts]
        known = [query for query in queries if query is not None]
        return join(tuple(known)) if len(known) == len(queries) else None


def is_no_id(condition: Condition) -> bool:
    """Whether a condition asks for the id of an event with a text that cannot be one, as most bare words do."""
    match condition:
        case Equals(field, str(text)) if field.storage == "id":
            return len(text) != ID_LENGTH
        case StartsWith(field, text) if field.storage == "id":
            return not ID_START.fullmatch(text)
    return False


def _field_query(condition: Condition, field: Field) -> Query | None:
    storage = field.storage
    match condition:
        case Present():
            return present(field)
        case AnyToken(_, searched):
            start = tokens.mark(storage)
            return AnyOf(
                tuple(
                    HasPrefix(start + token.text[: tokens.MAX_PREFIX])
                    if token.is_prefix
                    else Has(start + tokens.shortened(token.text))
                    for token in searched
                )
            )
        case Phrase(_, words):
            return _phrase(field, words)
        case Equals(_, value):
            return _equals(field, value)
        case StartsWith(_, text):
            return HasPrefix(tokens.mark(storage) + text[: tokens.MAX_PREFIX])
        case Between() if field.kind in _NUMERIC:
            return _range(condition)
    return None


def present(field: Field) -> Query:
    """Whether the field has a value."""
    if field.storage in _ALWAYS_PRESENT:
        return Without(NEVER)
    start = tokens.mark(field.storage)
    return Has(start) if tokens.is_marked(field.storage) or field.kind is Kind.GEO else HasPrefix(start)


def _phrase(field: Field, words: tuple[str, ...]) -> Query:
    if field.analysis is None or not field.analysis.is_stacked:
        start = tokens.mark(field.storage)
        return HasPhrase(tuple(start + tokens.shortened(word) for word in words))
    starts = range(tokens.MAX_STACKED_POSITIONS - len(words) + 1)
    return AnyOf(
        tuple(
            AllOf(
                tuple(Has(tokens.stacked_token(field.storage, at + number, word)) for number, word in enumerate(words))
            )
            for at in starts
        )
    )


def _equals(field: Field, value: str | float | bool) -> Query:
    if field.kind is Kind.BOOLEAN:
        if field.storage == "first" and not value:
            return Without(Has(tokens.truth_token("first", True)))
        return Has(tokens.truth_token(field.storage, bool(value)))
    if field.kind in _NUMERIC:
        return Has(tokens.number_token(field.storage, float(value)))
    return Has(tokens.keyword_token(field.storage, str(value)))


def _range(condition: Between) -> Query:
    start = tokens.mark(condition.field.storage)
    prefixes = range_prefixes(
        _number(condition.lower),
        _number(condition.upper),
        includes_lower=condition.includes_lower,
        includes_upper=condition.includes_upper,
    )
    return AnyOf(
        tuple(Has(start + prefix) if len(prefix) == DIGITS else HasPrefix(start + prefix) for prefix in prefixes)
    )


def _number(bound: datetime | float | str | None) -> float | None:
    if isinstance(bound, datetime):
        return float(to_epoch_milliseconds(bound))
    return None if bound is None else float(bound)


def simplified(query: Query) -> Query | bool:
    """The same question without constants, double negations and groups in groups; a bool when it is decided already."""
    match query:
        case Without(part):
            inner = simplified(part)
            if isinstance(inner, bool):
                return not inner
            return inner.part if isinstance(inner, Without) else Without(inner)
        case AllOf(parts):
            return _merged(parts, AllOf, deciding=False)
        case AnyOf(parts):
            return _merged(parts, AnyOf, deciding=True)
    return query


def _merged(parts: tuple[Query, ...], join: type[AllOf] | type[AnyOf], *, deciding: bool) -> Query | bool:
    kept: dict[Query, None] = {}
    for part in parts:
        inner = simplified(part)
        if isinstance(inner, bool):
            if inner is deciding:
                return deciding
            continue
        kept.update(dict.fromkeys(inner.parts if isinstance(inner, join) else (inner,)))
    if not kept:
        return not deciding
    return next(iter(kept)) if len(kept) == 1 else join(tuple(kept))


def size(query: Query) -> int:
    """How many tokens are looked up."""
    match query:
        case AllOf(parts) | AnyOf(parts):
            return sum(map(size, parts))
        case Without(part):
            return size(part)
        case HasPhrase(searched):
            return len(searched)
    return 1


def depth(query: Query) -> int:
    """How deep groups are nested."""
    match query:
        case AllOf(parts) | AnyOf(parts):
            return 1 + max(map(depth, parts), default=0)
        case Without(part):
            return 1 + depth(part)
    return 1
