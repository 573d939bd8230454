"""The slow, obvious answer: aggregations worked out in plain Python from documents as they stand on the wire."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from events.aggregations.parser import (
    Aggregation,
    DateHistogram,
    GeoGrid,
    Histogram,
    Interval,
    Metric,
    Operation,
    Percentiles,
    Terms,
    TopHits,
)
from events.search.calendar_units import floor
from exceptionless_site.core.dates import format_utc
from tests.search_sql.wire_rows import moment

Document = Mapping[str, Any]
JSON = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def milliseconds(document: Document) -> int:
    return (moment(document["date"]) - EPOCH) // MILLISECOND


# --- Values -------------------------------------------------------------------------------------


def at(document: Any, *names: str) -> list[Any]:
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    found = document if isinstance(document, list) else [document]
    return [value for value in found if value is not None]


def user(document: Document) -> list[str]:
    named = document["data"].get("@user") or {}
    return [value for name, value in named.items() if name.lower() == "identity"]


def errors(document: Document, name: str) -> list[str]:
    data, found = document["data"], []
    error = data.get("@error") or data.get("@simple_error")
    while error:
        found += at(error, name)
        error = error.get("inner")
    return found


def place(document: Document) -> list[tuple[float, float]]:
    return [tuple(float(part) for part in text.split(",")) for text in at(document, "geo")]  # type: ignore[misc]


VALUES: dict[str, Callable[[Document], list[Any]]] = {
    "stack": lambda document: [document["stack_id"]],
    "project": lambda document: [document["project_id"]],
    "type": lambda document: at(document, "type"),
    "source": lambda document: at(document, "source"),
    "tags": lambda document: at(document, "tags"),
    "first": lambda document: [document["is_first_occurrence"]],
    "value": lambda document: at(document, "value"),
    "count": lambda document: at(document, "count"),
    "date": lambda document: [milliseconds(document)],
    "geo": place,
    "user": lambda document: user(document) + at(document, "data", "@user_description", "email_address"),
    "level": lambda document: at(document, "data", "@level"),
    "version": lambda document: at(document, "data", "@version"),
    "os": lambda document: (
        at(document, "data", "@environment", "o_s_name") + at(document, "data", "@request", "data", "@os")
    ),
    "bot": lambda document: at(document, "data", "@request", "data", "@is_bot"),
    "machine": lambda document: at(document, "data", "@environment", "machine_name"),
    "country": lambda document: at(document, "data", "@location", "country"),
    "error.type": lambda document: errors(document, "type"),
    "error.code": lambda document: errors(document, "code"),
}
NUMERIC = ("value", "count")
TEXTS = ("stack", "project", "type", "source", "tags", "user", "level", "version", "os", "machine", "country")
MULTIPLE = ("error.type", "error.code")
TRUTHS = ("first", "bot")


def values_of(aggregation: Aggregation, document: Document) -> list[Any]:
    """Each value once, or what stands in for none."""
    if aggregation.field == "user" and aggregation.operation is Operation.CARDINALITY:
        found = user(document)
    else:
        found = [value for value in VALUES[aggregation.field](document) if len(str(value)) <= 256]
    missing = aggregation.missing if isinstance(aggregation, Metric | Terms) else None
    if not found and missing is not None:
        return [float(missing) if aggregation.field in NUMERIC else missing]
    return list(dict.fromkeys(found))


# --- Results ------------------------------------------------------------------------------------


class Oracle:
    def __init__(self, documents: Sequence[Document], first: datetime, last: datetime) -> None:
        self.documents = documents
        self.first, self.last = first, last

    def result(self, aggregations: Sequence[Aggregation]) -> JSON:
        return {"total": len(self.documents), "aggregations": self.all(aggregations, self.documents), "data": {}}

    def all(self, aggregations: Sequence[Aggregation], documents: Sequence[Document]) -> JSON:
        return {aggregation.key: self.one(aggregation, documents) for aggregation in aggregations}

    def one(self, aggregation: Aggregation, documents: Sequence[Document]) -> JSON:
        if isinstance(aggregation, DateHistogram):
            return self.date(aggregation, documents)
        if isinstance(aggregation, Terms):
            return self.terms(aggregation, documents)
        if isinstance(aggregation, Histogram):
            return self.histogram(aggregation, documents)
        if isinstance(aggregation, GeoGrid):
            return {"data": {"@type": "bucket"}, "total": 0, "items": [...]}
        if isinstance(aggregation, TopHits):
            newest = sorted(map(milliseconds, documents), reverse=True)[: aggregation.size]
            return {"total": len(documents), "max_score": 0, "hits": newest, "data": {"@type": "tophits"}}
        found = [value for document in documents for value in values_of(aggregation, document)]
        if isinstance(aggregation, Percentiles):
            items = [shown(percentile=percent, value=percentile(found, percent)) for percent in aggregation.percents]
            return {"items": items, "data": {"@type": "percentiles"}}
        return self.metric(aggregation, documents, found)

    def metric(self, aggregation: Aggregation, documents: Sequence[Document], found: list[Any]) -> JSON:
        match aggregation.operation:
            case Operation.MISSING:
                total = sum(not values_of(aggregation, document) for document in documents)
                return {"total": total, "aggregations": {}, "data": {"@type": "sbucket"}}
            case Operation.CARDINALITY:
                return {"value": len(set(found)), "data": {"@type": "value"}}
            case Operation.STATS | Operation.EXTENDED_STATS:
                return statistics(aggregation.operation, found)
        if aggregation.field == "date":
            end = min(found, default=None) if aggregation.operation is Operation.MIN else max(found, default=None)
            return shown(value=None if end is None else instant(end), data={"@type": "dvalue"})
        figures = {"sum": sum(found), "min": None, "max": None, "avg": None}
        if found:
            figures |= {"min": min(found), "max": max(found), "avg": sum(found) / len(found)}
        return shown(value=figures[aggregation.operation], data={"@type": "value"})

    def date(self, aggregation: DateHistogram, documents: Sequence[Document]) -> JSON:
        zone, interval = aggregation.zone, aggregation.interval or Interval(unit="d")
        inside: dict[int, list[Document]] = {start: [] for start in self.starts(interval, zone)}
        for document in documents:
            inside[start_of(moment(document["date"]), interval, zone)].append(document)
        items = [
            {
                "date": instant(start).removesuffix("Z") if aggregation.zone_text else instant(start),
                "key": start,
                "key_as_string": (EPOCH + start * MILLISECOND)
                .astimezone(zone)
                .isoformat(timespec="milliseconds")
                .replace("+00:00", "Z"),
                "total": len(members),
                "aggregations": self.all(aggregation.children, members),
                "data": shown(**{"@type": "datehistogram", "@timezone": aggregation.zone_text}),
            }
            for start, members in sorted(inside.items())
        ]
        return {"items": items, "data": {"@type": "bucket"}, "total": 0}

    def starts(self, interval: Interval, zone: tzinfo) -> set[int]:
        found, now = set(), self.first
        while now < self.last:
            found.add(start_of(now, interval, zone))
            now += timedelta(minutes=30)
        return found | {start_of(self.last, interval, zone)}

    def terms(self, aggregation: Terms, documents: Sequence[Document]) -> JSON:
        inside: dict[Any, list[Document]] = {}
        for document in documents:
            for value in values_of(aggregation, document):
                inside.setdefault(value, []).append(document)
        texts = {value: str(value).lower() if isinstance(value, bool) else str(value) for value in inside}
        buckets: list[JSON] = [
            {
                "key": int(value) if isinstance(value, bool) else value,
                "key_as_string": texts[value],
                "total": len(members),
                "aggregations": self.all(aggregation.children, members),
                "data": {"@type": kind_of(aggregation)},
            }
            for value, members in inside.items()
            if len(members) >= aggregation.minimum_count
            and (not aggregation.include or texts[value] in aggregation.include)
            and texts[value] not in aggregation.exclude
        ]
        buckets.sort(key=lambda bucket: order(aggregation, bucket))
        others = sum(bucket["total"] for bucket in buckets[aggregation.size :])
        data = {"@type": "bucket"} | ({"SumOtherDocCount": others} if others else {})
        return {"items": buckets[: aggregation.size], "data": data, "total": 0}

    def histogram(self, aggregation: Histogram, documents: Sequence[Document]) -> JSON:
        inside: dict[float, list[Document]] = {}
        for document in documents:
            for value in values_of(aggregation, document):
                inside.setdefault(math.floor(value / aggregation.interval) * aggregation.interval, []).append(document)
        items = [
            {
                "key": key,
                "key_as_string": str(int(key)) if abs(key) < 2**53 else str(float(key)),
                "total": len(members),
                "aggregations": self.all(aggregation.children, members),
                "data": {"@type": "double"},
            }
            for key, members in sorted(inside.items())
        ]
        return {"items": items, "data": {"@type": "bucket"}, "total": 0}


def order(aggregation: Terms, bucket: JSON) -> tuple[Any, ...]:
    places = []
    for child in aggregation.children:
        if child.descending is not None:
            outcome = bucket["aggregations"][child.key]
            figure = outcome.get("value", outcome.get("total"))
            if isinstance(figure, str):
                figure = (moment(figure) - EPOCH) // MILLISECOND
            places.append((figure is None, 0 if figure is None else -figure if child.descending else figure))
    return (*(places or [-bucket["total"]]), bucket["key"])


def kind_of(aggregation: Aggregation) -> str:
    return {"first": "long", "bot": "long", "count": "long", "value": "double"}.get(aggregation.field, "string")


def start_of(moment: datetime, interval: Interval, zone: tzinfo) -> int:
    """Right where the zone's distance from UTC does not change in the stretch that is asked about."""
    local = moment.astimezone(zone)
    if interval.unit:
        start = floor(local.replace(tzinfo=None), interval.unit)
    else:
        width = interval.duration or timedelta(days=1)
        start = datetime(1970, 1, 1) + (local.replace(tzinfo=None) - datetime(1970, 1, 1)) // width * width  # noqa: DTZ001
    return (start.replace(tzinfo=zone) - EPOCH) // MILLISECOND


