"""Aggregations answered by SQL alone: a statement for each level of buckets, put together here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from events.aggregations.collectors import arranged
from events.aggregations.limits import MAXIMUM_BUCKETS, too_many_buckets
from events.aggregations.outcomes import Bucket, Buckets, Counted, Outcome, Outcomes
from events.aggregations.parser import Operation, Terms
from events.aggregations.planning import Planned
from events.aggregations.sql.levels import Level, Statement, level_statement
from events.aggregations.sql.measures import is_measured, outcome_of
from events.aggregations.sql.rows import Rows
from events.search.fields import Kind

Key = tuple[Any, ...]


def is_grouped_by_sql(planned: Planned) -> bool:
    """Whether the whole of an aggregation can be answered without looking at single events."""
    if is_measured(planned):
        return True
    if not planned.source.is_column or not all(map(is_grouped_by_sql, planned.children)):
        return False
    is_terms = planned.operation is Operation.TERMS and planned.keys is not None and not planned.keys.has_pattern
    return is_terms or planned.operation is Operation.DATE


def count_by_sql(rows: Rows | None, roots: tuple[Planned, ...]) -> Counted:
    """The number of the events that the rows stand for, and what the roots come to; no rows are no events."""
    return Counted(0, _blank(roots)) if rows is None else _Grouping(rows).all(roots)


@dataclass(slots=True)
class _Group:
    """A row of a level: `key` along the path, `beside` the events of all groups next to it."""

    key: Key
    total: int
    beside: int
    outcomes: dict[str, Outcome]


class _Grouping:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.made = 0

    def all(self, roots: tuple[Planned, ...]) -> Counted:
        (group,) = self._groups(roots, (), ())
        return Counted(group.total, {root.key: group.outcomes[root.key] for root in roots})

    def _groups(
        self, nodes: tuple[Planned, ...], path: tuple[Planned, ...], kept: tuple[Sequence[Any] | None, ...]
    ) -> list[_Group]:
        """The groups of a path in the order of their rows, with the outcomes of `nodes` in each."""
        level = Level(path, tuple(filter(is_measured, nodes)), kept)
        groups = self._read(level)
        for node in nodes:
            if not is_measured(node):
                self._add_buckets(node, groups, path, (*kept, _keys(groups)) if path else ())
        return groups

    def _read(self, level: Level) -> list[_Group]:
        statement = level_statement(level, self.rows)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql.sql, statement.sql.parameters)
            rows = cursor.fetchall()
        if level.path:
            self._count(len(rows))
        return [_group(level, statement, row) for row in rows]

    def _add_buckets(
        self, node: Planned, groups: list[_Group], path: tuple[Planned, ...], kept: tuple[Sequence[Any] | None, ...]
    ) -> None:
        by_parent: defaultdict[Key, list[_Group]] = defaultdict(list)
        for inner in self._groups(node.children, (*path, node), kept) if groups else []:
            by_parent[inner.key[:-1]].append(inner)
        for group in groups:
            found = _buckets(node, by_parent.get(group.key, []))
            if node.times is not None:
                self._count(len(found.items))
            group.outcomes[node.key] = found

    def _count(self, number: int) -> None:
        self.made += number
        if self.made > MAXIMUM_BUCKETS:
            raise too_many_buckets()


def _keys(groups: Sequence[_Group]) -> list[Any]:
    return list(dict.fromkeys(group.key[-1] for group in groups))


def _group(level: Level, statement: Statement, row: Sequence[Any]) -> _Group:
    depth = len(level.path)
    key = tuple(_python_key(node, value) for node, value in zip(level.path, row, strict=False))
    values = row[depth + 2 :]
    outcomes = {
        node.key: outcome_of(node, [values[number] for number in places])
        for node, places in zip(level.measured, statement.places, strict=True)
    }
    return _Group(key, row[depth], int(row[depth + 1]), outcomes)


def _python_key(node: Planned, value: Any) -> Any:
    # SQLite has no booleans.
    return bool(value) if node.times is None and node.source.kind is Kind.BOOLEAN else value


def _buckets(node: Planned, groups: Sequence[_Group]) -> Buckets:
    buckets = [Bucket(group.key[-1], group.total, _in_order(node, group)) for group in groups]
    if isinstance(node.aggregation, Terms):
        beside = groups[0].beside if groups else 0
        return Buckets(buckets, beside - sum(bucket.total for bucket in buckets))
    return arranged(node, buckets, lambda: _blank(node.children))


def _in_order(node: Planned, group: _Group) -> Outcomes:
    return {child.key: group.outcomes[child.key] for child in node.children}


def _blank(nodes: tuple[Planned, ...]) -> Outcomes:
    """What comes out where there are no events."""
    return {node.key: _outcome_of_nothing(node) for node in nodes}


def _outcome_of_nothing(node: Planned) -> Outcome:
    return outcome_of(node, [None] * 4) if is_measured(node) else _buckets(node, [])
