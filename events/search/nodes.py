"""The tree of a filter: immutable nodes, as written, with the operators already resolved.

The language has no precedence and is right-recursive: `a AND b OR c` is `a AND (b OR c)`. A Group holds items of one
operator only; where the operator changes, the rest of the row is a nested Group without parentheses, always the
last item.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Operator(StrEnum):
    AND = "AND"
    OR = "OR"


class RangeStyle(StrEnum):
    """How a range was written; it matters only for printing."""

    TO = " TO "
    DOTS = ".."
    COMPARISON = ""


def unescape(text: str) -> str:
    """Backslashes removed, the character after each kept."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every unit can carry: a field name, `NOT`, and one of the prefixes `+ - !`.

    `field` is unescaped; `written_field` keeps the spelling where it held escapes.
    """

    field: str | None = None
    written_field: str | None = dataclasses.field(default=None, compare=False, repr=False)
    negated: bool = False
    prefix: str = ""
    position: int = dataclasses.field(default=0, compare=False, repr=False)

    @property
    def is_excluded(self) -> bool:
        """`NOT -x` excludes once, not twice."""
        return self.negated or self.prefix == "-" or self.prefix == "!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Node):
    """A word, a quoted phrase, or a `/regex/`; `value` is unescaped, `written` is the spelling between the quotes."""

    value: str
    written: str | None = None
    quoted: bool = False
    regex: bool = False
    proximity: str | None = None
    boost: str | None = None

    @property
    def is_wildcard(self) -> bool:
        """A bare `*`: everything, or with a field: the field is present."""
        return self.value == "*" and self.ends_with_star

    @property
    def ends_with_star(self) -> bool:
        """An unquoted trailing `*` that is not escaped: a prefix search."""
        if self.quoted or self.regex or not self.value.endswith("*"):
            return False
        before = (self.written or self.value)[:-1]
        return (len(before) - len(before.rstrip("\\"))) % 2 == 0


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range; an unquoted `*` is open."""

    value: str
    written: str | None = None
    quoted: bool = False

    @property
    def is_open(self) -> bool:
        return self.value == "*" and not self.quoted and self.written != "\\*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Node):
    """`[a TO b]`, `[a..b]` or a comparison such as `>=a`, where the other end is None."""

    lower: Bound | None
    upper: Bound | None
    includes_lower: bool
    includes_upper: bool
    style: RangeStyle = RangeStyle.TO
    proximity: str | None = None
    boost: str | None = None

    @property
    def lower_value(self) -> str | None:
        """The lower value, None when the range is open there."""
        return None if self.lower is None or self.lower.is_open else self.lower.value

    @property
    def upper_value(self) -> str | None:
        """The upper value, None when the range is open there."""
        return None if self.upper is None or self.upper.is_open else self.upper.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(Node):
    """`_exists_:field`, or `_missing_:field` when `missing`."""

    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Node):
    """A row of units joined by one operator; the root is a Group without parentheses.

    `joins` has one entry between each two items: the operator as written, or None for juxtaposition.
    """

    items: tuple[Node, ...] = ()
    operator: Operator = Operator.AND
    joins: tuple[Operator | None, ...] = ()
    has_parentheses: bool = False
    boost: str | None = None

    def row(self) -> Iterator[Node]:
        """The units of the row as written, through the nested groups that stand for right recursion."""
        for item in self.items:
            if isinstance(item, Group) and not item.has_parentheses:
                yield from item.row()
            else:
                yield item


AnyNode = TypeVar("AnyNode", bound=Node)


def with_field(node: AnyNode, name: str) -> AnyNode:
    """The same node on another field."""
    return dataclasses.replace(node, field=name, written_field=None)


def leaves(group: Group, scope: str | None = None) -> Iterator[tuple[Node, str | None]]:
    """Every term, range and presence with the field it stands on: its own, else that of the nearest field group."""
    scope = scope if group.field is None else group.field
    for item in group.items:
        if isinstance(item, Group):
            yield from leaves(item, scope)
        else:
            yield item, item.field if item.field is not None else scope
