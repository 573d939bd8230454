"""Aggregations with all that is needed to answer them: where values stand, what replaces absent ones, which buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.aggregations.checks import check_fit
from events.aggregations.intervals import TimeBuckets, default_interval, time_buckets
from events.aggregations.key_filters import KeyFilter
from events.aggregations.parser import (
    INVALID,
    Aggregation,
    AggregationError,
    DateHistogram,
    Metric,
    Operation,
    Terms,
)
from events.aggregations.sources import LATITUDE, LONGITUDE, USERS, Source, source_of
from events.search.custom_fields import parse_custom_number
from events.search.date_math import parse_date, to_epoch_milliseconds
from events.search.errors import FilterValueError
from events.search.fields import Kind

_LARGEST_INTEGER = 2**31
_BUCKETED = frozenset({Operation.DATE, Operation.TERMS, Operation.HISTOGRAM, Operation.GEOGRID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """`missing` is what an event without a value counts as, `times` the buckets of a date histogram."""

    aggregation: Aggregation
    source: Source
    missing: Any = None
    times: TimeBuckets | None = None
    keys: KeyFilter | None = None
    children: tuple[Planned, ...] = ()

    @property
    def operation(self) -> Operation:
        return self.aggregation.operation

    @property
    def key(self) -> str:
        return self.aggregation.key

    @property
    def is_bucketed(self) -> bool:
        return self.operation in _BUCKETED

    def walk(self) -> Iterator[Planned]:
        """Itself and all inside."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Stretch:
    """The milliseconds that are asked about, both ends included; `first` None: nothing is known to begin there."""

    first: int | None
    last: int
    now: datetime


def plan(aggregations: Sequence[Aggregation], stretch: Stretch, hash_user: Callable[[str], int]) -> tuple[Planned, ...]:
    """Raises AggregationError for what does not fit together.

    `hash_user` makes the number of `USERS` from an identity.
    """
    return _Planner(stretch, hash_user).all(aggregations)


class _Planner:
    def __init__(self, stretch: Stretch, hash_user: Callable[[str], int]) -> None:
        self.stretch = stretch
        self.hash_user = hash_user

    def all(self, aggregations: Sequence[Aggregation]) -> tuple[Planned, ...]:
        return tuple(map(self._planned, aggregations))

    def _planned(self, aggregation: Aggregation) -> Planned:
        source = source_of(aggregation)
        check_fit(aggregation, source)
        children = self.all(aggregation.children)
        if aggregation.operation is Operation.GEOGRID:
            children += _CENTRE
        try:
            return Planned(
                aggregation=aggregation,
                source=source,
                missing=self._missing(aggregation, source),
                times=self._times(aggregation) if isinstance(aggregation, DateHistogram) else None,
                keys=self._keys(aggregation, source) if isinstance(aggregation, Terms) else None,
                children=children,
            )
        except FilterValueError as error:
            raise AggregationError(INVALID, str(error), aggregation.position) from None

    def _missing(self, aggregation: Aggregation, source: Source) -> Any:
        text = aggregation.missing if isinstance(aggregation, Metric | Terms) else None
        return None if text is None else self._value(text, source)

    def _value(self, text: str, source: Source) -> Any:
        """The value that a text stands for among those of the source. Raises FilterValueError."""
        if source == USERS:
            return self.hash_user(text)
        match source.kind:
            case Kind.NUMBER | Kind.INTEGER:
                return _number(text)
            case Kind.BOOLEAN:
                return _truth(text)
            case Kind.DATE:
                return to_epoch_milliseconds(parse_date(text, now=self.stretch.now))
            case Kind.GEO:
                raise FilterValueError("nothing can stand in for a place")
        return text

    def _keys(self, terms: Terms, source: Source) -> KeyFilter:
        return KeyFilter(
            include=tuple(self._value(text, source) for text in terms.include),
            exclude=tuple(self._value(text, source) for text in terms.exclude),
            include_pattern=terms.include_pattern,
            exclude_pattern=terms.exclude_pattern,
        )

    def _times(self, histogram: DateHistogram) -> TimeBuckets:
        first, last = self.stretch.first, self.stretch.last
        if first is None or first > last:
            return TimeBuckets((), histogram.zone)
        return time_buckets(histogram.interval or default_interval(first, last), histogram.zone, first, last)


def _number(text: str) -> float:
    number = parse_custom_number(text)
    if number is None:
        raise FilterValueError(f"{text} is not a number")
    return int(number) if number.is_integer() and abs(number) < _LARGEST_INTEGER else number


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise FilterValueError(f"{text} is neither true nor false")
    return text.lower() in ("true", "1")


def _average(name: str, source: Source) -> Planned:
    return Planned(aggregation=Metric(operation=Operation.AVERAGE, field=name), source=source)


_CENTRE = (_average("lat", LATITUDE), _average("lon", LONGITUDE))
"""Every cell of a grid says where in it the events are, on average."""
