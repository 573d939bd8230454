"""The generator of sample events: pure, repeatable, varied."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.services.sample_events import sample_events

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return list(sample_events(count=400, now=NOW, days=7, seed=1))


def of_type(documents: list[dict[str, Any]], type_name: str) -> list[dict[str, Any]]:
    return [document for document in documents if document["type"] == type_name]


def test_the_same_seed_gives_the_same_events(documents: list[dict[str, Any]]) -> None:
    assert list(sample_events(count=400, now=NOW, days=7, seed=1)) == documents
    assert list(sample_events(count=400, now=NOW, days=7, seed=2)) != documents


def test_dates_ascend_within_the_days_before_now(documents: list[dict[str, Any]]) -> None:
    dates = [datetime.fromisoformat(document["date"]) for document in documents]
    assert dates == sorted(dates)
    assert NOW - timedelta(days=7) <= dates[0] < NOW - timedelta(days=6)
    assert NOW - timedelta(days=1) < dates[-1] <= NOW


def test_all_kinds_of_events_occur(documents: list[dict[str, Any]]) -> None:
    kinds = Counter(document["type"] for document in documents)
    assert kinds.keys() == {"error", "log", "404", "usage", "session", "sessionend"}
    assert min(kinds.values()) >= 20
    assert kinds["error"] >= 100


def test_errors_have_long_stack_traces_of_several_languages(documents: list[dict[str, Any]]) -> None:
    errors = [document["data"]["@error"] for document in of_type(documents, "error")]
    assert all(10 <= len(error["stack_trace"]) <= 25 for error in errors)
    assert len({error["type"] for error in errors}) >= 12
    files = {error["stack_trace"][0]["file_name"].rpartition(".")[2] for error in errors}
    assert files == {"cs", "java", "py", "js", "go"}
    assert any("inner" in error.get("inner", {}) for error in errors)


def test_errors_of_one_kind_share_their_stack_trace(documents: list[dict[str, Any]]) -> None:
    traces: dict[str, set[str]] = {}
    for document in of_type(documents, "error"):
        error = document["data"]["@error"]
        traces.setdefault(error["type"], set()).add(str(error["stack_trace"]))
    assert {len(found) for found in traces.values()} == {1}


def test_logs_have_all_levels(documents: list[dict[str, Any]]) -> None:
    levels = {document["data"]["@level"] for document in of_type(documents, "log")}
    assert levels == {"trace", "debug", "info", "warn", "error", "fatal"}


def test_sessions_have_ends_and_members(documents: list[dict[str, Any]]) -> None:
    starts = {session["reference_id"]: session["date"] for session in of_type(documents, "session")}
    ends = {end["data"]["@ref:session"]: end["date"] for end in of_type(documents, "sessionend")}
    assert len(starts) > len(ends) >= 20
    assert all(starts[id_] < end for id_, end in ends.items())
    members = [document for document in documents if "@ref:session" in document["data"]]
    assert len(members) > 60
    for member in members:
        id_ = member["data"]["@ref:session"]
        assert starts[id_] <= member["date"] <= ends.get(id_, member["date"])
    assert not [
        document
        for document in documents
        if document not in members and "@user" in document["data"] and document["type"] != "session"
    ]


def test_people_places_versions_and_tags_are_spread(documents: list[dict[str, Any]]) -> None:
    assert len({document["data"]["@version"] for document in documents}) >= 4
    assert len({document["data"]["@user"]["identity"] for document in documents if "@user" in document["data"]}) >= 10
    assert len({document["geo"] for document in documents if "geo" in document}) >= 8
    assert len({tag for document in documents for tag in document["tags"]}) >= 8
    references = [document["reference_id"] for document in documents]
    assert len(set(references)) == len(references)
