"""What a process remembers of source maps between batches. Nothing here has to be right in other processes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from events.source_maps.document import SourceMapDocument, read_source_map
from events.source_maps.mappings import SourceMapError

MEMORY = 128 * 1024 * 1024
"""Bytes of decoded maps that a process keeps."""
_SIZE_OF_NOTHING = 1_000


class DocumentCache:
    """Decoded source maps by the hash of their content, which never changes; the least used ones go first."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._used = 0
        self._lock = Lock()
        self._documents: OrderedDict[str, SourceMapDocument | None] = OrderedDict()

    def __contains__(self, content_hash: str) -> bool:
        return content_hash in self._documents

    def get(self, content_hash: str, read: Callable[[], bytes]) -> SourceMapDocument | None:
        """The document; None for a content that is no source map. Raises OSError when it cannot be read."""
        with self._lock:
            if content_hash in self._documents:
                self._documents.move_to_end(content_hash)
                return self._documents[content_hash]
        try:
            document = read_source_map(read())
        except SourceMapError:
            # An upload is checked before it is stored; only a damaged disk or a newer rule comes here.
            document = None
        self._keep(content_hash, document)
        return document

    def _keep(self, content_hash: str, document: SourceMapDocument | None) -> None:
        with self._lock:
            if content_hash in self._documents:
                return
            self._documents[content_hash] = document
            self._used += _size(document)
            while self._used > self._memory and len(self._documents) > 1:
                self._used -= _size(self._documents.popitem(last=False)[1])


def _size(document: SourceMapDocument | None) -> int:
    return _SIZE_OF_NOTHING if document is None else document.size


class RecentlySeen:
    """Keys that were added within the last `seconds`, at most `most` of them."""

    def __init__(self, seconds: float, most: int = 50_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._added: OrderedDict[Hashable, float] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        added = self._added.get(key)
        return added is not None and self._clock() - added < self._seconds

    def add(self, key: Hashable) -> None:
        with self._lock:
            self._added[key] = self._clock()
            self._added.move_to_end(key)
            while len(self._added) > self._most:
                self._added.popitem(last=False)
