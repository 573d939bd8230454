"""The tag of critical stacks."""

from __future__ import annotations

import pytest

from events.ingest.steps.mark_critical import mark_critical
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], ["Critical"]),
        (["a"], ["a", "Critical"]),
        (["Critical"], ["Critical"]),
        (["critical", "a"], ["critical", "a"]),
    ],
)
def test_the_tag_is_added_once(tags: list[str], expected: list[str]) -> None:
    context = make_context(tags=tags)
    mark_critical(context)
    assert context.event.tags == expected
