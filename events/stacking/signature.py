"""Signatures: the named values whose hash tells which stack an event belongs to.

An event takes the first one it has of: manual, `@error`, `@simple_error`, default. Every signature is
a dict of texts whose order matters for the hash.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

NO_STACKING_INFORMATION = "NoStackingInformation"

_ANGULAR_SUBMISSION_METHOD = "$exceptionHandler"
_UNHANDLED_REJECTION_MESSAGE = "Possibly unhandled rejection"


def sha1_hex(text: str) -> str:
    """Lower-case hex SHA-1 of the text in UTF-16LE; lone surrogates are hashed as they are."""
    return hashlib.sha1(text.encode("utf-16-le", "surrogatepass"), usedforsecurity=False).hexdigest()


def signature_hash(values: Iterable[str]) -> str:
    """The hash of a signature's values, joined without a separator in their order."""
    return sha1_hex("".join(values))


def default_signature(event_type: str, source: str | None) -> dict[str, str]:
    """`{Type, Source}`, empty ones left out: for every event that has no better signature."""
    signature = {"Type": event_type, "Source": source}
    return {name: value for name, value in signature.items() if value}


def manual_signature(stack_info: Mapping[str, Any]) -> dict[str, str]:
    """The non-empty pairs of `@stack.signature_data`, in order; numbers and booleans become texts."""
    pairs = stack_info.get("signature_data")
    if not isinstance(pairs, dict):
        return {}
    texts = {name: scalar_text(value) for name, value in pairs.items()}
    return {name: text for name, text in texts.items() if text}


def simple_error_signature(simple_error: Mapping[str, Any]) -> dict[str, str]:
    """`{ExceptionType, StackTrace}` of an `@simple_error`, the trace as its hash; empty when it has neither."""
    signature: dict[str, str] = {}
    exception_type = simple_error.get("type")
    if exception_type and isinstance(exception_type, str):
        signature["ExceptionType"] = exception_type
    stack_trace = simple_error.get("stack_trace")
    if stack_trace and isinstance(stack_trace, str):
        signature["StackTrace"] = sha1_hex(stack_trace)
    return signature


def is_unhandled_rejection(signature: Mapping[str, str], submission_method: object, message: str | None) -> bool:
    """Whether an error without frames is Angular's report of a rejected promise that nobody handled."""
    return (
        submission_method == _ANGULAR_SUBMISSION_METHOD
        and set(signature) == {NO_STACKING_INFORMATION}
        and (message or "").startswith(_UNHANDLED_REJECTION_MESSAGE)
    )


def unhandled_rejection_signature(error: Mapping[str, Any]) -> dict[str, str]:
    """What takes the place of the random signature, so that such rejections share one stack."""
    exception_type = error.get("type")
    has_type = bool(exception_type) and isinstance(exception_type, str)
    return {"ExceptionType": str(exception_type) if has_type else "Error", "Source": "unhandledRejection"}


def own_stack(project_id: str, reference_id: str) -> str:
    """What makes the signature of an event that shares its stack with no other, as a GUID like the random ones."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{project_id}:{reference_id}"))


def scalar_text(value: object) -> str:
    """A JSON scalar as .NET writes it (`True`, `-5`); empty for null, objects and arrays."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else ""
