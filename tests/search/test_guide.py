"""What the search guide shows can be asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.aggregations.validation import validate_aggregations
from events.search import guide
from events.search.dates import parse_time
from events.search.durations import parse_duration
from events.search.fields import EVENT_FIELDS, STACK_FIELDS, FieldTable, Resource
from events.search.nodes import leaves
from events.search.plan import plan_filter
from events.search.sort import resolve_sort
from events.search.split import split_filter
from events.search.validation import validate_filter

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "shown"), [(EVENT_FIELDS, guide.event_fields()), (STACK_FIELDS, guide.stack_fields())]
)
def test_every_field_is_shown_with_all_its_names_and_an_example_of_its_own(
    table: FieldTable, shown: list[guide.FieldHelp]
) -> None:
    for field, row in zip(table.fields, shown, strict=True):
        assert {row.name, *row.others} == set(field.names)
        verdict = validate_filter(row.example, Resource.STACK)
        assert verdict.tree is not None
        assert {table.resolve(name or "") for _, name in leaves(verdict.tree)} == {field}
        plan_filter(verdict.tree, table, now=NOW)


@pytest.mark.parametrize("example", [*guide.FILTERS, *guide.DATES])
def test_filters_can_be_asked(example: guide.Example) -> None:
    tree = validate_filter(example.text).tree
    assert tree is not None
    plan_filter(split_filter(tree).event, EVENT_FIELDS, now=NOW)


@pytest.mark.parametrize("text", guide.TIMES)
def test_times_are_understood(text: str) -> None:
    found = parse_time(text, now=NOW)
    assert found.start is not None


def test_offsets_sorts_and_aggregations_are_understood() -> None:
    assert all(parse_duration(example.text) for example in guide.OFFSETS)
    assert all(resolve_sort(text, EVENT_FIELDS) or resolve_sort(text, STACK_FIELDS) for text, _ in guide.SORTS)
    verdicts = [validate_aggregations(example.text) for example in guide.AGGREGATIONS]
    assert all(verdict.is_valid for verdict in verdicts), verdicts
