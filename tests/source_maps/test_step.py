from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from events.ingest import worker
from events.ingest.batches import contexts_of
from events.ingest.context import EventContext, SubmissionInfo
from events.ingest.parsers import parse_events
from events.ingest.project_settings import project_settings
from events.models import Event, SourceMap, SourceMapSearch, Stack
from events.source_maps import step
from events.source_maps.cache import RecentlySeen
from events.source_maps.step import FrameMapper
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import Cast
from tests.source_maps.conftest import URL, files_in, upload
from tests.source_maps.generating import source_map

Store = Callable[..., SourceMap]


def frame(**members: Any) -> dict[str, Any]:
    return {"file_name": URL, "line_number": 1, "column": 13, "name": "n"} | members


def document(*frames: dict[str, Any], **members: Any) -> dict[str, Any]:
    error = {"type": "TypeError", "message": "x is undefined", "stack_trace": list(frames) or [frame()]}
    return {"type": "error", "data": {"@error": error}} | members


def contexts(project: Project, *documents: dict[str, Any]) -> list[EventContext]:
    events = parse_events(json.dumps(list(documents)).decode(), api_version=2, now=utc_now())
    return contexts_of(events, SubmissionInfo(utc_now()), project_settings(project))


def first_frame(context: EventContext) -> dict[str, Any]:
    found: dict[str, Any] = context.event.data["@error"]["stack_trace"][0]
    return found


def test_frames_are_mapped_with_the_maps_of_their_project(cast: Cast, store: Store) -> None:
    map_id = store(cast.project).source_map_id
    own, foreign = contexts(cast.project, document()), contexts(cast.foreign_project, document())
    FrameMapper()([*own, *foreign])
    assert first_frame(own[0])["file_name"] == "src/app.ts"
    assert first_frame(own[0])["data"]["@source_map"]["source_map_id"] == map_id
    assert first_frame(foreign[0])["file_name"] == URL


def test_the_name_of_a_file_is_normalized(cast: Cast, store: Store) -> None:
    store(cast.project)
    (context,) = contexts(cast.project, document(frame(file_name="HTTPS://EXAMPLE.test:443/assets/app.js")))
    FrameMapper()([context])
    mapped = first_frame(context)
    assert mapped["file_name"] == "src/app.ts"
    assert mapped["data"]["@source_map"]["generated_file_name"] == "HTTPS://EXAMPLE.test:443/assets/app.js"


def test_errors_in_any_spelling_are_mapped(cast: Cast, store: Store) -> None:
    store(cast.project)
    sent = {"Type": "E", "StackTrace": [{"FileName": URL, "LineNumber": 1, "Column": 13}]}
    (context,) = contexts(cast.project, {"type": "error", "data": {"@error": sent}})
    FrameMapper()([context])
    assert first_frame(context)["file_name"] == "src/app.ts"


@pytest.mark.parametrize(
    "sent",
    [
        document(type="log"),
        {"type": "error", "message": "x"},
        {"type": "error", "data": {"@error": "text"}},
        {"type": "error", "data": {"@error": {"stack_trace": 7}}},
        document(frame(file_name="Program.cs"), frame(file_name="/usr/lib/x.so")),
        document(frame(line_number=0)),
        document(frame(column=None)),
    ],
)
def test_other_events_cost_no_query_and_stay_as_they_are(
    cast: Cast, store: Store, sent: dict[str, Any], django_assert_num_queries: Any
) -> None:
    store(cast.project)
    found = contexts(cast.project, sent)
    before = json.dumps(found[0].event.data)
    with django_assert_num_queries(0):
        FrameMapper()(found)
    assert json.dumps(found[0].event.data) == before


