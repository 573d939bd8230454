from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from events.models import SourceMap
from events.services.source_maps import store_source_map
from projects.models import Project
from tests.source_maps.generating import source_map

URL = "https://example.test/assets/app.js"


@pytest.fixture(autouse=True)
def content_directory(settings: Settings, tmp_path: Path) -> Path:
    """Each test has a storage of its own."""
    directory = tmp_path / "source-maps"
    backend = {**settings.STORAGES["source-maps"], "OPTIONS": {"location": directory}}
    settings.STORAGES = settings.STORAGES | {"source-maps": backend}
    return directory


@pytest.fixture
def store() -> Callable[..., SourceMap]:
    """Store a source map without the API."""

    def run(project: Project, url: str = URL, content: bytes = source_map(), **fields: Any) -> SourceMap:
        stored = store_source_map(project=project, generated_file_url=url, content=content)
        if fields:
            SourceMap.objects.filter(pk=stored.pk).update(**fields)
            stored.refresh_from_db()
        return stored

    return run


def upload(client: APIClient, project: Project, content: bytes | None = source_map(), url: str | None = URL) -> Any:
    parts: dict[str, Any] = {}
    if content is not None:
        parts["file"] = SimpleUploadedFile("app.js.map", content)
    if url is not None:
        parts["generated_file_url"] = url
    return client.post(f"/api/v2/projects/{project.pk}/source-maps", parts, format="multipart")


def files_in(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())
