"""Errors as people read them: the chain, outermost first, with the frames of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.stacking.error_chain import MAXIMUM_DEPTH, error_chain, stack_frames, text_member
from events.stacking.method_text import is_mapped_anonymous, method_signature
from exceptionless_site.core.json import JSONObject

_FRAMEWORK_NAMESPACES = ("System", "Microsoft", "java.", "javax.", "sun.")
_FRAMEWORK_FILES = ("node_modules/", "site-packages/", "node:", "/gems/", "/vendor/")
_HIDDEN = frozenset({"@source_map", "@target"})


@dataclass(frozen=True, slots=True)
class FrameView:
    method: str
    place: str
    """`file:line:column`, as far as known."""
    is_user_code: bool
    is_target: bool
    generated: str
    """Where the frame stood before a source map explained it."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    type: str
    message: str
    code: str
    frames: list[FrameView]
    trace: str
    """The text that clients without parsed frames send."""
    data: dict[str, Any]

    @property
    def text(self) -> str:
        """The error as text, for copying."""
        head = ": ".join(part for part in (self.type, self.message) if part)
        lines = [f"   at {frame.method}{f' in {frame.place}' if frame.place else ''}" for frame in self.frames]
        return "\n".join([head, *lines, *([self.trace] if self.trace else [])])


def error_views(data: Mapping[str, Any]) -> list[ErrorView]:
    """The errors of an event's `data`, outermost first; empty when it has none."""
    error = data.get("@error")
    if isinstance(error, dict):
        return [_error_view(level) for level in error_chain(error)]
    simple_error = data.get("@simple_error")
    return [_simple_view(level) for level in _simple_chain(simple_error)] if isinstance(simple_error, dict) else []


def _error_view(error: JSONObject) -> ErrorView:
    return ErrorView(
        type=text_member(error, "type"),
        message=text_member(error, "message"),
        code=text_member(error, "code"),
        frames=[_frame_view(frame) for frame in stack_frames(error)],
        trace=text_member(error, "stack_trace"),
        data=_own_data(error),
    )


def _simple_view(error: JSONObject) -> ErrorView:
    return ErrorView(
        type=text_member(error, "type"),
        message=text_member(error, "message"),
        code="",
        frames=[],
        trace=text_member(error, "stack_trace"),
        data=_own_data(error),
    )


def _simple_chain(error: JSONObject) -> list[JSONObject]:
    return error_chain(error)[:MAXIMUM_DEPTH]


def _own_data(error: JSONObject) -> dict[str, Any]:
    data = error.get("data")
    return {key: value for key, value in data.items() if key not in _HIDDEN} if isinstance(data, dict) else {}


def _frame_view(frame: JSONObject) -> FrameView:
    method = method_signature(frame)
    return FrameView(
        method="(anonymous)" if is_mapped_anonymous(frame) or method.startswith("<null>") else method,
        place=_place(frame, "file_name", "line_number", "column"),
        is_user_code=_is_user_code(frame),
        is_target=frame.get("is_signature_target") is True,
        generated=_generated(frame),
    )


def _place(item: Mapping[str, Any], *names: str) -> str:
    file_name, *numbers = (item.get(name) for name in names)
    known = [str(number) for number in numbers if type(number) is int and number > 0]
    return ":".join([file_name, *known]) if isinstance(file_name, str) and file_name else ""


def _generated(frame: JSONObject) -> str:
    data = frame.get("data")
    mapped = data.get("@source_map") if isinstance(data, dict) else None
    if not isinstance(mapped, dict):
        return ""
    return _place(mapped, "generated_file_name", "generated_line_number", "generated_column") or "generated code"


def _is_user_code(frame: JSONObject) -> bool:
    file_name = text_member(frame, "file_name")
    if any(part in file_name for part in _FRAMEWORK_FILES):
        return False
    return not text_member(frame, "declaring_namespace").startswith(_FRAMEWORK_NAMESPACES)
