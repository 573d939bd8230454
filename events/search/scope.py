"""Which organization, project or stack a filter names, so that a global list can be narrowed to it."""

from __future__ import annotations

from typing import NamedTuple

from events.search.nodes import Group, Term, leaves

_NAMES = ("organization", "project", "stack")


class FilterScope(NamedTuple):
    """`is_named`: the filter names ids of exactly one kind. One of the three ids is set when it names a single one."""

    organization_id: str | None = None
    project_id: str | None = None
    stack_id: str | None = None
    is_named: bool = False


def find_scope(tree: Group) -> FilterScope:
    """The scope that a filter names in plain terms; negation does not matter, names count in lower case only."""
    named = {(term.field, term.value) for term, _ in leaves(tree) if isinstance(term, Term) and term.field in _NAMES}
    kinds = {name for name, _ in named}
    if len(kinds) != 1:
        return FilterScope()
    name, value = named.pop()
    # Projects of two organizations must not be narrowed to one of them.
    return FilterScope(is_named=True) if named else FilterScope(is_named=True, **{f"{name}_id": value})
