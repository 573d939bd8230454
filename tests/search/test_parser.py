"""The grammar: what is a term, a keyword, a range, and what is an error and where."""

from __future__ import annotations

import contextlib
import time

import pytest

from events.search.errors import FilterSyntaxError
from events.search.nodes import Bound, Group, Node, Operator, Presence, Range, RangeStyle, Term, leaves
from events.search.parser import MAX_DEPTH, MAX_LENGTH, MAX_NODES, parse_filter
from events.search.printer import print_filter


def only(text: str) -> Node:
    (item,) = parse_filter(text).items
    return item


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_blank_text_is_an_empty_tree(blank: str) -> None:
    assert parse_filter(blank) == Group()


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a", Term(value="a", written="a")),
        ("not", Term(value="not", written="not")),
        ("*", Term(value="*", written="*")),
        ("a@b.c-d/e*f?g<h>i=j&k|l,m'", Term(value="a@b.c-d/e*f?g<h>i=j&k|l,m'", written="a@b.c-d/e*f?g<h>i=j&k|l,m'")),
        (r"a\:b\ c", Term(value="a:b c", written=r"a\:b\ c")),
        (r'"say \"hi\""', Term(value='say "hi"', written=r"say \"hi\"", quoted=True)),
        ('""', Term(value="", written="", quoted=True)),
        (r"/a\/b .*/", Term(value="a/b .*", written=r"a\/b .*", regex=True)),
        ("xy/z", Term(value="xy/z", written="xy/z")),
        ("type:error", Term(field="type", value="error", written="error")),
        ("age : 5", Term(field="age", value="5", written="5")),
        (r"a\ b:c", Term(field="a b", value="c", written="c")),
        ("NOT a", Term(value="a", written="a", negated=True)),
        ("-a", Term(value="a", written="a", prefix="-")),
        ("!a", Term(value="a", written="a", prefix="!")),
        ("NOT -a", Term(value="a", written="a", negated=True, prefix="-")),
        ("value:-5", Term(field="value", value="5", written="5", prefix="-")),
        ("-value:+5", Term(field="value", value="5", written="5", prefix="-")),
        ("level1:OR", Term(field="level1", value="OR", written="OR")),
        ("a~", Term(value="a", written="a", proximity="")),
        ("a~2z^-300m", Term(value="a", written="a", proximity="2z", boost="-300m")),
        (r"date~2^-5\:30", Term(value="date", written="date", proximity="2", boost=r"-5\:30")),
        ("_exists_:a.b", Presence(field="a.b")),
        ("NOT _missing_ : a", Presence(field="a", missing=True, negated=True)),
        ('_exists_:"a"', Term(field="_exists_", value="a", written="a", quoted=True)),
    ],
)
def test_a_unit_reads_as_one_node(text: str, node: Node) -> None:
    assert only(text) == node


def comparison(lower: str | None, upper: str | None, *, inclusive: bool, field: str | None = None) -> Range:
    return Range(
        field=field,
        lower=None if lower is None else Bound(lower, lower),
        upper=None if upper is None else Bound(upper, upper),
        includes_lower=inclusive and lower is not None,
        includes_upper=inclusive and upper is not None,
        style=RangeStyle.COMPARISON,
    )


def bracketed(lower: Bound, upper: Bound, brackets: str, style: RangeStyle = RangeStyle.TO) -> Range:
    return Range(
        field="f",
        lower=lower,
        upper=upper,
        includes_lower=brackets[0] == "[",
        includes_upper=brackets[1] == "]",
        style=style,
    )


ONE, TWO = Bound("1", "1"), Bound("2", "2")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        (">5", comparison("5", None, inclusive=False)),
        (">= 5", comparison("5", None, inclusive=True)),
        ("age : <= 10", comparison(None, "10", inclusive=True, field="age")),
        ("f:<-5", comparison(None, "-5", inclusive=False, field="f")),
        ("f:[1 TO 2]", bracketed(ONE, TWO, "[]")),
        ("f:{1 TO 2}", bracketed(ONE, TWO, "{}")),
        ("f:[1 TO 2}", bracketed(ONE, TWO, "[}")),
        ("f:[1..2]", bracketed(ONE, TWO, "[]", RangeStyle.DOTS)),
        ("f:[ 1 .. 2 ]", bracketed(ONE, TWO, "[]", RangeStyle.DOTS)),
        ("f:[-1.5..2]", bracketed(Bound("-1.5", "-1.5"), TWO, "[]", RangeStyle.DOTS)),
        ('f:["a:b" TO 2]', bracketed(Bound("a:b", "a:b", quoted=True), TWO, "[]")),
        (r"f:[a\:b TO 2]", bracketed(Bound("a:b", r"a\:b"), TWO, "[]")),
    ],
)
def test_a_range_reads_as_one_node(text: str, node: Range) -> None:
    assert only(text) == node


def test_a_star_is_an_open_bound_unless_quoted() -> None:
    open_range, quoted = only("f:[* TO 2]"), only('f:["*" TO 2]')
    assert isinstance(open_range, Range)
    assert isinstance(quoted, Range)
    assert (open_range.lower_value, open_range.upper_value) == (None, "2")
    assert quoted.lower_value == "*"


