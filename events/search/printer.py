"""Tree to text, in the form in which the tree was written, extra white space left out."""

from __future__ import annotations

import re

from events.search.nodes import Bound, Group, Node, Operator, Presence, Range, RangeStyle, Term

_SPECIAL = re.compile(r'[\\:(){}"^~\[\] ]|\A[+\-!/]')
_KEYWORDS = frozenset({"AND", "OR", "&&", "||", "NOT"})


def print_filter(tree: Group, default_operator: Operator | None = None) -> str:
    """The text of a tree; with `default_operator` units side by side are joined by it in words."""
    return _print_row(tree, default_operator)


def _print_row(group: Group, default: Operator | None) -> str:
    if not group.items:
        return ""
    parts = [_print_node(group.items[0], default)]
    for before, join, item in zip(group.items, group.joins, group.items[1:], strict=False):
        text = _print_node(item, default)
        operator = join or default
        if operator is not None:
            parts += (f" {operator} ", text)
        else:
            parts += (_gap(before, text), text)
    return "".join(parts)


def _gap(before: Node, following: str) -> str:
    # A term that reads AND, as in `AND(x)`, would become an operator with a space after it.
    return "" if _is_keyword(before) and following[0] in '("[{' else " "


def _is_keyword(node: Node) -> bool:
    return (
        isinstance(node, Term)
        and node.value in _KEYWORDS
        and not (node.quoted or node.regex or node.field or node.prefix)
        and node.proximity is None
        and node.boost is None
    )


def _print_node(node: Node, default: Operator | None) -> str:
    if isinstance(node, Group):
        body = _print_row(node, default)
        if not node.has_parentheses:
            return body
        return _with_head(node, f"({body})" + _suffix("^", node.boost))
    if isinstance(node, Term):
        return _with_head(node, _print_value(node) + _suffixes(node))
    if isinstance(node, Range):
        return _with_head(node, _print_range(node) + _suffixes(node))
    if isinstance(node, Presence):
        return _with_head(node, "")
    raise TypeError(f"not a node of a filter: {node!r}")


def _with_head(node: Node, body: str) -> str:
    negation = "NOT " if node.negated else ""
    if isinstance(node, Presence):
        return f"{negation}{node.prefix}{'_missing_' if node.missing else '_exists_'}:{_print_name(node)}"
    if node.field is None:
        return f"{negation}{node.prefix}{body}"
    if node.prefix and body[0] in "+-!":
        # `f:--5` has the value -5; `-f:-5` would read as a value 5.
        return f"{negation}{_print_name(node)}:{node.prefix}{body}"
    return f"{negation}{node.prefix}{_print_name(node)}:{body}"


def _print_name(node: Node) -> str:
    return node.written_field or escape(node.field or "")


def escape(text: str) -> str:
    """A name or a word with backslashes where the grammar needs them."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _print_value(term: Term) -> str:
    if term.quoted:
        return _quote(term.value, term.written)
    if term.regex:
        return f"/{term.value if term.written is None else term.written}/"
    return escape(term.value) if term.written is None else term.written


def _quote(value: str, written: str | None) -> str:
    if written is None:
        written = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'


def _print_range(node: Range) -> str:
    if node.style is RangeStyle.COMPARISON:
        if node.lower is not None:
            return (">=" if node.includes_lower else ">") + _print_bound(node.lower)
        return ("<=" if node.includes_upper else "<") + _print_bound(node.upper)
    opening, closing = "[" if node.includes_lower else "{", "]" if node.includes_upper else "}"
    return f"{opening}{_print_bound(node.lower)}{node.style}{_print_bound(node.upper)}{closing}"


def _print_bound(bound: Bound | None) -> str:
    if bound is None:
        return "*"
    if bound.quoted:
        return _quote(bound.value, bound.written)
    return escape(bound.value) if bound.written is None else bound.written


def _suffixes(node: Term | Range) -> str:
    return _suffix("~", node.proximity) + _suffix("^", node.boost)


def _suffix(sign: str, value: str | None) -> str:
    return "" if value is None else sign + value
