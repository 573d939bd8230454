"""Uploads at the same instant, each in a thread of its own."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from events.models import SourceMap
from events.services import source_maps as service
from events.services.source_maps import SourceMapLimitError, store_source_map
from events.source_maps import limits
from events.source_maps.limits import PAID_LIMITS
from events.source_maps.storage import name_of, write_content
from projects.models import Project
from tests.conftest import Cast
from tests.queue.conftest import real_database  # noqa: F401
from tests.queue.rows import at_once
from tests.source_maps.conftest import URL, files_in
from tests.source_maps.generating import source_map

pytestmark = pytest.mark.usefixtures("real_database")


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two uploads both pass the first look before either is stored."""
    barrier = threading.Barrier(2)

    def write_together(name: str, content: bytes) -> None:
        write_content(name, content)
        barrier.wait(10)

    monkeypatch.setattr(service, "write_content", write_together)


def upload(project: Project, url: str, content: bytes) -> Any:
    loaded = Project.objects.select_related("organization").get(pk=project.pk)

    def run() -> str | None:
        try:
            store_source_map(project=loaded, generated_file_url=url, content=content)
        except SourceMapLimitError as error:
            return str(error)
        return None

    return run


@pytest.mark.usefixtures("together")
def test_two_first_uploads_of_a_file_leave_one_map(cast: Cast, content_directory: Path) -> None:
    contents = [source_map(file="one"), source_map(file="two")]
    assert at_once([upload(cast.project, URL, content) for content in contents]) == [None, None]
    row = SourceMap.objects.get()
    assert files_in(content_directory) == [name_of(row)]


@pytest.mark.usefixtures("together")
def test_two_uploads_do_not_share_the_last_place(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAID_LIMITS", replace(PAID_LIMITS, count=1))
    outcomes = at_once([upload(cast.project, f"{URL}?{number}", source_map()) for number in range(2)])
    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    assert SourceMap.objects.count() == 1
