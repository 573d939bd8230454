from __future__ import annotations

import time

import ecma426.codec  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.source_maps import mappings
from events.source_maps.mappings import NOTHING, Position, SourceMapError, decode_mappings
from tests.source_maps.generating import SEGMENTS, Segment, mappings_text, number_text

EXAMPLE = decode_mappings(mappings_text(SEGMENTS), source_count=2, name_count=2)


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (0, 0, Position(0, 0, 0, NOTHING)),
        (0, 9, Position(0, 0, 0, NOTHING)),
        (0, 10, Position(0, 4, 2, 0)),
        (0, 29, Position(0, 4, 2, 0)),
        (0, 30, None),
        (0, 39, None),
        (0, 40, Position(1, 9, 8, 1)),
        (0, 10**9, Position(1, 9, 8, 1)),
        (0, -1, None),
        (1, 0, None),
        (2, 4, None),
        (2, 5, Position(1, 20, 0, NOTHING)),
        (3, 0, None),
        (-1, 0, None),
        (10**20, 10**20, None),
    ],
)
def test_the_nearest_segment_before_the_column_counts(line: int, column: int, expected: Position | None) -> None:
    assert EXAMPLE.find(line, column) == expected


def test_of_two_segments_at_one_place_the_last_counts() -> None:
    found = decode_mappings("AAAA,AACC", source_count=1, name_count=0)
    assert found.find(0, 0) == Position(0, 1, 1, NOTHING)


def test_no_mappings_are_no_segments() -> None:
    assert decode_mappings("", source_count=0, name_count=0).find(0, 0) is None
    assert decode_mappings(";;;", source_count=0, name_count=0).find(1, 0) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("!", "base64"),
        ("AAA\u00e9", "base64"),
        (" ", "base64"),
        ("=", "base64"),
        ("g", "not complete"),
        ("AAAg", "not complete"),
        ("A,", "not complete"),
        (",A", "not complete"),
        ("AA", "not complete"),
        ("AAA", "not complete"),
        ("AAAAAA", "not complete"),
        ("D", "ascend"),
        ("AAAA,DAAA", "ascend"),
        ("ACAA", "source that it does not have"),
        ("ADAA", "source that it does not have"),
        ("AADA", "before the start"),
        ("AAAD", "before the start"),
        ("AAAAC", "name that it does not have"),
        ("AAAAD", "name that it does not have"),
        ("gggggggggggggggggB", "32 bits"),
        ("g" * 36, "too long"),
        ("g" * 2_000_000, "too long"),
        (number_text(2**31), "32 bits"),
        ("B", "ascend"),
        (f"{number_text(2**31 - 1)},C", "beyond all files"),
        (f"AA{number_text(2**31 - 1)}A,AACA", "beyond all files"),
    ],
)
def test_what_breaks_a_rule_is_refused(text: str, part: str) -> None:
    with pytest.raises(SourceMapError, match=part):
        decode_mappings(text, source_count=1, name_count=1)


def test_lines_and_segments_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappings, "MAXIMUM_LINES", 3)
    monkeypatch.setattr(mappings, "MAXIMUM_SEGMENTS", 4)
    assert decode_mappings("A;A,A;A", source_count=0, name_count=0).find(1, 0) is None
    with pytest.raises(SourceMapError, match="3 lines"):
        decode_mappings("A;;;", source_count=0, name_count=0)
    with pytest.raises(SourceMapError, match="4 segments"):
        decode_mappings("A;A,A,A,A", source_count=0, name_count=0)
    with pytest.raises(SourceMapError, match="4 segments"):
        decode_mappings("A,A,A,A,A,A,A,A", source_count=0, name_count=0)


@pytest.mark.parametrize("character", [";", ",", "A", "g", "/"])
def test_twenty_megabytes_of_one_character_are_refused_quickly(character: str) -> None:
    started = time.monotonic()
    with pytest.raises(SourceMapError):
        decode_mappings(character * 20_000_000, source_count=1, name_count=0)
    assert time.monotonic() - started < 3


def test_a_large_map_is_small_in_memory() -> None:
    text = ";".join([",".join(["CAAC"] * 1_000)] * 100)
    found = decode_mappings(text, source_count=1, name_count=0)
    assert found.size < 100_000 * 21
    assert found.find(99, 1_000) == Position(0, 0, 100_000, NOTHING)


small = st.integers(0, 5_000)
segments = st.lists(
    st.builds(
        Segment,
        line=st.integers(0, 20),
        column=small,
        source=st.none() | st.integers(0, 4),
        source_line=small,
        source_column=small,
        name=st.none() | st.integers(0, 4),
    ),
    unique_by=lambda segment: (segment.line, segment.column),
    max_size=60,
).map(lambda found: sorted(found, key=lambda segment: segment[:2]))


@settings(max_examples=150, deadline=None)
@given(segments, st.integers(0, 21), small)
def test_every_segment_is_found_again(found: list[Segment], line: int, column: int) -> None:
    decoded = decode_mappings(mappings_text(found), source_count=5, name_count=5)
    before = [segment for segment in found if segment.line == line and segment.column <= column]
    expected = None
    if before and before[-1].source is not None:
        _, _, source, source_line, source_column, name = before[-1]
        expected = (source, source_line, source_column, NOTHING if name is None else name)
    assert decoded.find(line, column) == expected


@settings(max_examples=150, deadline=None)
@given(segments)
def test_another_implementation_reads_the_same(found: list[Segment]) -> None:
    text = mappings_text(found)
    ours = decode_mappings(text, source_count=5, name_count=5)
    for other in ecma426.codec.decode_mappings(text, list("01234"), list("01234")):
        position = ours.find(other.generated_line, other.generated_column)
        if position is None:
            assert other.source == ""
            continue
        name = None if position.name == NOTHING else str(position.name)
        assert (str(position.source), position.line, position.column, name) == (
            other.source,
            other.original_line,
            other.original_column,
            other.name,
        )


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ACDEgB,;+/9z!")) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = decode_mappings(text, source_count=3, name_count=3)
    except SourceMapError:
        return
    assert len(found.starts) == text.count(";") + 2
    for line in range(text.count(";") + 1):
        for column in (0, 1, 2**31):
            position = found.find(line, column)
            assert position is None or (0 <= position.source < 3 and -1 <= position.name < 3)
