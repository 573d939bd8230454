"""Making source maps, as a bundler would."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class Segment(NamedTuple):
    """All numbers are 0-based; a source of None makes a segment that stands for no source."""

    line: int
    column: int
    source: int | None = 0
    source_line: int = 0
    source_column: int = 0
    name: int | None = None


def number_text(number: int) -> str:
    value = (-number << 1 | 1) if number < 0 else number << 1
    text = ""
    while True:
        value, digit = value >> 5, value & 31
        text += _ALPHABET[digit | (32 if value else 0)]
        if not value:
            return text


def mappings_text(segments: Iterable[Segment]) -> str:
    """The `mappings` of segments that are in the order of the generated code."""
    lines: list[str] = []
    last = [0, 0, 0, 0]
    for line, group in groupby(segments, key=lambda segment: segment.line):
        lines += [""] * (line - len(lines))
        lines.append(_line_text(group, last))
    return ";".join(lines)


def _line_text(segments: Iterable[Segment], last: list[int]) -> str:
    texts, column = [], 0
    for segment in segments:
        numbers = [segment.column - column]
        column = segment.column
        if segment.source is not None:
            found = [segment.source, segment.source_line, segment.source_column]
            numbers += [new - old for new, old in zip(found, last, strict=False)]
            last[:3] = found
            if segment.name is not None:
                numbers.append(segment.name - last[3])
                last[3] = segment.name
        texts.append("".join(map(number_text, numbers)))
    return ",".join(texts)


SEGMENTS = (
    Segment(0, 0, 0, 0, 0),
    Segment(0, 10, 0, 4, 2, 0),
    Segment(0, 30, None),
    Segment(0, 40, 1, 9, 8, 1),
    Segment(2, 5, 1, 20, 0),
)
SOURCES = ("src/app.ts", "src/cart.ts")
NAMES = ("checkout", "addItem")


def source_map(
    segments: Sequence[Segment] = SEGMENTS,
    sources: Sequence[str] = SOURCES,
    names: Sequence[str] = NAMES,
    **members: Any,
) -> bytes:
    content = {"version": 3, "sources": list(sources), "names": list(names), "mappings": mappings_text(segments)}
    return json.dumps(content | members).encode()
