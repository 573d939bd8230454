"""Pieces of SQL with their parameters, and what a source of values is called in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from events.aggregations.intervals import Run, TimeBuckets
from events.aggregations.planning import Planned
from events.aggregations.sources import USERS, Source
from events.search.fields import Kind
from events.search.sql.vendor import is_postgresql
from exceptionless_site.core.time_keys import SEQUENCE_BITS

_LARGEST = "1e300"
"""PostgreSQL refuses to add up what becomes larger than a number can be; this leaves room for all events."""


class Fragment(NamedTuple):
    sql: str
    parameters: tuple[Any, ...] = ()


def joined(separator: str, fragments: Iterable[Fragment]) -> Fragment:
    found = list(fragments)
    return Fragment(
        separator.join(fragment.sql for fragment in found),
        tuple(value for fragment in found for value in fragment.parameters),
    )


def aliases(nodes: Iterable[Planned]) -> dict[str, str]:
    """A name in the rows for each column that is needed."""
    columns = dict.fromkeys(column for root in nodes for node in root.walk() for column in node.source.columns)
    return {column: f"c{number}" for number, column in enumerate(columns)}


def value_of(planned: Planned, names: Mapping[str, str]) -> Fragment:
    """The value that an event has, or that stands in for it."""
    plain = _plain(planned.source, names)
    return plain if planned.missing is None else Fragment(f"COALESCE({plain.sql}, %s)", (planned.missing,))


def _plain(source: Source, names: Mapping[str, str]) -> Fragment:
    if not source.columns:
        return Fragment("NULL")
    name = names[source.columns[0]]
    if source.kind is Kind.DATE:
        return Fragment(f"({name} >> {SEQUENCE_BITS})")
    if is_postgresql() and source != USERS and source.kind in (Kind.TEXT, Kind.KEYWORD):
        # By code points, as SQLite and Python do; and faster.
        return Fragment(f'({name} COLLATE "C")')
    return Fragment(name)


def number_of(planned: Planned, names: Mapping[str, str]) -> Fragment:
    """The value as a number that can be compared and added up."""
    value = value_of(planned, names)
    if planned.source.kind is Kind.BOOLEAN:
        return _twice("CASE WHEN {0} THEN 1 WHEN NOT {0} THEN 0 END", value)
    if planned.source.kind is Kind.DATE:
        return Fragment(f"CAST({value.sql} AS DOUBLE PRECISION)", value.parameters)
    return value


def addend_of(planned: Planned, names: Mapping[str, str]) -> Fragment:
    """The value as a number whose sum can be made, however many there are."""
    number = number_of(planned, names)
    if planned.source.kind is Kind.NUMBER or isinstance(planned.missing, float):
        high = f"WHEN {{0}} > {_LARGEST} THEN {_LARGEST}"
        low = f"WHEN {{0}} < -{_LARGEST} THEN -{_LARGEST}"
        cast = Fragment(f"CAST({number.sql} AS DOUBLE PRECISION)", number.parameters)
        return _twice(f"CASE {high} {low} ELSE {{0}} END", cast)
    return number


def _twice(template: str, value: Fragment) -> Fragment:
    return Fragment(template.format(value.sql), value.parameters * template.count("{0}"))


def bucket_number(times: TimeBuckets, milliseconds: str) -> Fragment:
    """The number of the time bucket in which an instant lies, by arithmetic alone."""
    return Fragment(_number_in(times.runs(), milliseconds))


def _number_in(runs: list[Run], milliseconds: str) -> str:
    """A tree of choices between stretches of equal buckets, so that many of them cost few comparisons."""
    if len(runs) == 1:
        return f"({runs[0].number} + ({milliseconds} - ({runs[0].start})) / {runs[0].width})"
    middle = len(runs) // 2
    earlier, later = _number_in(runs[:middle], milliseconds), _number_in(runs[middle:], milliseconds)
    return f"CASE WHEN {milliseconds} < {runs[middle].start} THEN {earlier} ELSE {later} END"
