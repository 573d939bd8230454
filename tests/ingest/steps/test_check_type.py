"""The length of an event's type."""

from __future__ import annotations

import logging

import pytest

from events.ingest.steps import check_type
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(("length", "is_discarded"), [(1, False), (100, False), (101, True)])
def test_a_type_beyond_a_hundred_characters_discards_its_event(length: int, is_discarded: bool) -> None:
    context = make_context("t" * length)
    check_type.run([context])
    assert context.is_discarded is is_discarded


def test_the_discarded_event_is_logged_without_its_type(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        check_type.run([make_context("secret" * 20)])
    assert "its type has 120 characters" in caplog.text
    assert "secret" not in caplog.text
