"""Any text at all: a tree or an error, quickly, and printing loses nothing."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from events.aggregations.validation import validate_aggregations
from events.search.analyzers import (
    COMMA_WHITESPACE,
    EMAIL,
    EMAIL_SIMPLE,
    HOST,
    LOWER_KEYWORD,
    PATH,
    STANDARD,
    STANDARD_PLUS,
    TYPE_NAME,
    VERSION,
)
from events.search.custom_fields import custom_fields, type_custom_names
from events.search.dates import parse_offset, parse_time
from events.search.errors import FilterSyntaxError, FilterValueError, TimeRangeError
from events.search.fields import EVENT_FIELDS, Resource
from events.search.nodes import Group, Operator
from events.search.parser import parse_filter
from events.search.plan import plan_filter
from events.search.printer import print_filter
from events.search.split import inverted_stack_filter, split_filter
from events.search.transform import tidy
from events.search.validation import validate_filter

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PIECES = (
    *("a", "status", "data.age", "tag", "ref.x", "project", "5", "now", "now-1d/d", "2015-01-01", "*", "a*"),
    *("AND", "OR", "NOT", "&&", "||", "TO", "_exists_", "_missing_", ":", "(", ")", "[", "]", "{", "}", '"'),
    *("/", "\\", "~", "^", "+", "-", "!", "<", ">", ">=", "..", ",", "@", " ", "  ", "\t", "é", "\x00"),
)
grammar_texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
texts = grammar_texts | st.text(max_size=60)


def parsed(text: str, operator: Operator = Operator.AND) -> Group | None:
    started, tree, position = time.perf_counter(), None, 0
    try:
        tree = parse_filter(text, operator)
    except FilterSyntaxError as error:
        position = error.position
    assert 0 <= position <= len(text)
    assert time.perf_counter() - started < 1
    return tree


@given(texts)
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_tree_or_an_error_and_prints_to_the_same_tree(text: str) -> None:
    for operator in Operator:
        tree = parsed(text, operator)
        if tree is not None:
            assert parse_filter(print_filter(tree), operator) == tree


@given(grammar_texts)
@settings(max_examples=200, deadline=None)
def test_whatever_parses_can_be_typed_tidied_split_and_planned(text: str) -> None:
    tree = parsed(text)
    if tree is None:
        return
    typed = tidy(type_custom_names(tree))
    parts = split_filter(typed)
    for part in (typed, parts.event, parts.stack, inverted_stack_filter(parts.stack)):
        print_filter(part, Operator.AND)
        with contextlib.suppress(FilterValueError):
            plan_filter(part, EVENT_FIELDS, now=NOW)


@given(grammar_texts)
@settings(max_examples=100, deadline=None)
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    tree = parsed(text)
    if tree is not None:
        once = tidy(tree)
        assert tidy(once) == once


@given(texts)
@settings(max_examples=100, deadline=None)
def test_validation_never_raises(text: str) -> None:
    for resource in Resource:
        verdict = validate_filter(text, resource)
        assert verdict.is_valid == (verdict.message is None)
    assert validate_aggregations(text).is_valid in (True, False)


@given(
    st.lists(
        st.sampled_from(["date", "avg:", "terms:", "cardinality:", "(", ")", "user", "~1d", "^5h", " ", "-", "@min:2"])
    ).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_any_aggregation_expression_has_a_verdict(text: str) -> None:
    verdict = validate_aggregations(text)
    assert verdict.is_valid == (verdict.message is None)


TIME_PIECES = (
    *("last", "this", "next", "5", "0", "days", "week", "month", "ago", "now", "-1M", "/d", "||", "2014-02-01", "jan"),
    *("TO", " ", "-", "[", "]", "{", "}", ">", "<=", "*", "|", "date", "2012", "11-06", "9999", "T05:30", "today"),
)
time_texts = st.lists(st.sampled_from(TIME_PIECES), max_size=10).map("".join) | st.text(max_size=40)


@given(time_texts, st.sampled_from(["", "-300m", "9999y"]))
@settings(max_examples=200, deadline=None)
def test_any_time_text_is_a_range_in_order_or_an_error(text: str, offset: str) -> None:
    try:
        found = parse_time(text, now=NOW, offset=parse_offset(offset))
    except TimeRangeError:
        return
    assert found.start is None or found.end is None or found.start <= found.end


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_analysed_and_finds_itself(text: str) -> None:
    for analysis in (STANDARD, STANDARD_PLUS, COMMA_WHITESPACE, LOWER_KEYWORD, PATH, HOST, VERSION):
        assert set(analysis.search(text)) <= set(analysis.index_tokens(text)), analysis.name
    for analysis in (TYPE_NAME, EMAIL, EMAIL_SIMPLE):
        assert all(analysis.index_tokens(text))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=2),
)


@given(st.dictionaries(st.text(max_size=30), json_values, max_size=5))
@settings(max_examples=100, deadline=None)
def test_any_data_gives_typed_custom_fields(data: dict[str, object]) -> None:
    for name, value in custom_fields(data).items():
        kinds = {"b": bool, "n": float, "d": int, "s": str, "r": str}
        assert isinstance(value, kinds[name[-1]])


def test_a_year_of_offset_is_still_a_time() -> None:
    assert parse_time("today", now=NOW, offset=timedelta(days=365)).start == datetime(2026, 1, 15, tzinfo=UTC)
