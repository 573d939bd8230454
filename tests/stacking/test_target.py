"""The place a stored error is shown to come from."""

from __future__ import annotations

from typing import Any

from events.stacking.target import stacking_target

MARKED = {"name": "marked", "is_signature_target": True}
PLAIN = {"name": "plain", "is_signature_target": False}


def test_the_marked_frame_is_found_from_outside_inwards() -> None:
    inner = {"type": "Inner", "stack_trace": [MARKED]}
    outer: dict[str, Any] = {"type": "Outer", "stack_trace": [PLAIN, {"name": "mine", "is_signature_target": True}]}
    assert stacking_target({**outer, "inner": inner}).method == {"name": "mine", "is_signature_target": True}
    assert stacking_target({"type": "Outer", "stack_trace": [PLAIN], "inner": inner}) == (inner, MARKED)


def test_a_marked_target_method_is_found_when_no_frame_is_marked() -> None:
    error = {"type": "T", "stack_trace": [PLAIN], "target_method": MARKED}
    assert stacking_target(error) == (error, MARKED)


def test_without_a_mark_it_is_the_first_frame_of_the_innermost_error() -> None:
    inner = {"type": "Inner", "stack_trace": [PLAIN], "target_method": {"name": "other"}}
    assert stacking_target({"stack_trace": [{"name": "outer"}], "inner": inner}) == (inner, PLAIN)


def test_without_frames_there_is_an_error_but_no_method() -> None:
    assert stacking_target({"type": "T"}) == ({"type": "T"}, None)
    assert stacking_target({}) == ({}, None)


def test_a_mark_must_be_true_and_not_just_something() -> None:
    error = {"stack_trace": [{"name": "a"}, {"name": "b", "is_signature_target": "true"}]}
    assert stacking_target(error).method == {"name": "a"}
