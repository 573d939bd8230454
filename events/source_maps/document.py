"""Reading a source map file: what is accepted, and what is kept of it in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.source_maps.mappings import NOTHING, Mappings, SourceMapError, decode_mappings
from exceptionless_site.core import json

MAXIMUM_SIZE = 20 * 1024 * 1024
"""Bytes of one source map."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Browsers skip this line, which keeps other sites from reading the file as a script.
_GUARD = b")]}"


@dataclass(frozen=True, slots=True)
class Original:
    """What a generated position was made from; line and column are 0-based."""

    source: str
    line: int
    column: int
    name: str | None


@dataclass(frozen=True, slots=True)
class SourceMapDocument:
    sources: tuple[str, ...]
    names: tuple[str, ...]
    mappings: Mappings

    def find(self, line: int, column: int) -> Original | None:
        """The origin of a 0-based position in the generated file."""
        position = self.mappings.find(line, column)
        if position is None:
            return None
        name = None if position.name == NOTHING else self.names[position.name]
        return Original(self.sources[position.source], position.line, position.column, name)

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        texts = (*self.sources, *self.names)
        return self.mappings.size + sum(map(len, texts)) + 60 * len(texts)


def read_source_map(raw: bytes) -> SourceMapDocument:
    """Parse and check a source map of version 3. Raises SourceMapError, and nothing else."""
    if len(raw) > MAXIMUM_SIZE:
        raise SourceMapError(f"The source map is larger than {MAXIMUM_SIZE // 1024 // 1024} MiB.")
    members = _members(raw)
    version = members.get("version")
    if version != 3 or isinstance(version, bool):
        raise SourceMapError("The source map must have version 3.")
    if "sections" in members:
        raise SourceMapError("Source maps with sections are not supported.")
    mappings = members.get("mappings")
    if not isinstance(mappings, str):
        raise SourceMapError("The source map has no mappings.")
    sources, names = _texts(members, "sources", required=True), _texts(members, "names")
    root = members.get("sourceRoot")
    if root is not None and not isinstance(root, str):
        raise SourceMapError("The sourceRoot of the source map must be a text.")
    return SourceMapDocument(
        sources=tuple(join_source(root or "", source) for source in sources),
        names=tuple(names),
        mappings=decode_mappings(mappings, source_count=len(sources), name_count=len(names)),
    )


def _members(raw: bytes) -> dict[str, Any]:
    text = raw.removeprefix(_BYTE_ORDER_MARK)
    if text.startswith(_GUARD):
        text = text.partition(b"\n")[2]
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        raise SourceMapError("The source map is not valid JSON.") from None
    if not isinstance(members, dict):
        raise SourceMapError("The source map must be a JSON object.")
    return members


def _texts(members: dict[str, Any], key: str, *, required: bool = False) -> list[str]:
    texts = members.get(key)
    if texts is None and not required:
        return []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise SourceMapError(f"The {key} of the source map must be a list of texts.")
    return texts


def join_source(root: str, source: str) -> str:
    """`sourceRoot` before a source that is relative; absolute addresses and paths stay as they are."""
    if not root or source.startswith("/") or "://" in source:
        return source
    return f"{root.rstrip('/')}/{source}"
