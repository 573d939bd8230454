"""Tree to conditions: names become fields, terms become tokens and values, operators become and, or, not."""

from __future__ import annotations

from datetime import datetime

from events.search.conditions import Condition, Everything, Nothing, Present, all_of, any_of, negation
from events.search.errors import FilterValueError
from events.search.fields import FieldTable
from events.search.nodes import Group, Node, Operator, Presence, Range, Term
from events.search.terms import range_condition, term_condition


def plan_filter(tree: Group, table: FieldTable, *, now: datetime) -> Condition:
    """What a filter means on the fields of a table; an empty tree is Everything.

    Unknown fields have no value anywhere. `now` is aware. Raises FilterValueError, with a message for the person who
    wrote the filter, when a value does not fit its field.
    """
    return _Planner(table, now).group(tree, None)


class _Planner:
    def __init__(self, table: FieldTable, now: datetime) -> None:
        self.table = table
        self.now = now

    def group(self, group: Group, scope: str | None) -> Condition:
        if not group.items:
            return Everything()
        scope = scope if group.field is None else group.field
        parts = [self._node(item, scope) for item in group.items]
        # `+(a OR b)` asks for both.
        is_or = group.operator is Operator.OR and group.prefix != "+"
        return any_of(parts) if is_or else all_of(parts)

    def _node(self, node: Node, scope: str | None) -> Condition:
        if isinstance(node, Group):
            found = self.group(node, scope)
        else:
            found = self._placed_leaf(node, scope if node.field is None else node.field)
        return negation(found) if node.is_excluded else found

    def _placed_leaf(self, node: Node, name: str | None) -> Condition:
        try:
            return self._leaf(node, name)
        except FilterValueError as error:
            raise FilterValueError(error.message, node.position) from error

    def _leaf(self, node: Node, name: str | None) -> Condition:
        if name is None:
            return self._bare(node)
        field = self.table.resolve(name)
        if isinstance(node, Presence):
            present = Nothing() if field is None else Present(field)
            return negation(present) if node.missing else present
        if field is None:
            return Nothing()
        if isinstance(node, Range):
            return range_condition(field, node, self.now)
        return term_condition(field, node, self.now) if isinstance(node, Term) else Nothing()

    def _bare(self, node: Node) -> Condition:
        if not isinstance(node, Term):
            raise FilterValueError("A range needs a field, as in value:>5")
        if node.is_wildcard:
            return Everything()
        return any_of(term_condition(field, node, self.now) for field in self.table.default_fields)
