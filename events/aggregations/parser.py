"""Aggregation expressions to typed nodes: `date:(date~1d^-300m cardinality:user) terms:(first @include:true)`.

The grammar is that of filters; here `~` and `^` carry the size, interval, zone and the like of each operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum
from typing import Any, NamedTuple

from events.search.custom_fields import parse_custom_number
from events.search.date_math import parse_zone
from events.search.durations import parse_duration
from events.search.errors import FilterSyntaxError, FilterValueError
from events.search.nodes import Group, Node, Range, Term, unescape
from events.search.parser import parse_filter

MAX_SIZE = 10_000
DEFAULT_SIZE = 10
DEFAULT_PERCENTS = (1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0)
DEFAULT_HISTOGRAM_INTERVAL = 50.0
MAX_GEOHASH_PRECISION = 12


class Operation(StrEnum):
    MIN = "min"
    MAX = "max"
    AVERAGE = "avg"
    SUM = "sum"
    CARDINALITY = "cardinality"
    STATS = "stats"
    EXTENDED_STATS = "exstats"
    MISSING = "missing"
    PERCENTILES = "percentiles"
    DATE = "date"
    TERMS = "terms"
    GEOGRID = "geogrid"
    HISTOGRAM = "histogram"
    TOP_HITS = "tophits"


class AggregationError(ValueError):
    """An aggregation expression that cannot be answered.

    `message` is the short sentence of the wire; `detail` says what exactly, `position` (0-based) where, if known.
    """

    def __init__(self, message: str, detail: str | None = None, position: int | None = None) -> None:
        super().__init__(f"{message}: {detail}" if detail else message)
        self.message = message
        self.detail = detail
        self.position = position


class Interval(NamedTuple):
    """The width of date buckets: a calendar unit (`y q M w d h m s`) or a fixed duration, one of the two."""

    unit: str | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """One operation on one field, named as written; `descending` is set where it orders the terms above it."""

    operation: Operation
    field: str
    position: int = 0
    descending: bool | None = None
    children: tuple[Aggregation, ...] = ()

    @property
    def key(self) -> str:
        """The name of the result."""
        return "tophits" if self.operation is Operation.TOP_HITS else f"{self.operation}_{self.field}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric(Aggregation):
    """min max avg sum cardinality stats exstats missing; `missing` stands in for documents without the field."""

    missing: str | None = None
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles(Aggregation):
    percents: tuple[float, ...] = DEFAULT_PERCENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class DateHistogram(Aggregation):
    """`interval` None: to be chosen from the time range. `zone_text` is the zone as written."""

    interval: Interval | None = None
    zone: tzinfo = UTC
    zone_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Aggregation):
    """`include` and `exclude` are whole values, or one pattern; `missing` is the bucket of documents without value."""

    size: int = DEFAULT_SIZE
    minimum_count: int = 1
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_pattern: str | None = None
    exclude_pattern: str | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoGrid(Aggregation):
    """Buckets by geohash of `precision` characters."""

    precision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram(Aggregation):
    interval: float = DEFAULT_HISTOGRAM_INTERVAL


@dataclass(frozen=True, slots=True, kw_only=True)
class TopHits(Aggregation):
    size: int = DEFAULT_SIZE


INVALID = "Invalid aggregation"
DEPTH_EXCEEDED = "Aggregation max depth exceeded"
MAX_DEPTH = 6

_WITH_CHILDREN = frozenset({Operation.DATE, Operation.TERMS, Operation.HISTOGRAM, Operation.GEOGRID})
_OPERATIONS = {str(operation): operation for operation in Operation}
_CALENDAR = re.compile(r"1?\s*([yqMwdhHms])|(second|minute|hour|day|week|month|quarter|year)s?", re.ASCII)


def parse_aggregations(text: str | None) -> list[Aggregation]:
    """The operations of an expression in order; none for blank text. Raises AggregationError."""
    try:
        tree = parse_filter(text or "")
    except FilterSyntaxError as error:
        raise AggregationError(INVALID, error.message, error.position) from error
    return [_aggregation(unit, 1) for unit in _units(tree, 1)]


def _units(group: Group, depth: int) -> Iterator[Node]:
    """The units of a row; parentheses without a field only add depth."""
    if depth > MAX_DEPTH:
        raise AggregationError(DEPTH_EXCEEDED, position=group.position)
    for unit in group.row():
        if isinstance(unit, Group) and unit.field is None:
            yield from _units(unit, depth + 1)
        else:
            yield unit


@dataclass(slots=True)
class _Parts:
    """What stands between the parentheses of an operation."""

    subject: Term
    children: list[Aggregation]
    modifiers: list[Term]


def _aggregation(unit: Node, depth: int) -> Aggregation:
    operation = _OPERATIONS.get(unit.field or "")
    if operation is None or unit.negated:
        raise _invalid(unit, "an operation and a field are needed, as in avg:value")
    parts = _parts(unit, depth)
    if parts.children and operation not in _WITH_CHILDREN:
        raise _invalid(unit, f"{operation} cannot hold other aggregations")
    common: dict[str, Any] = {
        "operation": operation,
        "field": parts.subject.value,
        "position": unit.position,
        "descending": {"-": True, "+": False}.get(unit.prefix),
        "children": tuple(parts.children),
    }
    try:
        return _BUILDERS.get(operation, _metric)(parts, common)
    except FilterValueError as error:
        raise _invalid(unit, str(error)) from error


def _invalid(unit: Node, detail: str) -> AggregationError:
    return AggregationError(INVALID, detail, unit.position)


def _parts(unit: Node, depth: int) -> _Parts:
    if isinstance(unit, Term):
        return _Parts(unit, [], [])
    if not isinstance(unit, Group):
        raise _invalid(unit, "an operation needs the name of a field")
    subjects: list[Term] = []
    children: list[Aggregation] = []
    modifiers: list[Term] = []
    for item in _units(unit, depth + 1):
        if item.field is None and isinstance(item, Term):
            subjects.append(item)
        elif item.field is not None and item.field.startswith("@") and not isinstance(item, Range):
            modifiers += _modifier_terms(item)
        else:
            children.append(_aggregation(item, depth + 1))
    if len(subjects) != 1:
        raise _invalid(unit, "an operation needs the name of one field")
    return _Parts(subjects[0], children, modifiers)


def _modifier_terms(item: Node) -> list[Term]:
    """`@include:a`, or `@include:(a b)` for several."""
    if isinstance(item, Term):
        return [item]
    terms = list(item.row()) if isinstance(item, Group) else []
    named = [
        Term(field=item.field, value=term.value, regex=term.regex, position=term.position)
        for term in terms
        if isinstance(term, Term)
    ]
    if not named or len(named) != len(terms):
        raise _invalid(item, f"{item.field} needs values")
    return named


def _metric(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    boost = parts.subject.boost
    zone = parse_zone(unescape(boost)) if boost and common["operation"] in (Operation.MIN, Operation.MAX) else UTC
    return Metric(**common, missing=unescape(parts.subject.proximity or "") or None, zone=zone)


def _percentiles(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    if not parts.subject.proximity:
        return Percentiles(**common)
    percents = tuple(_number(percent) for percent in parts.subject.proximity.split(","))
    if not all(0 <= percent <= 100 for percent in percents):
        raise FilterValueError("percentiles lie between 0 and 100")
    return Percentiles(**common, percents=percents)


def _date_histogram(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    interval, zone = parts.subject.proximity, unescape(parts.subject.boost or "")
    return DateHistogram(
        **common,
        interval=parse_interval(interval) if interval else None,
        zone=parse_zone(zone) if zone else UTC,
        zone_text=zone or None,
    )


def parse_interval(text: str) -> Interval:
    """`1d`, `d`, `day`: a calendar unit; `12h`: a fixed duration. Raises FilterValueError."""
    match = _CALENDAR.fullmatch(text.strip())
    if match is not None:
        name = match[2]
        return Interval(unit="M" if name == "month" else (match[1] or name[0]).replace("H", "h"))
    duration = parse_duration(text)
    if duration is None or duration < timedelta(milliseconds=1):
        raise FilterValueError(f"{text} is not an interval; write a number and a unit such as 1d or 12h")
    return Interval(duration=duration)


def _terms(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    values: dict[str, list[str]] = {"@include": [], "@exclude": [], "@missing": [], "@min": []}
    patterns: dict[str, str] = {}
    for modifier in parts.modifiers:
        name = modifier.field or ""
        if name not in values:
            raise FilterValueError(f"{name} is not known")
        if modifier.regex:
            patterns[name] = modifier.value
        else:
            values[name].append(modifier.value)
    minimum = values["@min"][-1] if values["@min"] else parts.subject.boost
    return Terms(
        **common,
        size=_whole(parts.subject.proximity, DEFAULT_SIZE, 1, MAX_SIZE),
        minimum_count=_whole(minimum, 1, 0, None),
        include=tuple(values["@include"]),
        exclude=tuple(values["@exclude"]),
        include_pattern=patterns.get("@include"),
        exclude_pattern=patterns.get("@exclude"),
        missing=values["@missing"][-1] if values["@missing"] else None,
    )


def _geogrid(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    return GeoGrid(**common, precision=_whole(parts.subject.proximity, 1, 1, MAX_GEOHASH_PRECISION))


def _histogram(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    width = parts.subject.proximity
    interval = _number(width) if width else DEFAULT_HISTOGRAM_INTERVAL
    if interval <= 0:
        raise FilterValueError("the interval of a histogram is more than 0")
    return Histogram(**common, interval=interval)


def _top_hits(parts: _Parts, common: dict[str, Any]) -> Aggregation:
    return TopHits(**common, size=_whole(parts.subject.proximity, DEFAULT_SIZE, 1, MAX_SIZE))


def _number(text: str) -> float:
    number = parse_custom_number(text)
    if number is None:
        raise FilterValueError(f"{text} is not a number")
    return number


def _whole(text: str | None, default: int, lowest: int, highest: int | None) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise FilterValueError(f"{text} is not a whole number")
    number = int(text)
    if number < lowest or (highest is not None and number > highest):
        raise FilterValueError(f"{text} is out of range")
    return number


_BUILDERS: dict[Operation, Callable[[_Parts, dict[str, Any]], Aggregation]] = {
    Operation.PERCENTILES: _percentiles,
    Operation.DATE: _date_histogram,
    Operation.TERMS: _terms,
    Operation.GEOGRID: _geogrid,
    Operation.HISTOGRAM: _histogram,
    Operation.TOP_HITS: _top_hits,
}
