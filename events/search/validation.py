"""Whether a filter may be asked: is it well-formed, and does it use what only paying plans have."""

from __future__ import annotations

from dataclasses import dataclass

from events.search.custom_fields import type_custom_names
from events.search.errors import FilterSyntaxError
from events.search.fields import FREE_NAMES, Resource
from events.search.nodes import Group, Operator, leaves
from events.search.parser import parse_filter
from events.search.printer import print_filter


@dataclass(frozen=True, slots=True)
class FilterValidation:
    """The verdict on a filter.

    When valid, `tree` is the filter with typed custom names, the one to split and to compile. Otherwise `message` and
    `position` (0-based) say what is wrong where, and `uses_premium` is False.
    """

    tree: Group | None
    uses_premium: bool = False
    message: str | None = None
    position: int | None = None

    @property
    def is_valid(self) -> bool:
        return self.tree is not None

    @property
    def normalized(self) -> str | None:
        """The filter with typed custom names and every operator written out; None when it is not valid."""
        return None if self.tree is None else print_filter(self.tree, Operator.AND)


def validate_filter(text: str | None, resource: Resource = Resource.EVENT) -> FilterValidation:
    """Check a filter; none at all is valid and free."""
    try:
        tree = parse_filter(text or "")
    except FilterSyntaxError as error:
        return FilterValidation(None, message=error.message, position=error.position)
    if resource is not Resource.STACK:
        tree = type_custom_names(tree)
    return FilterValidation(tree, uses_premium(tree, resource))


def uses_premium(tree: Group, resource: Resource) -> bool:
    """Whether the filter names a field beyond the free ones, or has a term without field. Names count as written."""
    free = FREE_NAMES[resource]
    names = (name for _, name in leaves(tree))
    return any(name is None or (name not in free and not name.startswith("@")) for name in names)
