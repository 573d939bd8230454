"""Changing trees: leaving parts out, tidying what is left, inverting."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from events.search.nodes import AnyNode, Group, Node, Operator

Change = Callable[[Node], Node | None]


def rewrite(tree: Group, change: Change) -> Group:
    """The tree with `change` applied to every node, the parts of a group before the group itself.

    Where it returns None, the node is left out, as are groups that became empty.
    """
    return with_items(tree, [_changed(item, change) for item in tree.items])


def _changed(node: Node, change: Change) -> Node | None:
    if isinstance(node, Group):
        group = rewrite(node, change)
        return change(group) if group.items else None
    return change(node)


def with_items(group: Group, changed: Sequence[Node | None]) -> Group:
    """The group with other items in the places of its own; None leaves the item out."""
    items: list[Node] = []
    joins: list[Operator | None] = []
    kept = 0
    for index, item in enumerate(changed):
        if item is None:
            continue
        if items:
            # The join that followed the unit before stays: `a AND b c` without b is `a AND c`.
            joins.append(group.joins[kept])
        items.append(item)
        kept = index
    return dataclasses.replace(group, items=tuple(items), joins=tuple(joins))


def tidy(tree: Group) -> Group:
    """The tree without needless parentheses and with neighbouring rows of one operator joined."""
    root = _merged(rewrite(tree, _unwrapped))
    if len(root.items) == 1:
        only = root.items[0]
        if isinstance(only, Group) and not only.has_parentheses:
            return dataclasses.replace(only, position=root.position)
    return root


def _unwrapped(node: Node) -> Node:
    if not isinstance(node, Group):
        return node
    group = _merged(node)
    if len(group.items) > 1 or group.field is not None or group.boost is not None:
        return group
    only = group.items[0]
    if not group.has_parentheses:
        return only
    if isinstance(only, Group) and not only.has_parentheses:
        return dataclasses.replace(group, items=only.items, joins=only.joins, operator=only.operator)
    if not (group.negated or group.prefix):
        return only
    # `NOT (NOT a)` and `NOT (+a)` keep their parentheses.
    return group if only.negated or only.prefix else _with_head_of(only, group)


def _with_head_of(node: AnyNode, group: Group) -> AnyNode:
    return dataclasses.replace(node, negated=group.negated, prefix=group.prefix)


def _merged(group: Group) -> Group:
    """Take in the last item when it is a bare row of the same operator."""
    last = group.items[-1] if group.items else None
    if not isinstance(last, Group) or last.has_parentheses or len(group.items) < 2:
        return group
    if last.operator is not group.operator:
        return group
    return dataclasses.replace(group, items=group.items[:-1] + last.items, joins=group.joins + last.joins)


def inverted(node: Node) -> Node:
    """What matches exactly where the node does not."""
    if node.is_excluded:
        return dataclasses.replace(node, negated=False, prefix="")
    if isinstance(node, Group):
        return dataclasses.replace(node, negated=True, prefix="", has_parentheses=True)
    return dataclasses.replace(node, negated=True)
