"""Pattern lists of project settings."""

from __future__ import annotations

import pytest

from events.ingest.steps.wildcards import Patterns, setting_patterns, split_setting


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("password", "password", True),
        ("password", "PassWord", True),
        ("PASSWORD", "password", True),
        ("password", "password2", False),
        ("pass*", "password", True),
        ("pass*", "my_password", False),
        ("*word", "password", True),
        ("*word", "words", False),
        ("*ass*", "password", True),
        ("*ass*", "ass", True),
        ("*ass*", "as", False),
        ("*", "anything", True),
        ("*", "", True),
        ("a*c", "abc", False),
        ("a*c", "a*c", True),
        ("*a.c*", "xabcx", False),
        ("*a.c*", "xA.Cx", True),
        ("a.c", "abc", False),
    ],
)
def test_a_pattern_matches_the_whole_text_in_any_case(pattern: str, text: str, expected: bool) -> None:
    assert Patterns([pattern]).match(text) is expected


def test_no_patterns_match_nothing() -> None:
    assert not Patterns([]).match("")
    assert not Patterns([]).match("text")


def test_any_of_the_patterns_is_enough() -> None:
    patterns = setting_patterns("exact,pre*", ("*fix", "*inner*"))
    assert [patterns.match(text) for text in ("exact", "prefer", "suffix", "an inner text", "none")] == [True] * 4 + [
        False
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, []),
        ("", []),
        (" , ;\n", []),
        ("a,b", ["a", "b"]),
        (" a ;b\nc\r\nd,, ", ["a", "b", "c", "d"]),
        ("with space", ["with space"]),
    ],
)
def test_a_setting_is_split_at_commas_semicolons_and_lines(text: str | None, expected: list[str]) -> None:
    assert split_setting(text) == expected