@pytest.mark.parametrize(
    ("text", "ends_with_star", "is_wildcard"),
    [
        ("*", True, True),
        ("a*", True, False),
        (r"a\\*", True, False),
        *((text, False, False) for text in (r"a\*", '"a*"', r"\*", '"*"', "*a", "/a*/")),
    ],
)
def test_a_trailing_star_counts_unless_quoted_or_escaped(text: str, ends_with_star: bool, is_wildcard: bool) -> None:
    term = only(text)
    assert isinstance(term, Term)
    assert (term.ends_with_star, term.is_wildcard) == (ends_with_star, is_wildcard)


def test_everything_that_excludes_excludes_once() -> None:
    assert [only(text).is_excluded for text in ("a", "+a", "NOT a", "-a", "!a", "NOT -a")] == [False, False] + [
        True
    ] * 4


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a AND ", "a"),
        ("(a AND )", "(a)"),
        ("a AND", "a AND"),
        ("(a AND)", "(a AND)"),
        ("a && b || c", "a AND b OR c"),
        ("a - b", "a - b"),
        ("NOT", "NOT"),
        ("a NOT ", "a NOT"),
        ("NOT AND b", "NOT AND b"),
        ("AND(x)", "AND(x)"),
        ("a > b:c", "a > b:c"),
        ('a"b"(c)', 'a "b" (c)'),
        ("( ( cat AND dog ))", "((cat AND dog))"),
        ("age : >= 10", "age:>=10"),
        ("@!(status:open)", "@! (status:open)"),
        ("f:--5", "f:--5"),
        ("value:-5", "-value:5"),
        ("f:(a OR -b)^2 +(c d)", "f:(a OR -b)^2 +(c d)"),
    ],
)
def test_a_tree_prints_as_it_was_meant(text: str, printed: str) -> None:
    tree = parse_filter(text)
    assert print_filter(tree) == printed
    assert parse_filter(printed) == tree


def test_units_side_by_side_are_joined_by_the_default_operator() -> None:
    assert parse_filter("a b").operator is Operator.AND
    assert parse_filter("a b", Operator.OR).operator is Operator.OR
    assert print_filter(parse_filter("a b (c d)"), Operator.AND) == "a AND b AND (c AND d)"


@pytest.mark.parametrize(
    ("text", "position", "part_of_message"),
    [
        ("AND a", 0, "nothing before"),
        ("a AND OR b", 6, "nothing before"),
        ("()", 1, "nothing between"),
        ("( )", 2, "nothing between"),
        ("(a", 0, "not closed"),
        ("x f:(a", 4, "not closed"),
        ("a)", 1, "never opened"),
        ('a "b', 2, "quotation mark"),
        ("path:/cart", 5, "must be quoted"),
        ("a:b:c", 3, "colon"),
        (":", 0, "colon"),
        ("a:", 2, "no value after a:"),
        ("a:)", 2, "no value after a:"),
        ("a: AND b", 3, "no value after a:"),
        (r"a\q", 1, "backslash"),
        ("a^", 2, "after ^"),
        ("a^2~3", 3, "~ is not expected"),
        ("[1 2]", 2, "TO or .."),
        ("[1 TO", 2, "TO or .."),
        ("[1 TO ", 0, "not closed"),
        ("[1 TO ]", 6, "missing"),
        ("f:[2020-01-01T00:00:00Z TO now]", 16, "colon must be quoted"),
        ("f:[1 TO 2", 9, "not closed"),
        ("]", 0, "] is not expected"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, position: int, part_of_message: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter(text)
    assert caught.value.position == position
    assert part_of_message in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_LENGTH + 1),
        "a " * (MAX_NODES + 1),
        "(" * (MAX_DEPTH + 1),
        "a AND b OR " * MAX_DEPTH + "c",
        "f:(" * 1000 + "a" + ")" * 1000,
    ],
)
def test_limits_are_errors_and_not_crashes(text: str) -> None:
    with pytest.raises(FilterSyntaxError):
        parse_filter(text)


def test_what_stays_within_the_limits_is_read() -> None:
    row = parse_filter(" ".join(["a"] * MAX_NODES))
    assert len(row.items) == MAX_NODES
    deep = "(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1)
    assert print_filter(parse_filter(deep)) == deep


@pytest.mark.parametrize("piece", ["(", '"', "/", "[", "a:", "\\", "NOT ", "a ", "-", ">", "a~", "a b:c ", "  "])
def test_hostile_repetition_takes_no_time(piece: str) -> None:
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    started = time.perf_counter()
    with contextlib.suppress(FilterSyntaxError):
        parse_filter(text)
    assert time.perf_counter() - started < 0.5


def test_leaves_stand_on_their_own_field_or_that_of_the_nearest_field_group() -> None:
    tree = parse_filter("a f:(b (c g:d) >1) e")
    names = [name for _, name in leaves(tree)]
    assert names == [None, "f", "f", "g", "f", None]
