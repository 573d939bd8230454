"""What aggregations come to, before it is written as the wire has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Outcomes = Mapping[str, "Outcome"]
"""By the key of the aggregation."""


@dataclass(frozen=True, slots=True)
class Number:
    """min max avg sum cardinality; None is no value."""

    value: float | None


@dataclass(frozen=True, slots=True)
class Documents:
    """How many events: those without a value."""

    total: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """`squares` is the sum of the squares, where it was asked for."""

    count: int = 0
    minimum: float | None = None
    maximum: float | None = None
    total: float = 0
    squares: float = 0


@dataclass(frozen=True, slots=True)
class Percentages:
    """(per cent, value) each; None is no value."""

    items: Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Bucket:
    """`key` is the value, the start in milliseconds, or the geohash."""

    key: Any
    total: int
    outcomes: Outcomes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Buckets:
    """`others` counts the events of buckets that are not shown."""

    items: Sequence[Bucket]
    others: int = 0


@dataclass(frozen=True, slots=True)
class Hits:
    """The keys of the newest events, newest first, and how many there are in all."""

    keys: Sequence[int]
    total: int


Outcome = Number | Documents | Statistics | Percentages | Buckets | Hits


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of events, and what was asked about them."""

    total: int
    outcomes: Outcomes


def number_of_buckets(outcomes: Outcomes) -> int:
    """All that would be written, those inside others included."""
    found = 0
    for outcome in outcomes.values():
        if isinstance(outcome, Buckets):
            found += sum(1 + number_of_buckets(bucket.outcomes) for bucket in outcome.items)
    return found
