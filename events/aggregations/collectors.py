"""Aggregations fed event by event: the exact answers where SQL has none, in one pass over whatever there is.

A collector gets the values of each event, or of so many events that have the same, and gives its outcome at the end.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from events.aggregations.geohash import geohash
from events.aggregations.limits import TOO_LARGE, Budget
from events.aggregations.numbers import percentile, rounded
from events.aggregations.ordering import ordered
from events.aggregations.outcomes import (
    Bucket,
    Buckets,
    Documents,
    Hits,
    Number,
    Outcome,
    Outcomes,
    Percentages,
    Statistics,
)
from events.aggregations.parser import AggregationError, GeoGrid, Histogram, Operation, Percentiles, Terms, TopHits
from events.aggregations.planning import Planned
from events.aggregations.sources import Source

_ENTRY, _GROUP, _NUMBER = 120, 600, 8
"""Bytes, roughly."""

Values = Sequence[Sequence[Any]]
"""What an event has in each of the sources, every value once; the sources are numbered."""


class Workspace:
    """What the collectors of a request share: the numbers of the sources, and the memory that is left."""

    __slots__ = ("budget", "numbers")

    def __init__(self, sources: Iterable[Source], budget: Budget) -> None:
        self.numbers = {source: number for number, source in enumerate(sources)}
        self.budget = budget


class Collector(Protocol):
    def add(self, key: int, values: Values, events: int) -> None:
        """So many more events; only of a single one the key is known."""

    def outcome(self) -> Outcome: ...


def collector(planned: Planned, workspace: Workspace) -> Collector:
    """An empty collector."""
    return _COLLECTORS.get(planned.operation, _Numbers)(planned, workspace)


class _Base:
    __slots__ = ("number", "planned", "stand_in", "workspace")

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        self.planned = planned
        self.workspace = workspace
        self.number = workspace.numbers[planned.source]
        self.stand_in = () if planned.missing is None else (planned.missing,)


class _Numbers(_Base):
    """min max avg sum stats exstats."""

    __slots__ = ("count", "maximum", "minimum", "squares", "total")

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        super().__init__(planned, workspace)
        self.count, self.total, self.squares = 0, 0.0, 0.0
        self.minimum, self.maximum = math.inf, -math.inf

    def add(self, key: int, values: Values, events: int) -> None:
        for value in values[self.number] or self.stand_in:
            number = float(value)
            self.count += events
            self.total += number * events
            self.squares += number * number * events
            self.minimum = min(self.minimum, number)
            self.maximum = max(self.maximum, number)

    def outcome(self) -> Outcome:
        return number_outcome(self.planned.operation, self.statistics())

    def statistics(self) -> Statistics:
        if not self.count:
            return Statistics()
        return Statistics(self.count, self.minimum, self.maximum, self.total, self.squares)


def number_outcome(operation: Operation, found: Statistics) -> Outcome:
    """What the operation takes from the statistics of its field."""
    match operation:
        case Operation.MIN:
            return Number(found.minimum)
        case Operation.MAX:
            return Number(found.maximum)
        case Operation.SUM:
            return Number(rounded(found.total))
        case Operation.AVERAGE:
            return Number(rounded(found.total / found.count) if found.count else None)
    return found


class _Distinct(_Base):
    __slots__ = ("seen",)

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        super().__init__(planned, workspace)
        self.seen: set[Any] = set()

    def add(self, key: int, values: Values, events: int) -> None:
        for value in values[self.number] or self.stand_in:
            if value not in self.seen:
                self.workspace.budget.take(_ENTRY)
                self.seen.add(value)

    def outcome(self) -> Outcome:
        return Number(len(self.seen))


class _Missing(_Base):
    __slots__ = ("total",)

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        super().__init__(planned, workspace)
        self.total = 0

    def add(self, key: int, values: Values, events: int) -> None:
        self.total += 0 if values[self.number] or self.stand_in else events

    def outcome(self) -> Outcome:
        return Documents(self.total)


class _Percentiles(_Base):
    __slots__ = ("found",)

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        super().__init__(planned, workspace)
        self.found = array("d")

    def add(self, key: int, values: Values, events: int) -> None:
        numbers = values[self.number] or self.stand_in
        self.workspace.budget.take(_NUMBER * len(numbers) * events)
        self.found.extend([float(number) for number in numbers] * events)

    def outcome(self) -> Outcome:
        ascending = sorted(self.found)
        percents = self.planned.aggregation.percents if isinstance(self.planned.aggregation, Percentiles) else ()
        return Percentages([(percent, percentile(ascending, percent)) for percent in percents])


class _Hits(_Base):
    """The newest are kept: a later event has the greater key."""

    __slots__ = ("keys", "size", "total")

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        super().__init__(planned, workspace)
        self.size = planned.aggregation.size if isinstance(planned.aggregation, TopHits) else 0
        self.keys: list[int] = []
        self.total = 0

    def add(self, key: int, values: Values, events: int) -> None:
        self.total += 1
        if len(self.keys) < self.size:
            self.workspace.budget.take(_ENTRY)
            heapq.heappush(self.keys, key)
        else:
            heapq.heappushpop(self.keys, key)

    def outcome(self) -> Outcome:
        return Hits(sorted(self.keys, reverse=True), self.total)


# --- Buckets ------------------------------------------------------------------------------------


class Group:
    """The events of one bucket, or all there are."""

    __slots__ = ("collectors", "total")

    def __init__(self, children: Iterable[Planned], workspace: Workspace) -> None:
        self.collectors = [(child.key, collector(child, workspace)) for child in children]
        self.total = 0

    def add(self, key: int, values: Values, events: int) -> None:
        self.total += events
        for _, child in self.collectors:
            child.add(key, values, events)

    def outcomes(self) -> Outcomes:
        return {name: child.outcome() for name, child in self.collectors}


class _Grouped(_Base):
    __slots__ = ("groups", "keys_of", "size")

    def __init__(self, planned: Planned, workspace: Workspace) -> None:
        super().__init__(planned, workspace)
        self.groups: dict[Any, Group] = {}
        self.keys_of = bucket_keys(planned)
        self.size = _GROUP * (1 + sum(1 for _ in planned.walk()))

    def add(self, key: int, values: Values, events: int) -> None:
        for bucket in self.keys_of(values[self.number] or self.stand_in):
            group = self.groups.get(bucket)
            if group is None:
                self.workspace.budget.take(self.size)
                group = self.groups[bucket] = Group(self.planned.children, self.workspace)
            group.add(key, values, events)

    def outcome(self) -> Outcome:
        buckets = [Bucket(key, group.total, group.outcomes()) for key, group in self.groups.items()]
        return arranged(self.planned, buckets, lambda: Group(self.planned.children, self.workspace).outcomes())


def arranged(planned: Planned, buckets: list[Bucket], nothing: Callable[[], Outcomes]) -> Buckets:
    """Buckets in their order, those of all the time too; `nothing` makes the outcomes of an empty bucket."""
    aggregation = planned.aggregation
    if isinstance(aggregation, Terms):
        return ordered(aggregation, buckets)
    if planned.times is not None:
        by_number = {bucket.key: bucket for bucket in buckets}
        empty = nothing()
        starts = enumerate(planned.times.starts)
        return Buckets([_at(start, by_number.get(number) or Bucket(start, 0, empty)) for number, start in starts])
    if planned.operation is Operation.GEOGRID:
        return Buckets(sorted(buckets, key=lambda bucket: (-bucket.total, bucket.key)))
    return Buckets(sorted(buckets, key=lambda bucket: bucket.key))


def _at(start: int, bucket: Bucket) -> Bucket:
    return Bucket(start, bucket.total, bucket.outcomes)


def bucket_keys(planned: Planned) -> Callable[[Sequence[Any]], Iterable[Any]]:
    """From the values of an event to the keys of its buckets; those of dates are the numbers of the buckets."""
    aggregation, times, keys = planned.aggregation, planned.times, planned.keys
    if times is not None:
        return lambda values: {number for value in values if (number := times.number(value)) >= 0}
    if keys is not None:
        return lambda values: filter(keys.admits, values)
    if isinstance(aggregation, GeoGrid):
        precision = aggregation.precision
        return lambda values: {geohash(latitude, longitude, precision) for latitude, longitude in values}
    if isinstance(aggregation, Histogram):
        interval = aggregation.interval
        return lambda values: {_lower_end(float(value), interval) for value in values}
    raise AggregationError(TOO_LARGE, aggregation.key, aggregation.position)


def _lower_end(value: float, interval: float) -> float:
    ratio = value / interval
    return math.floor(ratio) * interval if math.isfinite(ratio) else value


_COLLECTORS: Mapping[Operation, Callable[[Planned, Workspace], Collector]] = {
    Operation.CARDINALITY: _Distinct,
    Operation.MISSING: _Missing,
    Operation.PERCENTILES: _Percentiles,
    Operation.TOP_HITS: _Hits,
    Operation.DATE: _Grouped,
    Operation.TERMS: _Grouped,
    Operation.HISTOGRAM: _Grouped,
    Operation.GEOGRID: _Grouped,
}
