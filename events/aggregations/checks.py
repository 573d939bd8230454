"""Which operations fit which kinds of fields; the official server fails where they do not."""

from __future__ import annotations

from collections.abc import Mapping

from events.aggregations.key_filters import compile_pattern
from events.aggregations.limits import MAXIMUM_HITS
from events.aggregations.parser import (
    INVALID,
    Aggregation,
    AggregationError,
    Histogram,
    Operation,
    Terms,
    TopHits,
)
from events.aggregations.sources import Source
from events.search.errors import FilterValueError
from events.search.fields import Kind

_COUNTABLE = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.DATE})
_ALL = frozenset(Kind)
_FITTING: Mapping[Operation, tuple[frozenset[Kind], str]] = {
    Operation.CARDINALITY: (_ALL, ""),
    Operation.MISSING: (_ALL, ""),
    Operation.TOP_HITS: (_ALL, ""),
    Operation.TERMS: (_ALL - {Kind.GEO}, "a field of texts, numbers or dates"),
    Operation.DATE: (frozenset({Kind.DATE}), "a date"),
    Operation.GEOGRID: (frozenset({Kind.GEO}), "the field geo"),
}
_NUMERIC = (_COUNTABLE, "a field of numbers or dates")
_ORDERING = frozenset(
    (
        *(Operation.MIN, Operation.MAX, Operation.AVERAGE, Operation.SUM),
        *(Operation.CARDINALITY, Operation.MISSING),
    )
)
_NARROWEST = 1e-6


def check_fit(aggregation: Aggregation, source: Source) -> None:
    """Raises AggregationError for an operation that its field, its size or its children do not allow."""
    kinds, wanted = _FITTING.get(aggregation.operation, _NUMERIC)
    # What no event has, has no kind: a field of no column and no document is free of results.
    if source.kind not in kinds and (source.columns or source.field):
        raise _misfit(aggregation, f"{aggregation.operation} needs {wanted}, which {aggregation.field} is not")
    if isinstance(aggregation, TopHits) and aggregation.size > MAXIMUM_HITS:
        raise _misfit(aggregation, f"tophits shows at most {MAXIMUM_HITS} events")
    if isinstance(aggregation, Histogram) and aggregation.interval < _NARROWEST:
        raise _misfit(aggregation, f"the interval of a histogram is at least {_NARROWEST:g}")
    if isinstance(aggregation, Terms):
        _check_terms(aggregation)


def _check_terms(terms: Terms) -> None:
    for child in terms.children:
        if child.descending is not None and child.operation not in _ORDERING:
            raise _misfit(child, f"terms cannot be ordered by {child.operation}")
    for pattern in (terms.include_pattern, terms.exclude_pattern):
        if pattern is not None:
            try:
                compile_pattern(pattern)
            except FilterValueError as error:
                raise _misfit(terms, str(error)) from None


def _misfit(aggregation: Aggregation, detail: str) -> AggregationError:
    return AggregationError(INVALID, detail, aggregation.position)
