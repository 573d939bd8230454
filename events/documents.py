"""The stored form of an event's document: compact JSON, compressed."""

from __future__ import annotations

import threading
from typing import Any

import orjson
import zstandard

from exceptionless_site.core import json

# Higher levels take longer and make documents of a few kilobytes no smaller.
_LEVEL = 1
_MAXIMUM_BYTES = 64_000_000
_local = threading.local()


def pack(document: dict[str, Any]) -> bytes:
    """JSON of the document, zstd-compressed."""
    try:
        text = orjson.dumps(document)
    except TypeError:
        # Whatever a step has put there that is no JSON; to look for it beforehand costs as much again.
        text = json.dumps(document)
    return _compressor().compress(text)


def unpack(packed: bytes) -> dict[str, Any]:
    """The document of packed bytes."""
    return parse(decompress(packed))


def decompress(packed: bytes) -> bytes:
    """The JSON of packed bytes."""
    return _decompressor().decompress(packed, max_output_size=_MAXIMUM_BYTES)


def parse(raw: bytes) -> dict[str, Any]:
    """The document of its JSON."""
    value: dict[str, Any] = orjson.loads(raw)
    return value


def _compressor() -> zstandard.ZstdCompressor:
    # The contexts are not safe to share between threads and costly to make per call.
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    compressor: zstandard.ZstdCompressor = _local.compressor
    return compressor


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    decompressor: zstandard.ZstdDecompressor = _local.decompressor
    return decompressor
