"""Turning a function for one event into a step for a batch."""

from __future__ import annotations

import logging

import pytest

from events.ingest.context import EventContext
from events.ingest.steps.step import each
from tests.ingest.steps.contexts import make_context


def mark_or_fail(context: EventContext) -> None:
    if context.event.source == "bad":
        raise ValueError(f"the payload said {context.event.message}")
    context.event.message = "seen"


def test_every_live_event_is_visited_and_the_others_are_not() -> None:
    live, cancelled, discarded, failed = (make_context() for _ in range(4))
    cancelled.cancel()
    discarded.discard()
    failed.error = "earlier"
    each(mark_or_fail)([live, cancelled, discarded, failed])
    assert [context.event.message for context in (live, cancelled, discarded, failed)] == ["seen", None, None, None]


def test_an_exception_puts_its_own_event_in_error_and_the_neighbours_go_on() -> None:
    contexts = [make_context(), make_context(source="bad"), make_context()]
    each(mark_or_fail)(contexts)
    assert [context.error for context in contexts] == [None, "test_step: ValueError", None]
    assert [context.event.message for context in contexts] == ["seen", None, "seen"]


def test_the_log_tells_where_it_failed_but_nothing_of_the_payload(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        each(mark_or_fail)([make_context(source="bad", message="hunter2")])
    (record,) = caplog.records
    assert "test_step failed with ValueError" in record.getMessage()
    assert "in mark_or_fail" in record.getMessage()
    assert "p" * 24 in record.getMessage()
    assert "hunter2" not in caplog.text
    assert record.exc_info is None


def test_an_interrupt_is_not_an_error_of_the_event() -> None:
    def interrupt(context: EventContext) -> None:
        raise KeyboardInterrupt

    context = make_context()
    with pytest.raises(KeyboardInterrupt):
        each(interrupt)([context])
    assert context.error is None
