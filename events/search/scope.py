"""Which organization, project or stack a filter names, so that a global list can be narrowed to it."""

from __future__ import annotations

from typing import NamedTuple

from events.search.nodes import Group, Term, leaves

_NAMES = ("organization", "project", "stack")


class FilterScope(NamedTuple):
    """At most one of the three is set: the id that the filter names."""

    organization_id: str | None = None
    project_id: str | None = None
    stack_id: str | None = None

    @property
    def is_named(self) -> bool:
        return any(self)


def find_scope(tree: Group) -> FilterScope:
    """The scope of a filter; none when it names several ids. Negation does not matter; names are lower-case only."""
    named = {(term.field, term.value) for term, _ in leaves(tree) if isinstance(term, Term) and term.field in _NAMES}
    if len(named) != 1:
        return FilterScope()
    name, value = named.pop()
    return FilterScope(**{f"{name}_id": value})
