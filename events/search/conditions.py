"""What a filter means, free of spelling: conditions on fields, joined by and, or, not, ready for a compiler to SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.search.fields import Field

RangeValue = datetime | float | str


@dataclass(frozen=True, slots=True)
class Condition:
    """Base of all conditions. A field with several values matches when one of them does."""


@dataclass(frozen=True, slots=True)
class Everything(Condition):
    pass


EVERYTHING = Everything()


@dataclass(frozen=True, slots=True)
class Nothing(Condition):
    pass


@dataclass(frozen=True, slots=True)
class And(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """True also where the field has no value."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Present(Condition):
    """The field has a value."""

    field: Field


@dataclass(frozen=True, slots=True)
class Token:
    """A search token; as a prefix it stands for every index token that starts with it."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class AnyToken(Condition):
    """A text field holds one of the tokens."""

    field: Field
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Phrase(Condition):
    """A text field holds the tokens (two or more) at consecutive positions."""

    field: Field
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenPattern(Condition):
    """A token of a text field matches a lower-case pattern, in which `*` is any text and `?` any character."""

    field: Field
    pattern: str


@dataclass(frozen=True, slots=True)
class Equals(Condition):
    """A keyword, number or boolean field has exactly this value."""

    field: Field
    value: str | float | bool


@dataclass(frozen=True, slots=True)
class StartsWith(Condition):
    """A keyword field starts with this text, case-sensitive."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """A value lies in a range; a bound that is None is open.

    Dates are aware and whole milliseconds; texts compare as strings, those of text fields token by token.
    """

    field: Field
    lower: RangeValue | None
    upper: RangeValue | None
    includes_lower: bool = True
    includes_upper: bool = True


@dataclass(frozen=True, slots=True)
class WithinDistance(Condition):
    """Degrees and metres."""

    field: Field
    latitude: float
    longitude: float
    distance: float


@dataclass(frozen=True, slots=True)
class WithinBox(Condition):
    """Degrees; a box whose west lies east of its east crosses the date line."""

    field: Field
    south: float
    west: float
    north: float
    east: float


def all_of(parts: Iterable[Condition]) -> Condition:
    """And, without the parts that decide nothing."""
    kept = []
    for part in parts:
        if isinstance(part, Nothing):
            return part
        if not isinstance(part, Everything):
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else Everything()
    return And(tuple(kept))


def any_of(parts: Iterable[Condition]) -> Condition:
    """Or, without the parts that decide nothing."""
    kept = []
    for part in parts:
        if isinstance(part, Everything):
            return part
        if not isinstance(part, Nothing):
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else Nothing()
    return Or(tuple(kept))


def negation(part: Condition) -> Condition:
    """Not, without doubling."""
    if isinstance(part, Everything):
        return Nothing()
    if isinstance(part, Nothing):
        return Everything()
    return part.part if isinstance(part, Not) else Not(part)
