"""Outcomes as the wire has them. Members without a value are left out, empty collections are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from events.aggregations.numbers import rounded, wire_number
from events.aggregations.outcomes import (
    Bucket,
    Buckets,
    Counted,
    Documents,
    Hits,
    Number,
    Outcome,
    Outcomes,
    Percentages,
    Statistics,
)
from events.aggregations.parser import Aggregation, DateHistogram, Metric, Operation
from events.aggregations.planning import Planned
from events.search.fields import Kind
from exceptionless_site.core.dates import format_utc
from exceptionless_site.core.time_keys import from_milliseconds

JSON = dict[str, Any]

ShowEvents = Callable[[Sequence[int]], list[JSON]]
"""From the keys of events to the events as the wire shows them, in the same order."""

_DEVIATIONS = 2


def count_result(counted: Counted, planned: Sequence[Planned], show_events: ShowEvents) -> JSON:
    """The answer to a count: `total`, `aggregations` by their keys, `data`."""
    results = _Results(show_events).all(planned, counted.outcomes)
    return {"total": counted.total, "aggregations": results, "data": {}}


def event_keys(outcomes: Outcomes) -> Iterator[int]:
    """The keys of all the events that results show."""
    for outcome in outcomes.values():
        if isinstance(outcome, Hits):
            yield from outcome.keys
        elif isinstance(outcome, Buckets):
            for bucket in outcome.items:
                yield from event_keys(bucket.outcomes)


class _Results:
    def __init__(self, show_events: ShowEvents) -> None:
        self.show_events = show_events

    def all(self, nodes: Sequence[Planned], outcomes: Outcomes) -> JSON:
        return {node.key: self._result(node, outcomes[node.key]) for node in nodes}

    def _result(self, node: Planned, outcome: Outcome) -> JSON:
        match outcome:
            case Number(value):
                return _number(node, value)
            case Documents(total):
                return {"total": total, "aggregations": {}, "data": {"@type": "sbucket"}}
            case Statistics():
                return _statistics(node.operation, outcome)
            case Percentages(items):
                return {"items": [_percentage(*item) for item in items], "data": {"@type": "percentiles"}}
            case Hits(keys, total):
                hits = self.show_events(keys)
                return {"total": total, "max_score": 0, "hits": hits, "data": {"@type": "tophits"}}
            case Buckets(items, others):
                return self._buckets(node, items, others)

    def _buckets(self, node: Planned, items: Sequence[Bucket], others: int) -> JSON:
        data: JSON = {"@type": "bucket"}
        if others > 0:
            data["SumOtherDocCount"] = others
        return {"items": [self._bucket(node, bucket) for bucket in items], "data": data, "total": 0}

    def _bucket(self, node: Planned, bucket: Bucket) -> JSON:
        inner = {"total": bucket.total, "aggregations": self.all(node.children, bucket.outcomes)}
        if isinstance(node.aggregation, DateHistogram):
            return _date_bucket(node.aggregation, bucket.key, inner)
        type_, key, text = _key(node, bucket.key)
        return {"key": key, "key_as_string": text, **inner, "data": {"@type": type_}}


# --- Values -------------------------------------------------------------------------------------


def _number(node: Planned, value: float | None) -> JSON:
    if node.source.kind is Kind.DATE and node.operation in (Operation.MIN, Operation.MAX):
        shown = None if value is None else _date(int(value), has_zone=_has_zone(node.aggregation))
        return _without_nulls(value=shown, data={"@type": "dvalue"})
    return _without_nulls(value=wire_number(value), data={"@type": "value"})


def _has_zone(aggregation: Aggregation) -> bool:
    return isinstance(aggregation, Metric) and aggregation.zone != UTC


def _date(milliseconds: int, *, has_zone: bool) -> str:
    """In UTC; where a zone was asked for, the wire leaves out the sign of UTC."""
    text = format_utc(from_milliseconds(milliseconds))
    return text.removesuffix("Z") if has_zone else text


def _percentage(percent: float, value: float | None) -> JSON:
    return _without_nulls(percentile=wire_number(percent), value=wire_number(value))


def _statistics(operation: Operation, found: Statistics) -> JSON:
    average = rounded(found.total / found.count) if found.count else None
    shown: JSON = {
        "count": found.count,
        "min": wire_number(found.minimum),
        "max": wire_number(found.maximum),
        "average": wire_number(average),
        "sum": wire_number(rounded(found.total)),
    }
    if operation is Operation.EXTENDED_STATS:
        shown |= _deviations(found, average)
    return _without_nulls(**shown, data={"@type": str(operation)})


def _deviations(found: Statistics, average: float | None) -> JSON:
    """Of all the values, not of a sample of them."""
    squares = {"sum_of_squares": wire_number(rounded(found.squares))}
    if average is None:
        return squares
    mean = found.total / found.count
    variance = max(found.squares / found.count - mean * mean, 0.0)
    deviation = variance**0.5
    bounds = {"lower": average - _DEVIATIONS * deviation, "upper": average + _DEVIATIONS * deviation}
    return squares | {
        "variance": wire_number(rounded(variance)),
        "std_deviation": wire_number(rounded(deviation)),
        "std_deviation_bounds": _without_nulls(**{name: wire_number(rounded(end)) for name, end in bounds.items()}),
    }


def _without_nulls(**members: Any) -> JSON:
    return {name: value for name, value in members.items() if value is not None}


# --- Buckets ------------------------------------------------------------------------------------


def _date_bucket(histogram: DateHistogram, start: int, inner: Mapping[str, Any]) -> JSON:
    data = {"@type": "datehistogram"}
    if histogram.zone_text is not None:
        data["@timezone"] = histogram.zone_text
    return {
        "date": _date(start, has_zone=histogram.zone_text is not None),
        "key": start,
        "key_as_string": _local_text(from_milliseconds(start).astimezone(histogram.zone)),
        **inner,
        "data": data,
    }


def _local_text(local: datetime) -> str:
    """To the millisecond, with the distance from UTC, or Z for none."""
    text = local.isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _key(node: Planned, key: Any) -> tuple[str, Any, str]:
    """The type of a bucket's key, the key, and its text."""
    if node.operation is Operation.GEOGRID:
        return "geohash", key, key
    if node.operation is Operation.HISTOGRAM:
        number = wire_number(key)
        return "double", number, str(number)
    match node.source.kind:
        case Kind.BOOLEAN:
            return "long", int(key), "true" if key else "false"
        case Kind.DATE:
            return "long", key, _local_text(from_milliseconds(key))
        case Kind.INTEGER:
            return "long", wire_number(key), str(wire_number(key))
        case Kind.NUMBER:
            return "double", wire_number(key), str(wire_number(key))
    return "string", key, str(key)
