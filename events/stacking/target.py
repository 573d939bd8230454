"""Where a stored error is shown to come from: the mark that the signature left in it."""

from __future__ import annotations

from typing import NamedTuple

from events.stacking.error_chain import error_chain, stack_frames, target_method
from exceptionless_site.core.json import JSONObject


class StackingTarget(NamedTuple):
    """The error of the chain, and its method, that summaries, mails and web hooks name."""

    error: JSONObject
    method: JSONObject | None


def stacking_target(error: JSONObject) -> StackingTarget:
    """The first marked frame or target method, from outside inwards, else the innermost error's first frame."""
    chain = error_chain(error)
    for level in chain:
        method = _marked_method(level)
        if method is not None:
            return StackingTarget(level, method)
    return StackingTarget(chain[-1], next(iter(stack_frames(chain[-1])), None))


def _marked_method(error: JSONObject) -> JSONObject | None:
    candidates = stack_frames(error)
    method = target_method(error)
    if method is not None:
        candidates.append(method)
    return next((candidate for candidate in candidates if candidate.get("is_signature_target") is True), None)
