"""Angular's unhandled rejections."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.context import EventContext
from events.ingest.steps import angular, error
from tests.ingest.steps.contexts import make_context

MESSAGE = "Possibly unhandled rejection: {}"


def rejection(
    sent: dict[str, Any], *, message: str = MESSAGE, method: Any = "$exceptionHandler", event_type: str = "error"
) -> EventContext:
    context = make_context(event_type, {"@error": sent, "@submission_method": method}, message=message)
    error.run([context])
    return context


def test_rejections_without_any_information_share_a_stack() -> None:
    context = rejection({"message": MESSAGE})
    angular.run([context])
    assert list(context.signature.items()) == [("ExceptionType", "Error"), ("Source", "unhandledRejection")]
    assert context.event.data["@error"]["data"]["@target"] == context.signature
    assert context.event.data["@error"]["data"]["@target"] is not context.signature


@pytest.mark.parametrize(
    "context",
    [
        rejection({}, message="Something else"),
        rejection({}, method="onerror"),
        rejection({}, method={"a": "b"}),
        rejection({"type": "TypeError"}),
        rejection({}, event_type="log"),
    ],
)
def test_everything_else_keeps_its_signature(context: EventContext) -> None:
    before = dict(context.signature)
    angular.run([context])
    assert context.signature == before
    assert context.error is None


def test_a_manual_signature_stays() -> None:
    context = rejection({})
    context.signature = {"NoStackingInformation": "x", "Key": "mine"}
    angular.run([context])
    assert context.signature == {"NoStackingInformation": "x", "Key": "mine"}


def test_a_signature_without_its_error_stays() -> None:
    context = rejection({})
    context.event.data["@error"] = "gone"
    before = dict(context.signature)
    angular.run([context])
    assert context.signature == before
