"""Version numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.stacking.versions import normalize_version, parse_version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1.0.0"),
        (" 1 ", "1.0.0"),
        ("1.2", "1.2.0"),
        ("1.2 7ab3b4da18", "1.2.0"),
        ("1.2.3", "1.2.3"),
        ("1.2.3-beta2", "1.2.3-beta2"),
        ("1.2.3.0", "1.2.3-0"),
        ("1.0.0.0", "1.0.0-0"),
        ("1.2.3.4", "1.2.3-4"),
        ("1.2.3.4 7ab", "1.2.3-4"),
        ("1.2.3.*", "1.2.3"),
        ("1.2.3*.0", "1.2.3"),
        ("1.2.*.0", "1.2.0"),
        ("4.1.0034", "4.1.34"),
        ("21.0.717+build20180214162145-95b1a5c", "21.0.717"),
        ("v1.0", "1.0.0"),
        ("1.2.3-rc.1", "1.2.3-rc.1"),
        ("1.2.3.4+sha", "1.2.3-4"),
        ("1.2.3.4-beta", "1.2.3-4.beta"),
        ("1.0.20260115120000", "1.0.20260115120000"),
        (None, None),
        ("", None),
        ("  ", None),
        ("a.b.c.d", None),
        ("1.b", None),
        ("test", None),
        ("v", None),
        ("*", None),
        ("1..2", None),
        ("1.2.3.4.5", None),
        ("1.2.3-", None),
        ("1.2.3-a..b", None),
        ("-1", None),
        ("1.٣", None),
        ("9" * 5000, None),
    ],
)
def test_versions_are_read_as_the_official_server_reads_them(text: str | None, expected: str | None) -> None:
    assert normalize_version(text) == expected


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.2.3.4", "1.2.3"),
        ("1.2.3.4", "1.2.3.10"),
        ("1.2.3-beta", "1.2.3"),
        ("1.2.3-alpha", "1.2.3-beta"),
        ("1.9", "1.10"),
        ("1.2.3-rc.1", "1.2.3-rc.1.1"),
        ("0", "0.0.1"),
    ],
)
def test_precedence_is_that_of_semantic_versions(older: str, newer: str) -> None:
    first, second = parse_version(older), parse_version(newer)
    assert first is not None
    assert second is not None
    assert first < second


def test_build_metadata_makes_no_difference() -> None:
    assert parse_version("1.2.3+a") == parse_version("1.2.3+b") == parse_version("1.2.3")


@given(st.text(alphabet="0123456789.-+*v abZ", max_size=25))
@settings(max_examples=200, deadline=None)
def test_a_normalized_version_reads_as_itself(text: str) -> None:
    normalized = normalize_version(text)
    assert normalized is None or normalize_version(normalized) == normalized


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_no_text_raises(text: str) -> None:
    parse_version(text)
