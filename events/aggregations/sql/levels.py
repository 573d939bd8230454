"""One statement for one level of buckets: its groups with all that is measured in them, ranked where they are terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from events.aggregations.limits import MAXIMUM_BUCKETS
from events.aggregations.parser import Terms
from events.aggregations.planning import Planned
from events.aggregations.sql.fragments import Fragment, joined
from events.aggregations.sql.measures import order_by
from events.aggregations.sql.rows import Rows

_MOST_KEPT = 5_000
"""Keys that a statement is narrowed to; it need not be narrowed to more."""


@dataclass(frozen=True, slots=True)
class Level:
    """The groups of `path`, a bucket inside of the one before; without a path all events are one group.

    `kept` holds the keys that each bucket before the last is narrowed to, None for all.
    """

    path: tuple[Planned, ...]
    measured: tuple[Planned, ...]
    kept: tuple[Sequence[Any] | None, ...] = ()

    @property
    def last(self) -> Planned | None:
        return self.path[-1] if self.path else None


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows are the keys of the path, the number of events, that of all groups beside it, then the measures.

    `places` tells for each of the measured nodes where its measures are among them.
    """

    sql: Fragment
    places: tuple[tuple[int, ...], ...]


def level_statement(level: Level, rows: Rows) -> Statement:
    measures: dict[Fragment, int] = {}
    places = [
        tuple(measures.setdefault(found, len(measures)) for found in rows.measures(node)) for node in level.measured
    ]
    grouped = _grouped(level, list(measures), rows)
    if level.last is not None and isinstance(level.last.aggregation, Terms):
        grouped = _ranked(level, level.last.aggregation, grouped, places, len(measures))
    if level.path:
        grouped = Fragment(f"{grouped.sql} LIMIT {MAXIMUM_BUCKETS + 1}", grouped.parameters)
    return Statement(grouped, tuple(places))


def _grouped(level: Level, measures: Sequence[Fragment], rows: Rows) -> Fragment:
    keys = [rows.key(node) for node in level.path]
    columns = [Fragment(f"{key.sql} AS k{number}", key.parameters) for number, key in enumerate(keys)]
    columns += [Fragment(f"{rows.total} AS n"), Fragment("0 AS s")]
    columns += [Fragment(f"{found.sql} AS m{number}", found.parameters) for number, found in enumerate(measures)]
    conditions = [
        condition
        for number, (node, key) in enumerate(zip(level.path, keys, strict=True))
        for condition in _conditions(node, key, level.kept[number] if number < len(level.kept) else None)
    ]
    parts = [Fragment("SELECT"), joined(", ", columns), Fragment(f"FROM ({rows.base.sql}) AS e", rows.base.parameters)]
    if conditions:
        parts += [Fragment("WHERE"), joined(" AND ", conditions)]
    if keys:
        parts.append(Fragment("GROUP BY " + ", ".join(str(number + 1) for number in range(len(keys)))))
    return joined(" ", parts)


def _conditions(node: Planned, key: Fragment, kept: Sequence[Any] | None) -> list[Fragment]:
    if node.times is not None or node.keys is None:
        return []
    found = [Fragment(f"{key.sql} IS NOT NULL", key.parameters)]
    if node.keys.include:
        found.append(_among(key, "IN", node.keys.include))
    if node.keys.exclude:
        found.append(_among(key, "NOT IN", node.keys.exclude))
    if kept is not None and 0 < len(kept) <= _MOST_KEPT:
        found.append(_among(key, "IN", kept))
    return found


def _among(key: Fragment, operator: str, values: Sequence[Any]) -> Fragment:
    places = ", ".join(["%s"] * len(values))
    return Fragment(f"{key.sql} {operator} ({places})", (*key.parameters, *values))


def _ranked(
    level: Level, terms: Terms, grouped: Fragment, places: Sequence[tuple[int, ...]], number_of_measures: int
) -> Fragment:
    """The first groups of terms in each of the groups above, and how many events all of them have there."""
    parents = ", ".join(f"k{number}" for number in range(len(level.path) - 1))
    partition = f"PARTITION BY {parents} " if parents else ""
    order = ", ".join([*(_orders(level, places) or ["n DESC"]), f"k{len(level.path) - 1}"])
    keys = ", ".join(f"k{number}" for number in range(len(level.path)))
    measures = "".join(f", m{number}" for number in range(number_of_measures))
    # The names are ours, the numbers too; what people wrote travels as parameters.
    ranking = (
        f"SELECT {keys}, n, SUM(n) OVER ({partition}) AS s{measures}, "  # noqa: S608
        f"ROW_NUMBER() OVER ({partition}ORDER BY {order}) AS r "
        f"FROM ({grouped.sql}) AS g WHERE n >= {int(terms.minimum_count)}"
    )
    first = f"SELECT {keys}, n, s{measures} FROM ({ranking}) AS t WHERE r <= {int(terms.size)} ORDER BY r"  # noqa: S608
    return Fragment(first, grouped.parameters)


def _orders(level: Level, places: Sequence[tuple[int, ...]]) -> list[str]:
    return [
        expression
        for node, found in zip(level.measured, places, strict=True)
        if node.aggregation.descending is not None
        for expression in order_by(node, [f"m{number}" for number in found])
    ]