def test_a_batch_costs_one_query_and_none_for_files_known_to_have_no_map(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    mapper = FrameMapper()
    frames = [frame(file_name=f"https://example.test/{number}.js") for number in range(50)]
    batch = [*contexts(cast.project, *[document(*frames)] * 20), *contexts(cast.foreign_project, document())]
    with django_assert_num_queries(1):
        mapper(batch)
    with django_assert_num_queries(0):
        mapper(batch)


def test_a_first_map_counts_two_seconds_after_its_upload(cast: Cast, store: Store) -> None:
    now = [0.0]
    mapper = FrameMapper(unknown=RecentlySeen(step.UNKNOWN_SECONDS, clock=lambda: now[0]))
    mapper(contexts(cast.project, document()))
    store(cast.project)
    now[0] = 1.9
    (early,) = contexts(cast.project, document())
    mapper([early])
    now[0] = 2.0
    (late,) = contexts(cast.project, document())
    mapper([late])
    assert first_frame(early)["file_name"] == URL
    assert first_frame(late)["file_name"] == "src/app.ts"


def test_the_use_of_a_map_is_noted_once_an_hour(cast: Cast, store: Store, django_assert_num_queries: Any) -> None:
    store(cast.project)
    mapper = FrameMapper()
    # Noting is a transaction (here a savepoint) of two statements.
    with django_assert_num_queries(1 + 4):
        mapper(contexts(cast.project, *[document()] * 10))
    noted = SourceMap.objects.get().last_used_utc
    assert noted is not None
    with django_assert_num_queries(1):
        mapper(contexts(cast.project, document()))
    SourceMap.objects.update(last_used_utc=noted - timedelta(hours=1))
    with django_assert_num_queries(1 + 4):
        mapper(contexts(cast.project, document()))
    found = SourceMap.objects.get().last_used_utc
    assert found is not None
    assert found >= noted


def test_a_map_that_says_nothing_of_the_position_is_not_used(cast: Cast, store: Store) -> None:
    store(cast.project)
    (context,) = contexts(cast.project, document(frame(line_number=2)))
    FrameMapper()([context])
    assert first_frame(context)["file_name"] == URL
    assert SourceMap.objects.get().last_used_utc is None


def test_a_replaced_map_counts_at_once(cast: Cast, store: Store) -> None:
    mapper = FrameMapper()
    store(cast.project)
    mapper(contexts(cast.project, document()))
    store(cast.project, content=source_map(sources=["new.ts", "b"]))
    (context,) = contexts(cast.project, document())
    mapper([context])
    assert first_frame(context)["file_name"] == "new.ts"


def test_a_lost_file_fails_no_event(
    cast: Cast, store: Store, content_directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store(cast.project)
    for name in files_in(content_directory):
        (content_directory / name).unlink()
    other = "https://example.test/other.js"
    store(cast.project, other, source_map(file="other"))
    found = contexts(cast.project, *[document(frame(), frame(file_name=other))] * 5)
    with caplog.at_level(logging.ERROR):
        FrameMapper()(found)
    assert all(context.is_live for context in found)
    assert first_frame(found[0])["file_name"] == URL
    assert found[0].event.data["@error"]["stack_trace"][1]["file_name"] == "src/app.ts"
    assert caplog.text.count("FileNotFoundError") == 1


def test_a_fault_of_the_mapping_fails_no_event(
    cast: Cast, store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cast.project)

    def fail(row: SourceMap) -> str:
        raise RuntimeError(row.generated_file_url)

    monkeypatch.setattr(step, "name_of", fail)
    (context,) = contexts(cast.project, document())
    with caplog.at_level(logging.ERROR):
        FrameMapper()([context])
    assert context.is_live
    assert first_frame(context)["file_name"] == URL
    assert "RuntimeError" in caplog.text
    assert URL not in caplog.text


def test_a_damaged_file_fails_no_event(cast: Cast, store: Store, content_directory: Path) -> None:
    store(cast.project)
    for name in files_in(content_directory):
        (content_directory / name).write_bytes(b"{")
    (context,) = contexts(cast.project, document())
    FrameMapper()([context])
    assert context.is_live
    assert first_frame(context)["file_name"] == URL


def test_five_seconds_of_an_event_and_ten_of_a_batch_are_the_most(cast: Cast, store: Store) -> None:
    store(cast.project)
    assert (step.EVENT_SECONDS, step.BATCH_SECONDS) == (5.0, 10.0)
    now = [0.0]

    def clock() -> float:
        now[0] += 1.0
        return now[0]

    found = contexts(cast.project, *[document(*[frame()] * 10)] * 4)
    FrameMapper(clock=clock)(found)
    mapped = [
        [item["file_name"] for item in context.event.data["@error"]["stack_trace"]].count("src/app.ts")
        for context in found
    ]
    assert mapped[0] == 5
    assert sum(mapped) < 10
    assert mapped[-1] == 0


def test_the_files_of_a_project_in_one_batch_are_limited(
    cast: Cast, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "FILES_PER_PROJECT", 2)
    store(cast.project)
    store(cast.foreign_project, "https://example.test/theirs.js")
    others = [frame(file_name=f"https://example.test/{number}.js") for number in range(2)]
    own = contexts(cast.project, document(*others, frame()))
    foreign = contexts(cast.foreign_project, document(frame(file_name="https://example.test/theirs.js")))
    FrameMapper()([*own, *foreign])
    assert own[0].event.data["@error"]["stack_trace"][2]["file_name"] == URL
    assert first_frame(foreign[0])["file_name"] == "src/app.ts"


@pytest.fixture
def fresh_steps() -> Any:
    worker.default_steps.cache_clear()
    yield
    worker.default_steps.cache_clear()


@pytest.mark.usefixtures("fresh_steps")
def test_posted_errors_are_stacked_by_their_sources(cast: Cast) -> None:
    assert upload(cast.client(cast.owner), cast.project).status_code == 201
    assert upload(cast.client(cast.owner), cast.project, url="https://example.test/v2.js").status_code == 201
    client = cast.client(cast.key)
    for url in (URL, "https://example.test/v2.js"):
        body = json.dumps(document(frame(file_name=url)))
        assert client.post("/api/v2/events", body, content_type="application/json").status_code == 202
    while worker.Worker("test").run_once():
        pass
    stack = Stack.objects.get()
    assert stack.total_occurrences == 2
    assert stack.signature_info["Method"].endswith("checkout()")
    shown = cast.client(cast.owner).get(f"/api/v2/events/{Event.objects.first().event_id}").json()  # type: ignore[union-attr]
    mapped = shown["data"]["@error"]["stack_trace"][0]
    assert (mapped["file_name"], mapped["line_number"], mapped["column"]) == ("src/app.ts", 5, 3)
    assert mapped["is_signature_target"] is True
    assert mapped["data"]["@source_map"]["generated_name"] == "n"
    (used, _) = cast.client(cast.owner).get(f"/api/v2/projects/{cast.project.pk}/source-maps").json()
    assert used["last_used_utc"]


def test_nothing_is_looked_for_unless_discovery_is_on(cast: Cast) -> None:
    FrameMapper()(contexts(cast.project, document()))
    assert not SourceMapSearch.objects.exists()


def test_missing_maps_are_asked_for_once(cast: Cast, settings: Settings, django_assert_num_queries: Any) -> None:
    settings.SOURCE_MAP_DISCOVERY = True
    mapper = FrameMapper()
    plain = frame(file_name="http://example.test/app.js")
    mapper(contexts(cast.project, document(frame(), plain)))
    search = SourceMapSearch.objects.get()
    assert (search.generated_file_url, search.project_id) == (URL, cast.project.pk)
    assert search.organization_id == cast.organization.pk
    with django_assert_num_queries(0):
        mapper(contexts(cast.project, document(frame(), plain)))
    FrameMapper()(contexts(cast.project, document()))
    assert SourceMapSearch.objects.count() == 1


@pytest.mark.parametrize(("is_auto_downloaded", "age", "expected"), [(True, 59, 0), (True, 60, 1), (False, 600, 0)])
def test_downloaded_maps_are_looked_for_again_after_an_hour(
    cast: Cast, store: Store, settings: Settings, is_auto_downloaded: bool, age: int, expected: int
) -> None:
    settings.SOURCE_MAP_DISCOVERY = True
    updated = utc_now() - timedelta(minutes=age)
    store(cast.project, is_auto_downloaded=is_auto_downloaded, updated_utc=updated)
    (context,) = contexts(cast.project, document())
    FrameMapper()([context])
    assert first_frame(context)["file_name"] == "src/app.ts"
    assert SourceMapSearch.objects.count() == expected
