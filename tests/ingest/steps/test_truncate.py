"""The lengths of an event's own fields."""

from __future__ import annotations

import pytest

from events.ingest.steps import truncate
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        (" ", " "),
        ("short", "short"),
        ("a\r\nb", "a\nb"),
        ("x" * 2000, "x" * 2000),
        ("x" * 2001, "x" * 1997 + "..."),
    ],
)
def test_source_and_message_are_cut(text: str | None, expected: str | None) -> None:
    context = make_context(source=text, message=text)
    truncate.run([context])
    assert (context.event.source, context.event.message) == (expected, expected)


def test_at_most_fifty_tags_stay_and_critical_is_among_them() -> None:
    tags = ["Critical", *(str(number) for number in range(60)), "", "x" * 101, "Internal"]
    context = make_context(tags=tags)
    truncate.run([context])
    assert context.event.tags == ["Critical", *(str(number) for number in range(12, 60)), "Internal"]
    assert len(context.event.tags) == 50


def test_data_is_not_cut() -> None:
    context = make_context(data={"mine": "x" * 5000})
    truncate.run([context])
    assert context.event.data == {"mine": "x" * 5000}
