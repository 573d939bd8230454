from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.parsers.models import map_model
from events.source_maps.apply import (
    MAXIMUM_FRAMES,
    GeneratedPosition,
    apply_source_maps,
    generated_frames,
    has_generated_frames,
)
from events.source_maps.document import Original, read_source_map
from tests.source_maps.generating import source_map

URL = "https://example.test/app.js"
MAP = read_source_map(source_map())


def find(position: GeneratedPosition) -> tuple[str, Original] | None:
    original = MAP.find(position.line - 1, position.column - 1)
    return ("map", original) if original and position.url == URL else None


def frame(**members: Any) -> dict[str, Any]:
    return {"file_name": URL, "line_number": 1, "column": 13, "name": "n"} | members


def test_a_frame_gets_the_position_of_its_source() -> None:
    error = {"stack_trace": [frame(data={"own": 1})]}
    assert apply_source_maps(error, find) == {"map"}
    assert error["stack_trace"] == [
        {
            "file_name": "src/app.ts",
            "line_number": 5,
            "column": 3,
            "name": "checkout",
            "data": {
                "own": 1,
                "@source_map": {
                    "generated_file_name": URL,
                    "generated_line_number": 1,
                    "generated_column": 13,
                    "generated_name": "n",
                    "source_map_id": "map",
                },
            },
        }
    ]


def test_a_position_without_a_name_takes_the_name_away() -> None:
    error = {"stack_trace": [frame(line_number=3, column=6)]}
    apply_source_maps(error, find)
    (mapped,) = error["stack_trace"]
    assert "name" not in mapped
    assert mapped["data"]["@source_map"]["generated_name"] == "n"


def test_a_frame_without_a_name_may_get_one() -> None:
    sent = frame()
    del sent["name"]
    error = {"stack_trace": [sent]}
    apply_source_maps(error, find)
    assert sent["name"] == "checkout"
    assert "generated_name" not in sent["data"]["@source_map"]


def test_the_data_that_was_sent_is_not_changed() -> None:
    data = {"own": 1}
    apply_source_maps({"stack_trace": [frame(data=data)]}, find)
    assert data == {"own": 1}


@pytest.mark.parametrize(
    "members",
    [
        {"file_name": "app.js"},
        {"file_name": "/app.js"},
        {"file_name": "C:\\app\\program.cs"},
        {"file_name": None},
        {"file_name": "https://user@example.test/app.js"},
        {"line_number": 0},
        {"line_number": -1},
        {"line_number": None},
        {"line_number": "1"},
        {"line_number": True},
        {"column": 0},
        {"column": None},
        {"column": 1.5},
        {"data": {"@source_map": {}}},
        {"file_name": "https://example.test/other.js"},
        {"line_number": 2},
        {"column": 33},
        {"line_number": 10**30, "column": 10**30},
    ],
)
def test_other_frames_stay_as_they_are(members: dict[str, Any]) -> None:
    error = {"stack_trace": [frame(**members)]}
    before = copy.deepcopy(error)
    assert apply_source_maps(error, find) == set()
    assert error == before


def test_inner_errors_are_mapped_too() -> None:
    error: dict[str, Any] = {
        "stack_trace": [frame()],
        "inner": {"stack_trace": [frame()], "inner": {"stack_trace": [frame()]}},
    }
    apply_source_maps(error, find)
    assert error["inner"]["inner"]["stack_trace"][0]["file_name"] == "src/app.ts"


def test_a_hundred_frames_are_looked_at() -> None:
    native = {"file_name": "native.c"}
    error: dict[str, Any] = {
        "stack_trace": [native, *(frame() for _ in range(60))],
        "inner": {"stack_trace": [frame() for _ in range(60)]},
    }
    apply_source_maps(error, find)
    inner = error["inner"]["stack_trace"]
    assert [item["file_name"] == "src/app.ts" for item in inner].count(True) == MAXIMUM_FRAMES - 60


def test_no_frame_is_begun_when_the_time_is_over() -> None:
    error = {"stack_trace": [frame() for _ in range(5)]}
    answers = iter([False, False, True])
    apply_source_maps(error, find, is_late=lambda: next(answers))
    assert [item["file_name"] for item in error["stack_trace"]] == ["src/app.ts"] * 2 + [URL] * 3


def test_errors_nested_without_end_are_left_in_peace() -> None:
    error: dict[str, Any] = {"stack_trace": [frame()]}
    error["inner"] = error
    assert has_generated_frames({"inner": {"inner": {}}}) is False
    assert apply_source_maps(error, find) == {"map"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({}, False),
        (None, False),
        ("text", False),
        ({"stack_trace": None}, False),
        ({"stack_trace": [None, 1, "x"]}, False),
        ({"stack_trace": [{"file_name": "Program.cs", "declaring_type": "https://x"}]}, False),
        ({"stack_trace": [{"file_name": URL}]}, True),
        ({"stack_trace": [{"file_name": "HTTP://x"}]}, True),
        ({"StackTrace": [{"FileName": URL}]}, True),
        ({"stackTrace": {"fileName": URL}}, True),
        ({"inner": {"stack_trace": [{"file_name": URL}]}}, True),
        ({"Inner": {"StackTrace": [{"FileName": URL}]}}, True),
    ],
)
def test_errors_without_generated_frames_are_told_at_a_glance(error: Any, expected: bool) -> None:
    assert has_generated_frames(error) is expected


texts = st.sampled_from([URL, "https://example.test/app.js?x", "http", "native", "src/a.ts", ""])
values = st.none() | st.booleans() | st.integers(-2, 50) | texts
frames = st.dictionaries(
    st.sampled_from(["file_name", "FileName", "line_number", "column", "Column", "name", "data"]),
    values | st.dictionaries(st.sampled_from(["@source_map", "x"]), values, max_size=2),
    max_size=6,
)
errors = st.recursive(
    st.fixed_dictionaries({"stack_trace": st.lists(frames | values, max_size=4) | values}),
    lambda inner: st.fixed_dictionaries({"stack_trace": st.lists(frames, max_size=3), "inner": inner}),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(errors)
def test_any_error_is_mapped_once_and_none_is_missed_at_a_glance(sent: dict[str, Any]) -> None:
    error = map_model("@error", sent)
    assert error is not None
    if any(generated_frames(error)):
        assert has_generated_frames(sent)
    apply_source_maps(error, find)
    once = copy.deepcopy(error)
    assert apply_source_maps(error, find) == set()
    assert error == once
