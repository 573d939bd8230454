"""Where the contents of source maps are kept: files named by project, source map and the hash of the content."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from events.models.source_map import SourceMap

STORAGE = "source-maps"
"""The alias in the setting STORAGES."""

_NAME = re.compile(r"[0-9a-zA-Z]{24,36}/[0-9a-f]{64}-[0-9a-f]{64}\.map")


def _storage() -> Storage:
    return storages[STORAGE]


def content_name(project_id: str, source_map_id: str, content_hash: str) -> str:
    return f"{project_id}/{source_map_id}-{content_hash}.map"


def name_of(source_map: SourceMap) -> str:
    return content_name(source_map.project_id, source_map.source_map_id, source_map.content_hash)


def write_content(name: str, content: bytes) -> None:
    _storage().save(name, ContentFile(content))


def read_content(name: str) -> bytes:
    """Raises OSError when it is not there."""
    with _storage().open(name, "rb") as file:
        return bytes(file.read())


def remove_content(name: str) -> None:
    _storage().delete(name)


def stored_names(before: datetime) -> list[str]:
    """Names of the files that were written before that instant, also drafts of processes that died."""
    storage = _storage()
    if not storage.exists(""):
        return []
    found = [f"{folder}/{name}" for folder in storage.listdir("")[0] for name in storage.listdir(folder)[1]]
    return [name for name in found if storage.get_modified_time(name) < before]


def is_content_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None
