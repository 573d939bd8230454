"""Rollups in the place of events: the answers are the same, and no event is read."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from events.aggregations.answer import count_events, plan_for
from events.aggregations.limits import TOO_LARGE
from events.aggregations.parser import AggregationError, parse_aggregations
from events.aggregations.results import count_result
from events.aggregations.sql.grouping import count_by_sql
from events.aggregations.sql.rows import event_rows
from events.aggregations.sql.sums import is_summed
from events.search.dates import TimeRange
from events.selectors import EventQuery, Scope
from tests.conftest import Cast
from tests.events.stack_rows import make_stack
from tests.rollups.rows import NOW, store_random_events

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
START = NOW - timedelta(days=2)
DASHBOARD = "cardinality:stack terms:(first @include:true) sum:count~1"

one_of = st.sampled_from
metrics = one_of(
    [
        *("cardinality:stack", "cardinality:project", "cardinality:type~none", "missing:type", "min:date", "max:date"),
        *("sum:count~1", "avg:count~1", "terms:first", "terms:(first @include:true)", "terms:(first @exclude:true)"),
    ]
)
ordering = one_of(["", "-sum:count~1", "+min:date", "-max:date", "-cardinality:stack", "+avg:count~1"])
grouped = st.one_of(
    st.builds("terms:({}{} {}".format, one_of(["stack", "type", "project"]), one_of(["", "~2", "~3^4"]), ordering),
    one_of(["terms:(type @include:log", "terms:(type @exclude:log"]),
    st.builds("date:(date{}{}".format, one_of(["~h", "~1d", "~12h", "~w"]), one_of(["", "^-300m", "^5h"])),
)
others = one_of(["cardinality:user", "date:(date~h^30m sum:count~1)", "sum:count", "date:(date~90m)"])


def key_of(text: str) -> str:
    return parse_aggregations(text)[0].key


def nested(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{} {})".format, grouped, st.lists(children, max_size=2, unique_by=key_of).map(" ".join))


tree = st.recursive(metrics, nested, max_leaves=4)
cuts = one_of([0, 1, 1_799_999, 1_800_000, 1_800_001, 3_000_000])
windows = st.tuples(
    st.builds("{}:{}".format, st.integers(0, 23), cuts), st.builds("{}:{}".format, st.integers(24, 47), cuts)
)
"""Hours after the first event, and milliseconds after the hour."""


class World:
    def __init__(self, cast: Cast) -> None:
        r = random.Random(5)
        self.stacks = [make_stack(cast.project, status=status) for status in ("open", "fixed", "open")]
        self.stacks.append(make_stack(cast.project, is_deleted=True))
        store_random_events(r, self.stacks, 150)
        self.query = EventQuery(Scope([cast.organization]), TimeRange(START, NOW), NOW)


@pytest.fixture
def world(cast: Cast) -> Iterator[World]:
    for owner in (cast.organization, cast.project):
        owner.created_utc = NOW - timedelta(days=100)
        owner.save(update_fields=["created_utc"])
    # The retention hides what is older than some days.
    with time_machine.travel(NOW, tick=False):
        yield World(cast)


def by_rollups(query: EventQuery, text: str) -> Any:
    planned = plan_for(query, parse_aggregations(text))
    return count_result(count_events(query, planned, 60), planned, lambda keys: [])


def by_events(query: EventQuery, text: str) -> Any:
    planned = plan_for(query, parse_aggregations(text))
    return count_result(count_by_sql(event_rows(query, planned), planned), planned, lambda keys: [])


@given(text=tree, window=windows, stacks=one_of([None, Q(status="open"), Q(status="fixed")]))
@SETTINGS
def test_rollups_give_the_same_json_as_the_events(
    world: World, text: str, window: tuple[str, str], stacks: Q | None
) -> None:
    time = TimeRange(_moment(window[0]), _moment(window[1]))
    query = dataclasses.replace(world.query, time=time, stacks=stacks)
    assume(_is_orderly(text))
    try:
        assert all(map(is_summed, plan_for(query, parse_aggregations(text))))
        assert by_rollups(query, text) == by_events(query, text)
    except AggregationError as error:
        assume(error.message != TOO_LARGE)
        raise


def _moment(text: str) -> datetime:
    hours, milliseconds = map(int, text.split(":"))
    return START + timedelta(hours=hours, milliseconds=milliseconds)


def _is_orderly(text: str) -> bool:
    """No two results of one group have the same name."""
    nodes = list(parse_aggregations(text))
    while nodes:
        node = nodes.pop()
        if len({child.key for child in node.children}) < len(node.children):
            return False
        nodes += node.children
    return True


@given(text=metrics, other=others)
@SETTINGS
def test_what_rollups_do_not_know_stands_beside_what_they_know(world: World, text: str, other: str) -> None:
    assume(key_of(text) != key_of(other))
    assert not any(map(is_summed, plan_for(world.query, parse_aggregations(other))))
    both = f"{text} {other}"
    assert by_rollups(world.query, both) == by_events(world.query, both)


@pytest.mark.parametrize("text", [f"date:(date~1h {DASHBOARD}) {DASHBOARD}", "min:date max:date", ""])
def test_dashboards_of_whole_hours_read_no_event(world: World, text: str) -> None:
    hour = NOW.replace(minute=0)
    query = dataclasses.replace(world.query, time=TimeRange(START.replace(minute=0), hour - timedelta(milliseconds=1)))
    with CaptureQueriesContext(
        connection,
    ) as statements:
        found = by_rollups(query, text)
    assert found["total"] > 50
    assert not [statement["sql"] for statement in statements if "events_event" in statement["sql"]]
    assert any("events_rollup" in statement["sql"] for statement in statements)


def test_buckets_that_cut_hours_are_made_of_events(world: World) -> None:
    (planned,) = plan_for(world.query, parse_aggregations("date:(date~90m)"))
    assert not is_summed(planned)
    (planned,) = plan_for(world.query, parse_aggregations("date:(date~3h^-30m)"))
    assert not is_summed(planned)
    (planned,) = plan_for(world.query, parse_aggregations("date:(date~3h^-60m)"))
    assert is_summed(planned)
