"""Lengths of texts and tags."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.stacking.text import MAXIMUM_TAGS, merge_tags, trim_tags, truncate


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc..."),
        ("ab\r\ncd", 5, "ab\ncd"),
        ("ab\r\ncdef", 6, "ab\n..."),
        ("a\rb\nc", 10, "a\rb\nc"),
        ("", 5, ""),
        ("abcdef", 3, "..."),
        ("abcdef", 1, "..."),
    ],
)
def test_a_long_text_ends_in_three_dots(text: str, length: int, expected: str) -> None:
    assert truncate(text, length) == expected


@given(st.text(), st.integers(min_value=3, max_value=40))
@settings(max_examples=100, deadline=None)
def test_no_truncated_text_is_too_long(text: str, length: int) -> None:
    assert len(truncate(text, length)) <= length


def test_null_empty_and_long_tags_are_removed() -> None:
    assert trim_tags(["a", None, "", "x" * 100, "y" * 101, "b"]) == ["a", "x" * 100, "b"]


def test_tags_that_differ_only_in_case_are_one_tag() -> None:
    assert trim_tags(["Blue", "blue", "BLUE", "red"]) == ["Blue", "red"]


def test_the_first_of_too_many_tags_go() -> None:
    tags = [f"tag{number}" for number in range(53)]
    assert trim_tags(tags) == tags[3:]


@pytest.mark.parametrize("spelling", ["Critical", "critical", "Internal", "INTERNAL"])
def test_critical_and_internal_never_go(spelling: str) -> None:
    tags = [spelling, *(f"tag{number}" for number in range(51))]
    assert trim_tags(tags) == [spelling, *tags[3:]]


def test_a_stack_gains_only_tags_it_has_not_seen() -> None:
    assert merge_tags(["Blue", "red"], ["BLUE", "green", None]) == ["Blue", "red", "green"]
    assert merge_tags(["Blue", "red"], ["blue", "Red"]) == ["Blue", "red"]
    assert merge_tags([], []) == []


def test_a_full_stack_drops_its_oldest_tags_for_new_ones() -> None:
    full = [f"tag{number}" for number in range(MAXIMUM_TAGS)]
    assert merge_tags(full, ["new"]) == [*full[1:], "new"]
