"""The longest type."""

from __future__ import annotations

import pytest

from events.ingest.steps import cut_type
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("log", "log"), ("t" * 100, "t" * 100), ("t" * 101, "t" * 97 + "...")],
    ids=["short", "100", "101"],
)
def test_a_type_over_100_characters_is_cut_and_its_event_kept(sent: str, kept: str) -> None:
    context = make_context(sent)
    cut_type.run([context])
    assert context.event.type == kept
    assert context.is_live
