"""Sort expressions: names with a space between, `-` in front for descending."""

from __future__ import annotations

from typing import NamedTuple

from events.search.errors import FilterSyntaxError
from events.search.fields import Field, FieldTable
from events.search.nodes import Node, Term
from events.search.parser import parse_filter


class SortField(NamedTuple):
    name: str
    descending: bool


def parse_sort(text: str | None) -> list[SortField]:
    """The names of a sort expression as written. Raises FilterSyntaxError."""
    return [_sort_field(unit) for unit in parse_filter(text or "").row()]


def _sort_field(unit: Node) -> SortField:
    if not isinstance(unit, Term) or unit.field is not None or unit.negated:
        raise FilterSyntaxError("Only field names can be sorted by", unit.position)
    return SortField(unit.value, unit.prefix == "-")


def resolve_sort(text: str | None, table: FieldTable) -> list[tuple[Field, bool]]:
    """(field, descending) for each name of the table, the first time it occurs; unknown names have no effect."""
    resolved: dict[Field, bool] = {}
    for name, descending in parse_sort(text):
        field = table.resolve(name)
        if field is not None:
            resolved.setdefault(field, descending)
    return list(resolved.items())
