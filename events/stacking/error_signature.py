"""The signature of an `@error`: the exception type and the first method of the user's own code.

Works on the stored form (snake_case objects); missing and mistyped members count as absent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.stacking.error_chain import error_chain, stack_frames, target_method, text_member
from events.stacking.method_text import is_mapped_anonymous, method_signature
from events.stacking.signature import NO_STACKING_INFORMATION, scalar_text
from exceptionless_site.core.json import JSONObject, loads

DEFAULT_COMMON_METHODS = ("DataContext.SubmitChanges", "Entities.SaveChanges")

_FRAMEWORK_NAMESPACES = ("System", "Microsoft")
_EXTRA_PROPERTIES = "@ext"
_SPECIAL_DETAILS = ("Number", "ErrorCode")


@dataclass(frozen=True, slots=True)
class ErrorSignature:
    """What identifies an error, and the place in it that decided.

    `error` and `method` are the very objects of the examined document, so that they can be marked in it.
    """

    info: dict[str, str]
    """ExceptionType, Method, Number, ErrorCode as far as known, else a random NoStackingInformation."""
    error: JSONObject
    method: JSONObject | None
    """A frame of that error, its target method, or nothing."""


def error_signature(
    error: JSONObject,
    *,
    user_namespaces: Sequence[str] = (),
    common_methods: Sequence[str] | None = None,
) -> ErrorSignature:
    """Find the target of an error: the first user frame, from the innermost error outwards.

    `user_namespaces`: prefixes of the user's own code; empty means all but the framework's.
    `common_methods`: texts whose frames never decide; None means `DEFAULT_COMMON_METHODS`.
    """
    methods = DEFAULT_COMMON_METHODS if common_methods is None else common_methods
    rules = _UserFrameRules(_non_empty(user_namespaces), _non_empty(methods))
    chain = error_chain(error)
    for candidate in reversed(chain):
        for frame in stack_frames(candidate):
            text = rules.text_of_user_frame(frame)
            if text is not None:
                return _signature(candidate, frame, text)
    return _innermost_signature(chain[-1])


def apply_target(error: JSONObject, signature: ErrorSignature) -> None:
    """Write the decision into the error it was made for: frame flags, `data.@target`, no unreadable `@ext`."""
    for level in error_chain(error):
        _flag_methods(level, signature.method)
    _drop_unreadable_extra(signature.error)
    message = text_member(signature.error, "message")
    has_message = bool(message) and bool(stack_frames(signature.error))
    set_target(error, {**signature.info, "Message": message} if has_message else signature.info)


def set_target(error: JSONObject, info: Mapping[str, str]) -> None:
    """Store the signature of `@error` or `@simple_error` as `data.@target`; a `data` that is no object stays."""
    if error.get("data") is None:
        error["data"] = {}
    if isinstance(error["data"], dict):
        error["data"]["@target"] = dict(info)


@dataclass(frozen=True, slots=True)
class _UserFrameRules:
    user_namespaces: tuple[str, ...]
    common_methods: tuple[str, ...]

    def text_of_user_frame(self, frame: JSONObject) -> str | None:
        """The frame's signature text when it is the user's own code, else None."""
        if not isinstance(frame.get("name"), str) and not is_mapped_anonymous(frame):
            return None
        namespace = text_member(frame, "declaring_namespace")
        if namespace and not self._is_user_namespace(namespace):
            return None
        text = method_signature(frame)
        return None if any(method in text for method in self.common_methods) else text

    def _is_user_namespace(self, namespace: str) -> bool:
        if self.user_namespaces:
            return namespace.startswith(self.user_namespaces)
        return not namespace.startswith(_FRAMEWORK_NAMESPACES)


def _non_empty(texts: Iterable[str]) -> tuple[str, ...]:
    # An empty prefix or part would match every frame.
    return tuple(text for text in texts if text)


def _innermost_signature(error: JSONObject) -> ErrorSignature:
    method = target_method(error)
    if method is None:
        method = next(iter(stack_frames(error)), None)
    return _signature(error, method, "" if method is None else method_signature(method))


def _signature(error: JSONObject, method: JSONObject | None, method_text: str) -> ErrorSignature:
    named = {"ExceptionType": text_member(error, "type"), "Method": method_text, **_special_details(error)}
    info = {name: text for name, text in named.items() if text}
    return ErrorSignature(info or {NO_STACKING_INFORMATION: str(uuid.uuid4())}, error, method)


def _special_details(error: JSONObject) -> dict[str, str]:
    extra = _extra_properties(error)
    if not extra:
        return {}
    by_name = {name.lower(): scalar_text(value) for name, value in reversed(extra.items())}
    return {name: by_name.get(name.lower(), "") for name in _SPECIAL_DETAILS}


def _extra_properties(error: JSONObject) -> dict[str, Any] | None:
    """The exception's own properties; .NET clients may send them as JSON text."""
    data = error.get("data")
    extra = data.get(_EXTRA_PROPERTIES) if isinstance(data, dict) else None
    if isinstance(extra, str) and extra.lstrip().startswith("{"):
        try:
            extra = loads(extra)
        except (ValueError, RecursionError):
            return None
    return extra if isinstance(extra, dict) else None


def _drop_unreadable_extra(error: JSONObject) -> None:
    data = error.get("data")
    if isinstance(data, dict) and _EXTRA_PROPERTIES in data and _extra_properties(error) is None:
        del data[_EXTRA_PROPERTIES]


def _flag_methods(error: JSONObject, target: JSONObject | None) -> None:
    for frame in stack_frames(error):
        frame["is_signature_target"] = frame is target
    method = target_method(error)
    if method is None:
        return
    if method is target:
        method["is_signature_target"] = True
    elif "is_signature_target" in method:
        # A client's own mark must not compete with ours.
        method["is_signature_target"] = False
