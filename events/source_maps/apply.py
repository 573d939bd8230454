"""Mapping the frames of one error back to its sources. Pure: the maps come from the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from events.ingest.parsers.models import Mapped
from events.source_maps.document import Original
from events.source_maps.generated_files import normalize_url

MAXIMUM_FRAMES = 100
"""Frames that are looked at in one error and its inner errors together."""
KEY = "@source_map"

_MAXIMUM_DEPTH = 100
_STARTS = ("http", "HTTP", "Http")

Error = dict[str, Any]
Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GeneratedPosition:
    """A place in generated code: the normalized address of the file, 1-based line and column."""

    url: str
    line: int
    column: int


FindOriginal = Callable[[GeneratedPosition], tuple[str, Original] | None]
"""The id of the source map and what it says of the position; None without a map or for code of no source."""


def has_generated_frames(error: Any) -> bool:
    """Whether any frame may name an address, told without mapping the model; the object may be in any spelling."""
    if type(error) is Mapped:
        return any(_starts_as_address(frame.get("file_name")) for frame in _frames(error))
    for _ in range(_MAXIMUM_DEPTH):
        if not isinstance(error, dict):
            return False
        inner = None
        for key, value in error.items():
            name = key.replace("_", "").lower()
            if name == "inner":
                inner = value
            elif name == "stacktrace" and any(map(_names_address, value if isinstance(value, list) else [value])):
                return True
        error = inner
    return False


def _names_address(frame: Any) -> bool:
    if not isinstance(frame, dict):
        return False
    name = frame.get("file_name")
    if name is not None:
        return _starts_as_address(name)
    # This is asked for each frame of each error; most keys are ruled out by their length.
    for key, value in frame.items():
        if 8 <= len(key) <= 9 and _starts_as_address(value) and key.replace("_", "").lower() == "filename":
            return True
    return False


def _starts_as_address(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith(_STARTS)


def generated_frames(error: Error) -> Iterator[tuple[Frame, GeneratedPosition]]:
    """The frames of a mapped model that a source map may explain, at most MAXIMUM_FRAMES."""
    count = 0
    for frame in _frames(error):
        position = _position(frame)
        if position is None:
            continue
        yield frame, position
        count += 1
        if count == MAXIMUM_FRAMES:
            return


def _frames(error: Error) -> Iterator[Frame]:
    current: Any = error
    for _ in range(_MAXIMUM_DEPTH):
        if not isinstance(current, dict):
            return
        frames = current.get("stack_trace")
        if isinstance(frames, list):
            yield from (frame for frame in frames if isinstance(frame, dict))
        current = current.get("inner")


def _position(frame: Frame) -> GeneratedPosition | None:
    name, line, column = frame.get("file_name"), frame.get("line_number"), frame.get("column")
    if not _starts_as_address(name) or not _is_ordinal(line) or not _is_ordinal(column) or is_mapped(frame):
        return None
    url = normalize_url(name)
    return GeneratedPosition(url, line, column) if url else None


def _is_ordinal(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def is_mapped(frame: Frame) -> bool:
    data = frame.get("data")
    return isinstance(data, dict) and data.get(KEY) is not None


def apply_source_maps(error: Error, find: FindOriginal, *, is_late: Callable[[], bool] = lambda: False) -> set[str]:
    """Give the frames of an error the positions of their sources, in place; the ids of the maps that were used.

    `is_late` is asked before each frame: once true, the other frames stay as they are.
    """
    used: set[str] = set()
    for frame, position in generated_frames(error):
        if is_late():
            break
        found = find(position)
        if found is not None:
            used.add(found[0])
            _rewrite(frame, found[0], found[1])
    return used


def _rewrite(frame: Frame, map_id: str, original: Original) -> None:
    generated = {
        "generated_file_name": frame["file_name"],
        "generated_line_number": frame["line_number"],
        "generated_column": frame["column"],
        "generated_name": frame.get("name"),
        "source_map_id": map_id,
    }
    # The frame's data may be shared with the payload as it was sent.
    data = frame["data"] if isinstance(frame.get("data"), dict) else {}
    frame["data"] = {**data, KEY: {name: value for name, value in generated.items() if value is not None}}
    frame["file_name"] = original.source
    frame["line_number"] = original.line + 1
    frame["column"] = original.column + 1
    if original.name is None:
        frame.pop("name", None)
    else:
        frame["name"] = original.name
