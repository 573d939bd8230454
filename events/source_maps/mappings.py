"""The `mappings` of a source map (ECMA-426): base64 VLQ text to compact arrays, and looking positions up in them.

Maps come from outside and may be hostile or huge: counts and lengths are checked before anything is decoded.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAXIMUM_SEGMENTS = 1_000_000
MAXIMUM_LINES = 100_000
NOTHING = -1

_DIGITS = {
    digit: value for value, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_CONTINUES = 0x20
_DIGITS_PER_NUMBER = 7  # 4 + 6 * 5 bits hold every 32-bit number
_LARGEST = 2**31 - 1
_LONGEST_SEGMENT = 5 * _DIGITS_PER_NUMBER
_ITEM_SIZE = array("i").itemsize
_REMEMBERED_SEGMENTS = 50_000


class SourceMapError(ValueError):
    """The source map breaks a rule; the text says which, for people."""


class Position(NamedTuple):
    """Where a piece of generated code was written: 0-based line and column of a source, by its index.

    `name` is an index too, NOTHING without one.
    """

    source: int
    line: int
    column: int
    name: int


def _numbers() -> array[int]:
    return array("i")


@dataclass(frozen=True, slots=True)
class Mappings:
    """All segments in the order of the generated code, one array for each number; `starts` tells where lines begin.

    A segment that stands for no source has the source NOTHING.
    """

    starts: array[int] = field(default_factory=_numbers)
    columns: array[int] = field(default_factory=_numbers)
    sources: array[int] = field(default_factory=_numbers)
    lines: array[int] = field(default_factory=_numbers)
    source_columns: array[int] = field(default_factory=_numbers)
    names: array[int] = field(default_factory=_numbers)

    def find(self, line: int, column: int) -> Position | None:
        """The position of the nearest segment at or before the 0-based column of the generated line."""
        if not 0 <= line < len(self.starts) - 1:
            return None
        start = self.starts[line]
        index = bisect_right(self.columns, column, start, self.starts[line + 1]) - 1
        if index < start or self.sources[index] == NOTHING:
            return None
        return Position(self.sources[index], self.lines[index], self.source_columns[index], self.names[index])

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return _ITEM_SIZE * (len(self.starts) + 5 * len(self.columns))


def decode_mappings(text: str, *, source_count: int, name_count: int) -> Mappings:
    """Decode the `mappings` text. Raises SourceMapError."""
    if text.count(";") >= MAXIMUM_LINES:
        raise SourceMapError(f"The source map has more than {MAXIMUM_LINES:,} lines.")
    if text.count(";") + text.count(",") >= MAXIMUM_SEGMENTS + MAXIMUM_LINES:
        raise SourceMapError(f"The source map has more than {MAXIMUM_SEGMENTS:,} segments.")
    decoder = _Decoder(source_count, name_count)
    try:
        for line in text.split(";"):
            decoder.add_line(line)
    except OverflowError:
        raise SourceMapError("The source map has a position beyond all files.") from None
    decoder.mappings.starts.append(len(decoder.mappings.columns))
    return decoder.mappings


class _Decoder:
    def __init__(self, source_count: int, name_count: int) -> None:
        self.mappings = Mappings()
        self.source_count = source_count
        self.name_count = name_count
        self.source = self.line = self.column = self.name = 0
        # A large map repeats few segments: most are decoded once.
        self.seen: dict[str, tuple[int, ...]] = {}

    def add_line(self, line: str) -> None:
        found, seen = self.mappings, self.seen
        found.starts.append(len(found.columns))
        generated_column = 0
        for segment in line.split(",") if line else ():
            deltas = seen.get(segment)
            if deltas is None:
                deltas = _decode_segment(segment)
                if len(seen) < _REMEMBERED_SEGMENTS:
                    seen[segment] = deltas
            if deltas[0] < 0:
                raise SourceMapError("The columns of the source map do not ascend.")
            generated_column += deltas[0]
            name = self._move(deltas) if len(deltas) > 1 else None
            found.columns.append(generated_column)
            found.sources.append(NOTHING if name is None else self.source)
            found.lines.append(self.line)
            found.source_columns.append(self.column)
            found.names.append(NOTHING if name is None else name)
        if len(found.columns) > MAXIMUM_SEGMENTS:
            raise SourceMapError(f"The source map has more than {MAXIMUM_SEGMENTS:,} segments.")

    def _move(self, deltas: Sequence[int]) -> int:
        """Go on to the segment's position; the index of its name."""
        self.source += deltas[1]
        self.line += deltas[2]
        self.column += deltas[3]
        if not 0 <= self.source < self.source_count:
            raise SourceMapError("The source map refers to a source that it does not have.")
        if self.line < 0 or self.column < 0:
            raise SourceMapError("The source map has a position before the start of a file.")
        if len(deltas) == 4:
            return NOTHING
        self.name += deltas[4]
        if not 0 <= self.name < self.name_count:
            raise SourceMapError("The source map refers to a name that it does not have.")
        return self.name


def _decode_segment(segment: str) -> tuple[int, ...]:
    if len(segment) > _LONGEST_SEGMENT:
        raise SourceMapError("The source map has a segment that is too long.")
    numbers: list[int] = []
    value = shift = 0
    for character in segment:
        digit = _DIGITS.get(character)
        if digit is None:
            raise SourceMapError("The mappings of the source map are no base64 VLQ numbers.")
        value |= (digit & ~_CONTINUES) << shift
        shift += 5
        if digit & _CONTINUES:
            continue
        numbers.append(_signed(value))
        value = shift = 0
    if shift or len(numbers) not in (1, 4, 5):
        raise SourceMapError("The source map has a segment that is not complete.")
    return tuple(numbers)


def _signed(value: int) -> int:
    """The lowest bit is the sign; only 32-bit numbers are allowed."""
    number = value >> 1
    if number > _LARGEST:
        raise SourceMapError("The source map has a number beyond 32 bits.")
    if value & 1:
        return -number if number else -_LARGEST - 1
    return number
