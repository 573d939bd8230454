"""Twenty thousand events are removed while others write."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from events.ingest.direct import ingest_documents
from events.models import Event, Stack
from events.services import event_deletion
from events.services.pace import LARGEST, Pace
from events.services.purge import purge_deleted
from projects.models import Project
from tests.conftest import Cast
from tests.retention.rows import deleted_usage, stack_with_events

EVENTS = 20_000


@pytest.fixture
def clutter(real_database: None, cast: Cast) -> Project:
    """A deleted project with many events; `cast.project` goes on receiving."""
    project = Project.objects.create(organization=cast.organization, name="Deleted", is_deleted=True)
    for _ in range(4):
        stack_with_events(project, EVENTS // 4)
    return project


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The sizes of the batches, each of which is a transaction that holds the write lock."""
    sizes: list[int] = []
    remove = event_deletion._remove

    def remove_counted(keys: Any) -> None:
        sizes.append(len(keys))
        remove(keys)

    monkeypatch.setattr(event_deletion, "_remove", remove_counted)
    yield sizes


def test_ingestion_goes_on_between_the_batches(cast: Cast, clutter: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[BaseException] = []

    def purge() -> None:
        try:
            assert purge_deleted(Pace(seconds=600))
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    with counted(monkeypatch) as sizes:
        thread = threading.Thread(target=purge)
        thread.start()
        ingested = 0
        while thread.is_alive():
            ingest_documents(project=cast.project, documents=[{"type": "log", "source": "new", "message": "Hello"}])
            ingested += 1
            time.sleep(0.01)
        thread.join()
    assert not errors
    assert not Project.objects.filter(pk=clutter.pk).exists()
    assert Event.objects.count() == ingested == Stack.objects.get().total_occurrences
    assert ingested >= 5
    assert max(sizes) <= LARGEST
    assert len(sizes) >= EVENTS // LARGEST


@pytest.mark.parametrize("processes", [3])
def test_several_purges_at_once_remove_everything_once(cast: Cast, clutter: Project, processes: int) -> None:
    errors: list[BaseException] = []
    done: list[int] = []

    def purge() -> None:
        pace = Pace(seconds=600)
        try:
            while not pace.is_over and Project.objects.filter(pk=clutter.pk).exists():
                purge_deleted(pace)
            done.append(pace.done)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=purge) for _ in range(processes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert not Event.objects.exists()
    assert sum(done) >= EVENTS
    assert deleted_usage() == EVENTS
    connection.close()