def instant(start: int) -> str:
    return format_utc(EPOCH + start * MILLISECOND)


def statistics(operation: Operation, found: list[float]) -> JSON:
    count, total = len(found), sum(found)
    average = total / count if count else None
    figures = shown(
        count=count,
        min=min(found, default=None),
        max=max(found, default=None),
        average=average,
        sum=total,
        data={"@type": str(operation)},
    )
    if operation is Operation.EXTENDED_STATS:
        figures["sum_of_squares"] = sum(float(value) * value for value in found)
        if average is not None:
            variance = sum((value - average) * (value - average) for value in found) / count
            deviation = math.sqrt(variance)
            bounds = {"lower": average - 2 * deviation, "upper": average + 2 * deviation}
            figures |= {"variance": variance, "std_deviation": deviation, "std_deviation_bounds": bounds}
    return figures


def percentile(found: list[float], percent: float) -> float | None:
    if not found:
        return None
    ascending, place = sorted(found), (len(found) - 1) * percent / 100
    low, high = ascending[math.floor(place)], ascending[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def shown(**members: Any) -> JSON:
    return {name: value for name, value in members.items() if value is not None}


def difference(found: Any, expected: Any, path: str = "") -> str | None:
    """Where two results differ first; numbers may in the thirteenth digit. `...` stands for anything."""
    if isinstance(found, dict) and isinstance(expected, dict):
        if found.keys() != expected.keys():
            return f"{path}: members {sorted(found)} instead of {sorted(expected)}"
        pairs = {name: (found[name], expected[name]) for name in expected}
    elif isinstance(found, list) and isinstance(expected, list) and expected != [...]:
        if len(found) != len(expected):
            return f"{path}: {len(found)} items instead of {len(expected)}"
        pairs = {str(number): pair for number, pair in enumerate(zip(found, expected, strict=True))}
    else:
        return None if is_same(found, expected) else f"{path}: {found!r} instead of {expected!r}"
    problems = (difference(one, other, f"{path}/{name}") for name, (one, other) in pairs.items())
    return next((problem for problem in problems if problem), None)


def is_same(found: Any, expected: Any) -> bool:
    if expected == [...]:
        return True
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-9)
    return bool(found == expected)
