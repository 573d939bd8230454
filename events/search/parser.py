"""Text to tree: one parser for filters, sort expressions and aggregations.

A loop with its own stack, one regular expression per token, never backing up by more than a token: time is linear in
the length of the text. A PEG grammar defined the language, hence the rules about what is a keyword: operators and NOT
need white space after them, and where a keyword, a prefix or a comparison has nothing to work on, it is a plain term.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from events.search.errors import FilterSyntaxError
from events.search.nodes import Bound, Group, Node, Operator, Presence, Range, RangeStyle, Term, unescape

MAX_LENGTH = 8000
MAX_NODES = 2000
MAX_DEPTH = 100

_PLAIN = r'[^:\\(){}"^~\[\]\s]'
_ESCAPE = r'\\[ +\-!(){}\[\]^"~*?:\\/]'
_OPERATORS = r"AND|OR|&&|\|\|"

_SPACE = re.compile(r"\s*")
_COLON = re.compile(r"\s*:\s*")
_WORD = re.compile(rf"(?:{_PLAIN}|{_ESCAPE}){_PLAIN}*(?:{_ESCAPE}{_PLAIN}*)*")
_BOUND = re.compile(rf"(?:(?!\.\.){_PLAIN}|{_ESCAPE})+")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)[^/\\]*(?:\\.[^/\\]*)*)/", re.DOTALL)
_OPERATOR = re.compile(rf"({_OPERATORS})(?=\s)")
_STARTS_UNIT = r"[^:)}\]~^\s]"
_ENDS_UNIT = re.compile(r"[:)}\]~^]|\Z")
_NOT = re.compile(rf"NOT\s+(?!(?:{_OPERATORS})\s)(?={_STARTS_UNIT})")
_NOT_BEFORE_OPERATOR = re.compile(rf"NOT\s+({_OPERATORS})\s")
_PREFIX = re.compile(rf"[+\-!](?={_STARTS_UNIT})")
_COMPARISON = re.compile(r"([<>]=?)\s*")
_STRICT_COMPARISON = re.compile(r"([<>])\s*")
_DELIMITER = re.compile(r"\s*(?:(TO)\s+|(\.\.)\s*)")
_MEANING = {"AND": Operator.AND, "&&": Operator.AND, "OR": Operator.OR, "||": Operator.OR}


def parse_filter(text: str, default_operator: Operator = Operator.AND) -> Group:
    """The tree of a filter; blank text is an empty Group.

    `default_operator` joins units that merely stand side by side. Raises FilterSyntaxError.
    """
    if len(text) > MAX_LENGTH:
        raise FilterSyntaxError(f"The text is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    return _Parser(text, default_operator).run()


class _Head(NamedTuple):
    """What stands before the body of a unit."""

    position: int
    negated: bool = False
    prefix: str = ""
    field: str | None = None
    written_field: str | None = None


class _Row:
    """A row of units being read, up to its closing parenthesis."""

    __slots__ = ("depth", "head", "items", "joins", "last_operator", "pending")

    def __init__(self, head: _Head, depth: int) -> None:
        self.head = head
        self.depth = depth
        self.items: list[Node] = []
        self.joins: list[Operator | None] = []
        self.pending: Operator | None = None
        self.last_operator: Operator | None = None


class _Parser:
    def __init__(self, text: str, default_operator: Operator) -> None:
        self.text = text
        self.default = default_operator
        self.at = 0
        self.count = 0
        self.row = _Row(_Head(0), 1)
        self.enclosing: list[_Row] = []

    def run(self) -> Group:
        while self._skip_space():
            if self.text[self.at] == ")":
                self._close()
            elif match := _OPERATOR.match(self.text, self.at):
                self._read_operator(match)
            else:
                self._read_unit()
        if self.enclosing:
            raise FilterSyntaxError("This parenthesis is not closed", self.row.head.position)
        return self._finish_row(has_parentheses=False, boost=None)

    def _skip_space(self) -> bool:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _fail(self, message: str) -> FilterSyntaxError:
        return FilterSyntaxError(message, self.at)

    def _read_operator(self, match: re.Match[str]) -> None:
        if not self.row.items or self.row.pending is not None:
            raise self._fail(f"{match[1]} has nothing before it")
        self.row.pending = _MEANING[match[1]]
        self.at = match.end()

    def _read_unit(self) -> None:
        position = self.at
        # Elsewhere, as in `NOT AND b`, it is a word like any other.
        if self.row.pending is not None and (match := _NOT_BEFORE_OPERATOR.match(self.text, self.at)):
            raise FilterSyntaxError(f"NOT stands before {match[1]}", position)
        negated = self._take(_NOT) is not None
        head = _Head(position, negated, self._take(_PREFIX) or "")
        word = _WORD.match(self.text, self.at)
        colon = _COLON.match(self.text, word.end()) if word else None
        if word is None or colon is None:
            self._read_body(head, word)
            return
        self.at = colon.end()
        if word[0] in ("_exists_", "_missing_") and self._read_presence(head, missing=word[0] == "_missing_"):
            return
        self._read_field_value(head, word[0], attached=self.text[self.at - 1] == ":")

    def _take(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return match[0]

    def _read_presence(self, head: _Head, *, missing: bool) -> bool:
        name = self._take(_WORD)
        if name is None:
            return False
        head = _with_name(head, name)
        self._add(Presence(**head._asdict(), missing=missing))
        return True

    def _read_field_value(self, head: _Head, name: str, *, attached: bool) -> None:
        head = _with_name(head, name)
        inner = self._take(_PREFIX) or ""
        # `-value:+5` stays excluded: a prefix that excludes is the stronger one.
        if inner and head.prefix not in ("-", "!"):
            head = head._replace(prefix=inner)
        # `level1:OR x` may be meant; in `level1: OR x` a value was forgotten.
        missing = _ENDS_UNIT.match(self.text, self.at)
        if missing or (not attached and not inner and _OPERATOR.match(self.text, self.at)):
            raise self._fail(f"There is no value after {name}:")
        self._read_body(head, _WORD.match(self.text, self.at))

    def _read_body(self, head: _Head, word: re.Match[str] | None) -> None:
        character = self.text[self.at]
        if character == "(":
            self._open(head)
        elif character in "[{":
            self._read_range(head)
        elif word is not None and character in "<>":
            self._read_comparison(head, word)
        elif character == '"':
            self._read_delimited(head, _QUOTED, "This quotation mark is not closed")
        elif character == "/":
            self._read_delimited(head, _REGEX, "A value that starts with / must be quoted, or closed as a /pattern/")
        elif word is not None:
            self.at = word.end()
            self._add_term(head, word[0])
        else:
            raise self._fail(_unexpected(character))

    def _read_delimited(self, head: _Head, pattern: re.Pattern[str], complaint: str) -> None:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise self._fail(complaint)
        self.at = match.end()
        self._add_term(head, match[1], quoted=pattern is _QUOTED, regex=pattern is _REGEX)

    def _add_term(self, head: _Head, written: str, *, quoted: bool = False, regex: bool = False) -> None:
        proximity, boost = self._read_suffixes()
        self._add(
            Term(
                **head._asdict(),
                value=unescape(written),
                written=written,
                quoted=quoted,
                regex=regex,
                proximity=proximity,
                boost=boost,
            )
        )

    def _read_suffixes(self) -> tuple[str | None, str | None]:
        proximity = None
        if self.text.startswith("~", self.at):
            self.at += 1
            proximity = self._take(_WORD) or ""
        return proximity, self._read_boost()

    def _read_boost(self) -> str | None:
        if not self.text.startswith("^", self.at):
            return None
        self.at += 1
        boost = self._take(_WORD)
        if boost is None:
            raise self._fail("There is no value after ^")
        return boost

    def _read_comparison(self, head: _Head, word: re.Match[str]) -> None:
        """Read `>=value`; a sign without a value is a plain term."""
        for pattern in (_COMPARISON, _STRICT_COMPARISON):
            sign = pattern.match(self.text, self.at)
            bound = self._comparison_bound(sign.end()) if sign else None
            if sign and bound:
                self.at = bound.end()
                self._add_comparison(head, sign[1], _bound(bound))
                return
        self.at = word.end()
        self._add_term(head, word[0])

    def _comparison_bound(self, start: int) -> re.Match[str] | None:
        quoted = _QUOTED.match(self.text, start)
        if quoted or _OPERATOR.match(self.text, start):
            return quoted
        word = _WORD.match(self.text, start)
        return word if word and not _COLON.match(self.text, word.end()) else None

    def _add_comparison(self, head: _Head, sign: str, bound: Bound) -> None:
        proximity, boost = self._read_suffixes()
        is_lower, inclusive = sign[0] == ">", len(sign) == 2
        self._add(
            Range(
                **head._asdict(),
                lower=bound if is_lower else None,
                upper=None if is_lower else bound,
                includes_lower=is_lower and inclusive,
                includes_upper=not is_lower and inclusive,
                style=RangeStyle.COMPARISON,
                proximity=proximity,
                boost=boost,
            )
        )

    def _read_range(self, head: _Head) -> None:
        start = self.at
        includes_lower = self.text[start] == "["
        self.at += 1
        lower = self._read_bound(start)
        delimiter = _DELIMITER.match(self.text, self.at)
        if delimiter is None:
            raise self._fail("A range needs TO or .. between two values; values with a colon must be quoted")
        self.at = delimiter.end()
        upper = self._read_bound(start)
        if not self._skip_space() or self.text[self.at] not in "]}":
            raise self._fail("This range is not closed; values with a colon or a space must be quoted")
        includes_upper = self.text[self.at] == "]"
        self.at += 1
        style = RangeStyle.TO if delimiter[1] else RangeStyle.DOTS
        proximity, boost = self._read_suffixes()
        self._add(
            Range(
                **head._asdict(),
                lower=lower,
                upper=upper,
                includes_lower=includes_lower,
                includes_upper=includes_upper,
                style=style,
                proximity=proximity,
                boost=boost,
            )
        )

    def _read_bound(self, start: int) -> Bound:
        if not self._skip_space():
            raise FilterSyntaxError("This range is not closed", start)
        match = _QUOTED.match(self.text, self.at) or _BOUND.match(self.text, self.at)
        if match is None:
            raise self._fail("A value of the range is missing")
        self.at = match.end()
        return _bound(match)

    def _open(self, head: _Head) -> None:
        self._count_node()
        depth = self.row.depth + 1
        self._check_depth(depth)
        self.enclosing.append(self.row)
        self.row = _Row(head._replace(position=self.at), depth)
        self.at += 1

    def _close(self) -> None:
        if not self.enclosing:
            raise self._fail("This parenthesis was never opened")
        if not self.row.items:
            raise self._fail("There is nothing between these parentheses")
        self.at += 1
        group = self._finish_row(has_parentheses=True, boost=self._read_boost())
        self.row = self.enclosing.pop()
        self._join(group)

    def _add(self, node: Node) -> None:
        self._count_node()
        self._join(node)

    def _join(self, node: Node) -> None:
        row = self.row
        if row.items:
            operator = row.pending or self.default
            if row.last_operator not in (None, operator):
                row.depth += 1
                self._check_depth(row.depth)
            row.last_operator = operator
            row.joins.append(row.pending)
            row.pending = None
        row.items.append(node)

    def _count_node(self) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise self._fail(f"There are more than {MAX_NODES} terms and groups")

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self._fail(f"Groups, or changes between AND and OR, are nested more than {MAX_DEPTH} deep")

    def _finish_row(self, *, has_parentheses: bool, boost: str | None) -> Group:
        head = self.row.head
        items, joins, operator = _nest(self.row.items, self.row.joins, self.default)
        return Group(
            **head._asdict(),
            items=items,
            joins=joins,
            operator=operator,
            has_parentheses=has_parentheses,
            boost=boost,
        )


def _with_name(head: _Head, name: str) -> _Head:
    return head._replace(field=unescape(name), written_field=name if "\\" in name else None)


def _bound(match: re.Match[str]) -> Bound:
    quoted = match.re is _QUOTED
    written = match[1] if quoted else match[0]
    return Bound(unescape(written), written, quoted)


def _unexpected(character: str) -> str:
    if character == "\\":
        return 'A backslash must stand before one of: space + - ! ( ) { } [ ] ^ " ~ * ? : \\ /'
    if character == ":":
        return "A colon in a value must be escaped, or the value quoted"
    return f"{character} is not expected here"


def _nest(
    items: list[Node], joins: list[Operator | None], default: Operator
) -> tuple[tuple[Node, ...], tuple[Operator | None, ...], Operator]:
    """Right recursion, from the end: a group for each stretch of one operator, the rest of the row as its last item."""
    if not joins:
        return tuple(items), (), default
    row, row_joins, operator = [items[-1]], [joins[-1]], joins[-1] or default
    row.append(items[-2])
    for index in range(len(joins) - 2, -1, -1):
        following = joins[index] or default
        if following is not operator:
            rest = Group(
                items=tuple(reversed(row)),
                joins=tuple(reversed(row_joins)),
                operator=operator,
                position=row[-1].position,
            )
            row, row_joins, operator = [rest], [], following
        row.append(items[index])
        row_joins.append(joins[index])
    return tuple(reversed(row)), tuple(reversed(row_joins)), operator
