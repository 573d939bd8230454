"""Which aggregations a client may ask for: the limits, the list of fields, and what is free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from events.aggregations.parser import Aggregation, AggregationError, Operation, parse_aggregations
from events.search.fields import EVENT_FIELDS

MAX_OPERATIONS = 10
MAX_CARDINALITY_FIELDS = 3
MAX_TERMS_FIELDS = 3

COUNT_EXCEEDED = "Aggregation count exceeded"
FIELDS_NOT_ALLOWED = "One or more aggregation fields are not allowed"
CARDINALITY_EXCEEDED = "Cardinality aggregation count exceeded"
TERMS_EXCEEDED = "Terms aggregation count exceeded"

_SHORT_NAMES = (
    *("date", "source", "tags", "type", "status", "value", "count", "geo", "first", "is_first_occurrence"),
    *("organization", "organization_id", "project", "project_id", "stack", "stack_id"),
    *("os", "os.major", "os.version", "browser", "browser.major", "device", "bot", "version", "user", "level"),
    *("error.code", "error.type", "error.targettype", "error.targetmethod", "architecture", "machine"),
    *("country", "level1", "level2", "locality"),
)


def _full_names() -> Iterator[str]:
    for short_name in _SHORT_NAMES:
        field = EVENT_FIELDS.resolve(short_name)
        if field is not None:
            yield from (name for name in field.names if name.startswith("data.@"))


ALLOWED_NAMES = frozenset((*_SHORT_NAMES, *_full_names()))
"""Fields that may be aggregated on, compared exactly as written."""

FREE_NAMES = frozenset(
    (
        *("date", "type", "value", "count", "first", "is_first_occurrence", "stack", "stack_id"),
        *("user", "data.@user.identity", "status"),
    )
)
"""Fields that may be aggregated on without premium features."""


@dataclass(frozen=True, slots=True)
class AggregationValidation:
    """The verdict on an expression; when not valid, `message` is the sentence of the wire and `detail` its reason."""

    aggregations: list[Aggregation] | None
    uses_premium: bool = False
    message: str | None = None
    detail: str | None = None

    @property
    def is_valid(self) -> bool:
        return self.aggregations is not None


def validate_aggregations(text: str | None) -> AggregationValidation:
    """Check an aggregation expression on events; none at all is valid and free."""
    try:
        aggregations = parse_aggregations(text)
        check_limits(aggregations)
    except AggregationError as error:
        return AggregationValidation(None, message=error.message, detail=error.detail)
    used = {aggregation.field for aggregation in walk(aggregations)}
    return AggregationValidation(aggregations, uses_premium=not used <= FREE_NAMES)


def walk(aggregations: list[Aggregation] | tuple[Aggregation, ...]) -> Iterator[Aggregation]:
    """Every operation, those inside others included."""
    for aggregation in aggregations:
        yield aggregation
        yield from walk(aggregation.children)


def check_limits(aggregations: list[Aggregation]) -> None:
    """Raise AggregationError for an expression beyond the limits, or on a field that is not allowed."""
    pairs = {(aggregation.operation, aggregation.field) for aggregation in walk(aggregations)}
    if len(pairs) > MAX_OPERATIONS:
        raise AggregationError(COUNT_EXCEEDED, f"at most {MAX_OPERATIONS} are possible")
    refused = sorted({field for _, field in pairs} - ALLOWED_NAMES)
    if refused:
        raise AggregationError(FIELDS_NOT_ALLOWED, ", ".join(refused))
    if _count(pairs, Operation.CARDINALITY) > MAX_CARDINALITY_FIELDS:
        raise AggregationError(CARDINALITY_EXCEEDED, f"at most {MAX_CARDINALITY_FIELDS} are possible")
    if _count(pairs, Operation.TERMS) > MAX_TERMS_FIELDS:
        raise AggregationError(TERMS_EXCEEDED, f"at most {MAX_TERMS_FIELDS} are possible")


def _count(pairs: set[tuple[Operation, str]], wanted: Operation) -> int:
    return sum(operation is wanted for operation, _ in pairs)
