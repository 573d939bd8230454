"""What SQL adds up for each operation, and what the operation makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from events.aggregations.collectors import number_outcome
from events.aggregations.ordering import ordered
from events.aggregations.outcomes import Bucket, Documents, Number, Outcome, Statistics
from events.aggregations.parser import Operation, Terms
from events.aggregations.planning import Planned
from events.aggregations.sql.fragments import Fragment, addend_of, number_of, value_of
from events.search.fields import Kind

Names = Mapping[str, str]

_OPERATIONS = frozenset(
    (
        *(Operation.MIN, Operation.MAX, Operation.AVERAGE, Operation.SUM),
        *(Operation.CARDINALITY, Operation.MISSING, Operation.STATS),
    )
)


def is_measured(planned: Planned) -> bool:
    """Whether a row of SQL can answer the operation by itself, beside others."""
    if not planned.source.is_column and planned.source.columns:
        return False
    if planned.source.is_facet:
        return False
    return planned.operation in _OPERATIONS or is_truth_table(planned)


def is_truth_table(planned: Planned) -> bool:
    """Terms of a column that is true or false, with nothing inside: two sums."""
    return (
        planned.operation is Operation.TERMS
        and planned.source.kind is Kind.BOOLEAN
        and planned.source.is_column
        and not planned.children
        and planned.keys is not None
        and not planned.keys.has_pattern
    )


def measures_of(planned: Planned, names: Names) -> list[Fragment]:
    """The aggregate functions whose values `outcome_of` needs, in that order."""
    match planned.operation:
        case Operation.CARDINALITY:
            return [_call("COUNT(DISTINCT {})", value_of(planned, names))]
        case Operation.MISSING:
            return [Fragment("COUNT(*)"), _call("COUNT({})", value_of(planned, names))]
        case Operation.TERMS:
            value = value_of(planned, names)
            return [_call("COUNT(CASE WHEN {} THEN 1 END)", value), _call("COUNT(CASE WHEN NOT {} THEN 1 END)", value)]
        case Operation.MIN:
            return [_call("MIN({})", number_of(planned, names))]
        case Operation.MAX:
            return [_call("MAX({})", number_of(planned, names))]
    count_and_sum = [_call("COUNT({})", value_of(planned, names)), _call("SUM({})", addend_of(planned, names))]
    if planned.operation is Operation.STATS:
        number = number_of(planned, names)
        return [*count_and_sum, _call("MIN({})", number), _call("MAX({})", number)]
    return count_and_sum


def _call(template: str, value: Fragment) -> Fragment:
    return Fragment(template.format(value.sql), value.parameters)


def outcome_of(planned: Planned, values: Sequence[Any]) -> Outcome:
    """From the values of the measures; all None is a group without events."""
    match planned.operation:
        case Operation.CARDINALITY:
            return Number(values[0] or 0)
        case Operation.MISSING:
            return Documents((values[0] or 0) - (values[1] or 0))
        case Operation.TERMS:
            return _truth_table(planned, values)
        case Operation.MIN | Operation.MAX:
            return Number(None if values[0] is None else float(values[0]))
    count, total, *ends = values
    minimum, maximum = ((None if end is None else float(end)) for end in (ends or (None, None)))
    return number_outcome(planned.operation, Statistics(count or 0, minimum, maximum, float(total or 0)))


def _truth_table(planned: Planned, values: Sequence[Any]) -> Outcome:
    counts = ((True, values[0] or 0), (False, values[1] or 0))
    admitted = [Bucket(key, total) for key, total in counts if total and planned.keys and planned.keys.admits(key)]
    terms = planned.aggregation
    if not isinstance(terms, Terms):
        raise TypeError(terms.key)
    return ordered(terms, admitted)


def order_by(planned: Planned, columns: Sequence[str]) -> list[str]:
    """How rows are sorted by a child of terms, whose measures have these names; no value comes last."""
    direction = "DESC" if planned.aggregation.descending else "ASC"
    match planned.operation:
        case Operation.MISSING:
            return [f"{columns[0]} - {columns[1]} {direction}"]
        case Operation.AVERAGE:
            value = f"CAST({columns[1]} AS DOUBLE PRECISION) / NULLIF({columns[0]}, 0)"
        case Operation.SUM:
            value = f"COALESCE({columns[1]}, 0)"
        case _:
            value = columns[0]
    return [f"CASE WHEN {value} IS NULL THEN 1 ELSE 0 END", f"{value} {direction}"]
