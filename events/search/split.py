"""A filter on events becomes two: one on the events themselves, one on their stacks.

Parts are cut out of the tree, so `status:open OR message:x` acts as `status:open AND message:x`. Unlike a real
implication, `status:(open OR fixed)` leaves nothing on either side: its terms have no field of their own.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from events.search.nodes import Group, Node, Operator, Presence, Term, leaves, with_field
from events.search.transform import inverted, rewrite, tidy, with_items

INVERSION_MARK = "@!"

_STACK_ONLY = frozenset(
    (
        *("last", "last_occurrence", "first_occurrence", "links", "references", "status", "snooze_until_utc"),
        *("signature", "signature_hash", "title", "description", "fixedon", "date_fixed"),
        *("version_fixed", "fixed_in_version", "critical", "occurrences_are_critical"),
        *("occurrences", "total_occurrences"),
    )
)
_SPECIAL = {
    "fixed": "fixed",
    "is_fixed": "fixed",
    "regressed": "regressed",
    "is_regressed": "regressed",
    "hidden": "hidden",
    "is_hidden": "hidden",
}
_ORGANIZATION_OR_PROJECT = frozenset({"organization", "organization_id", "project", "project_id"})
_STACK = frozenset({"stack", "stack_id"})
_SHARED = _ORGANIZATION_OR_PROJECT | _STACK | {"type", "tag", "tags"}
_STACK_FIELDS = _STACK_ONLY | _SPECIAL.keys() | _SHARED
_TRUTH = {"true": True, "false": False}
_VISIBLE = Group(
    items=(Term(field="status", value="open"), Term(field="status", value="regressed")),
    operator=Operator.OR,
    joins=(Operator.OR,),
    has_parentheses=True,
)


class SplitFilter(NamedTuple):
    """What an event must match, and what its stack must match; either may be an empty Group, which matches all."""

    event: Group
    stack: Group


def without_inversion_mark(text: str) -> str:
    """A filter may start with `@!`, which once forced another way to run it and never another result.

    Spaces stand in its place: what is wrong with the rest keeps its position.
    """
    start = len(text) - len(text.lstrip())
    if not text.startswith(INVERSION_MARK, start):
        return text
    end = start + len(INVERSION_MARK)
    return " " * end + text[end:]


def split_filter(tree: Group) -> SplitFilter:
    """Cut a filter on events into its event part and its stack part."""
    event = tidy(rewrite(tree, _event_part))
    stack = tidy(rewrite(tidy(rewrite(tree, _stack_part)), _stack_terms))
    return SplitFilter(event, stack)


def _name(node: Node) -> str:
    return (node.field or "").lower()


def _event_part(node: Node) -> Node | None:
    name = _name(node)
    return None if name in _STACK_ONLY or name in _SPECIAL else node


def _stack_part(node: Node) -> Node | None:
    if isinstance(node, Group) and node.field is None:
        return node
    return node if _name(node) in _STACK_FIELDS else None


def _stack_terms(node: Node) -> Node:
    """The names and special terms of an event filter as a stack knows them."""
    name = _name(node)
    if name in _STACK:
        return with_field(node, "id")
    special = _SPECIAL.get(name)
    truth = _TRUTH.get(node.value.lower()) if isinstance(node, Term) else None
    if special is None or truth is None:
        return node
    if special == "hidden":
        plain: Node = inverted(_VISIBLE) if truth else _VISIBLE
    else:
        status = Term(field="status", value=special)
        plain = status if truth else inverted(status)
    return inverted(plain) if node.is_excluded else plain


def inverted_stack_filter(stack: Group) -> Group:
    """The stacks of the same organizations and projects that a stack part leaves out.

    Only needed where a list of the stacks left out would be shorter; an SQL join does without.
    """
    return tidy(_as_root(_inverted_node(stack)))


def _as_root(node: Node) -> Group:
    if isinstance(node, Group) and not node.has_parentheses:
        return node
    return Group(items=(node,))


def _inverted_node(node: Node) -> Node:
    """Invert all but the terms that only say which organization or project is meant."""
    scoped = {_is_scope(item) for item in (node.items if isinstance(node, Group) else (node,))}
    if scoped <= {"scope"}:
        return node
    if not isinstance(node, Group):
        return inverted(node)
    if scoped == {"other"} or node.operator is Operator.OR or node.is_excluded:
        return _inverted_row(node)
    return _inverted_within_scope(node)


def _inverted_row(group: Group) -> Node:
    if len(group.items) == 1 and not group.has_parentheses:
        return inverted(group.items[0])
    return inverted(group)


def _is_scope(node: Node) -> str:
    """`scope` when all names are an organization's or a project's, `other` when none are, else `mixed`."""
    nodes = [leaf for leaf, _ in leaves(node)] if isinstance(node, Group) else [node]
    found = {_name(leaf) in _ORGANIZATION_OR_PROJECT for leaf in nodes}
    if len(found) == 2:
        return "mixed"
    return "scope" if found == {True} else "other"


def _inverted_within_scope(group: Group) -> Group:
    """Keep the scope; put the units without any into one inverted group, where the first of them stood."""
    is_other = [_is_scope(item) == "other" for item in group.items]
    others = with_items(group, [item if other else None for item, other in zip(group.items, is_other, strict=True)])
    changed: list[Node | None] = [
        None if other else _inverted_node(item) for item, other in zip(group.items, is_other, strict=True)
    ]
    if others.items:
        changed[is_other.index(True)] = _inverted_row(dataclasses.replace(others, has_parentheses=False))
    return with_items(group, changed)


def with_fixed_as_date(tree: Group) -> Group:
    """A filter on stacks in which `fixed:true` asks whether the stack has a date of its fix."""
    return rewrite(tree, _fixed_as_date)


def _fixed_as_date(node: Node) -> Node:
    truth = _TRUTH.get(node.value.lower()) if isinstance(node, Term) and _name(node) == "fixed" else None
    if truth is None:
        return node
    return Presence(field="date_fixed", missing=not truth, negated=node.negated, prefix=node.prefix)
