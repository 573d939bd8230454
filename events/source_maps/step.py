"""The pipeline's step: frames of generated code become frames of the sources, before the signature is made."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from django.conf import settings

from events.ingest.context import EventContext
from events.ingest.event import ERROR
from events.ingest.parsers.models import map_model
from events.models import SourceMap
from events.services.source_maps import note_use
from events.source_maps.apply import (
    Error,
    GeneratedPosition,
    apply_source_maps,
    generated_frames,
    has_generated_frames,
)
from events.source_maps.cache import DocumentCache, RecentlySeen
from events.source_maps.document import Original, SourceMapDocument
from events.source_maps.generated_files import source_map_id
from events.source_maps.searches import MEMORY, WantedFile, needs_refresh, request_searches
from events.source_maps.storage import name_of, read_content

KEY = "@error"
EVENT_SECONDS = 5.0
BATCH_SECONDS = 10.0
"""The most time that reading maps may take in one batch; the claim of a batch must not run out meanwhile."""
UNKNOWN_SECONDS = 2.0
"""A first source map of a file counts so long after its upload at the latest."""
LOST_SECONDS = 60.0
"""How long a content that could not be read is not tried again, nor reported."""
FILES_PER_PROJECT = 500
"""So many generated files of a project are looked up for one batch."""
_IDS_PER_STATEMENT = 2_000

logger = logging.getLogger(__name__)


class _File(NamedTuple):
    organization_id: str
    project_id: str
    map_id: str
    url: str


class _Candidate(NamedTuple):
    context: EventContext
    error: Error


@dataclass
class FrameMapper:
    """Maps the frames of a batch. One per process: it holds the decoded maps.

    A batch costs one query when it names files that are not known to have no map; events without an address in
    their frames cost a glance. Nothing that is wrong with a map fails an event: its frames stay as they are.
    """

    documents: DocumentCache = field(default_factory=DocumentCache)
    unknown: RecentlySeen = field(default_factory=lambda: RecentlySeen(UNKNOWN_SECONDS))
    requested: RecentlySeen = field(default_factory=lambda: RecentlySeen(MEMORY.total_seconds()))
    lost: RecentlySeen = field(default_factory=lambda: RecentlySeen(LOST_SECONDS))
    clock: Callable[[], float] = time.monotonic

    def __call__(self, contexts: Sequence[EventContext]) -> None:
        candidates = list(_candidates(contexts))
        if not candidates:
            return
        files = _files(candidates)
        found = self._find([file for file in files if file[:3] not in self.unknown])
        used = self._apply(candidates, found) if found else set()
        note_use(source_maps=[found[key] for key in used])
        if settings.SOURCE_MAP_DISCOVERY:
            self._request(files, found)

    def _find(self, files: Sequence[_File]) -> dict[tuple[str, str], SourceMap]:
        """The source maps by project and id."""
        found = {(row.project_id, row.source_map_id): row for row in _rows(files)}
        for file in files:
            if (file.project_id, file.map_id) not in found:
                self.unknown.add(file[:3])
        return found

    def _apply(self, candidates: Iterable[_Candidate], found: dict[tuple[str, str], SourceMap]) -> set[tuple[str, str]]:
        used: set[tuple[str, str]] = set()
        batch_end = self.clock() + BATCH_SECONDS
        for context, error in candidates:
            project_id = context.project.project_id
            end = min(self.clock() + EVENT_SECONDS, batch_end)
            find = partial(self._original, found, project_id)
            try:
                map_ids = apply_source_maps(error, find, is_late=partial(self._is_after, end))
            except Exception as failure:
                _log(context, failure)
                continue
            if map_ids:
                context.event.data[KEY] = error
                used.update((project_id, map_id) for map_id in map_ids)
        return used

    def _is_after(self, end: float) -> bool:
        return self.clock() > end

    def _original(
        self, found: dict[tuple[str, str], SourceMap], project_id: str, position: GeneratedPosition
    ) -> tuple[str, Original] | None:
        map_id = source_map_id(position.url)
        row = found.get((project_id, map_id))
        if row is None:
            return None
        document = self._document(row)
        original = document.find(position.line - 1, position.column - 1) if document else None
        return (map_id, original) if original else None

    def _document(self, row: SourceMap) -> SourceMapDocument | None:
        name = name_of(row)
        if name in self.lost:
            return None
        try:
            return self.documents.get(row.content_hash, partial(read_content, name))
        except OSError as error:
            self.lost.add(name)
            logger.error("Source map %s cannot be read: %s", name, type(error).__name__)
            return None

    def _request(self, files: Iterable[_File], found: dict[tuple[str, str], SourceMap]) -> None:
        wanted = []
        for file in files:
            row = found.get((file.project_id, file.map_id))
            if (row is None or needs_refresh(row)) and file[:3] not in self.requested:
                self.requested.add(file[:3])
                wanted.append(WantedFile(*file))
        request_searches(wanted)


def _candidates(contexts: Iterable[EventContext]) -> Iterator[_Candidate]:
    """Events that have generated frames, with their errors in the wire's form."""
    for context in contexts:
        event = context.event
        sent = event.mapping(KEY) if event.type == ERROR else None
        if sent is None or not has_generated_frames(sent):
            continue
        try:
            error = map_model(KEY, sent)
            if error is not None and next(generated_frames(error), None) is not None:
                yield _Candidate(context, error)
        except Exception as failure:
            _log(context, failure)


def _files(candidates: Iterable[_Candidate]) -> list[_File]:
    """The generated files of a batch, each once, at most FILES_PER_PROJECT of a project."""
    by_project: dict[str, set[str]] = {}
    files = []
    for context, error in candidates:
        project = context.project
        urls = by_project.setdefault(project.project_id, set())
        for _, position in generated_frames(error):
            if position.url not in urls and len(urls) < FILES_PER_PROJECT:
                urls.add(position.url)
                map_id = source_map_id(position.url)
                files.append(_File(project.organization_id, project.project_id, map_id, position.url))
    return files


def _rows(files: Sequence[_File]) -> Iterator[SourceMap]:
    for start in range(0, len(files), _IDS_PER_STATEMENT):
        chunk = files[start : start + _IDS_PER_STATEMENT]
        yield from SourceMap.objects.filter(
            organization_id__in={file.organization_id for file in chunk},
            project_id__in={file.project_id for file in chunk},
            source_map_id__in={file.map_id for file in chunk},
        ).order_by()


def _log(context: EventContext, failure: Exception) -> None:
    # Without the text of the exception, which may quote the payload.
    where = "".join(traceback.format_tb(failure.__traceback__))
    logger.error(
        "Source maps failed with %s in project %s\n%s", type(failure).__name__, context.project.project_id, where
    )
