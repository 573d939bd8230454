"""Rollups in the place of events: rows that stand for all events of an hour, a stack and a type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from events.aggregations.parser import Operation
from events.aggregations.planning import Planned
from events.aggregations.sql.fragments import Fragment, bucket_number, value_of
from events.aggregations.sql.measures import is_truth_table
from events.rollups.selectors import Rollups
from exceptionless_site.core.time_keys import SEQUENCE_BITS

_OWNERS = {name: name for name in ("organization_id", "project_id", "stack_id", "type")}
"""Columns that have a value in every event, and the same one in all events of a rollup."""
_MILLISECONDS_PER_HOUR = 3_600_000
_START = f"(CAST(hour AS BIGINT) * {_MILLISECONDS_PER_HOUR})"
_EVENTS = Fragment("COALESCE(SUM(events), 0)")
_FIRST = "SUM(first_occurrences)"
_ENDS = {Operation.MIN: ("MIN", "first_key"), Operation.MAX: ("MAX", "last_key")}


class RollupRows:
    """See `Rows`."""

    total = _EVENTS.sql

    def __init__(self, base: Fragment) -> None:
        self.base = base

    def key(self, node: Planned) -> Fragment:
        return value_of(node, _OWNERS) if node.times is None else bucket_number(node.times, _START)

    def measures(self, node: Planned) -> list[Fragment]:
        match node.operation:
            case Operation.CARDINALITY:
                return [Fragment(f"COUNT(DISTINCT {node.source.columns[0]})")]
            case Operation.MISSING:
                return [_EVENTS, _EVENTS]
            case Operation.TERMS:
                return [Fragment(_FIRST), Fragment(f"SUM(events) - {_FIRST}")]
            case Operation.MIN | Operation.MAX:
                function, column = _ENDS[node.operation]
                return [Fragment(f"CAST({function}({column}) >> {SEQUENCE_BITS} AS DOUBLE PRECISION)")]
        return [_EVENTS, Fragment("SUM(occurrences)")]


def rollup_rows(rollups: Rollups, roots: Sequence[Planned]) -> RollupRows | None:
    """With the columns that the roots need; None when there can be no event."""
    columns = dict.fromkeys(["events", *(column for root in roots for node in root.walk() for column in _needed(node))])
    statement = rollups.rows(list(columns))
    return None if statement is None else RollupRows(Fragment(statement.sql, statement.parameters))


def _needed(node: Planned) -> Iterable[str]:
    if node.times is not None:
        return ("hour",)
    if node.operation in _ENDS:
        return (_ENDS[node.operation][1],)
    if is_truth_table(node):
        return ("first_occurrences",)
    return ("occurrences",) if node.source.columns == ("count",) else node.source.columns


def is_summed(planned: Planned) -> bool:
    """Whether rollups can answer the whole of an aggregation."""
    return all(map(_is_summed, planned.walk()))


def _is_summed(node: Planned) -> bool:
    is_owner = node.source.columns[:1] != () and node.source.columns[0] in _OWNERS
    match node.operation:
        case Operation.DATE:
            return node.source.columns == ("key",) and _is_hourly(node)
        case Operation.TERMS:
            is_whole = node.keys is not None and not node.keys.has_pattern
            return (is_whole and is_owner) or (is_truth_table(node) and node.source.columns == ("is_first_occurrence",))
        case Operation.CARDINALITY | Operation.MISSING:
            return is_owner
        case Operation.MIN | Operation.MAX:
            return node.source.columns == ("key",)
        case Operation.SUM | Operation.AVERAGE:
            return node.source.columns == ("count",) and node.missing == 1
    return False


def _is_hourly(node: Planned) -> bool:
    return node.times is not None and all(start % _MILLISECONDS_PER_HOUR == 0 for start in node.times.starts)
