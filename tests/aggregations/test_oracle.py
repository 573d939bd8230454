"""Any aggregation over random events: what SQL says and what the pass over single events says is the obvious answer."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accounts.models import Organization
from events.aggregations.answer import count_events, plan_for
from events.aggregations.limits import TOO_LARGE
from events.aggregations.parser import AggregationError, parse_aggregations
from events.aggregations.results import count_result
from events.aggregations.sql.grouping import is_grouped_by_sql
from events.aggregations.sql.scanning import count_by_scan
from events.search.dates import TimeRange
from events.selectors import EventQuery, Scope
from exceptionless_site.core.time_keys import SEQUENCE_BITS
from tests.aggregations.oracle import MULTIPLE, NUMERIC, TEXTS, TRUTHS, Oracle, difference
from tests.aggregations.test_contract_cases import stack_of
from tests.search_sql.random_events import NOW, ORGANIZATION, PROJECTS, STACKS, random_event
from tests.search_sql.wire_rows import moment, store_events, store_organizations, store_stacks

SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
NUMBERS = (0, 1, -1, 5, 5.5, -2.25, 40, 3600, 0.1)
"""Smaller than those of filters, because sums of very large and very small numbers have no obvious answer."""
EVENTS = 120
START = NOW - timedelta(days=12)

fields = st.sampled_from
numbers = fields(NUMERIC)
anything = fields((*TEXTS, *MULTIPLE, *TRUTHS, *NUMERIC))
metrics = st.one_of(
    st.builds("{}:{}".format, fields(["min", "max", "avg", "sum", "stats", "exstats"]), numbers),
    st.builds("{}:{}~{}".format, fields(["min", "max", "avg", "sum", "stats"]), numbers, fields([1, 2, 0])),
    st.builds("{}:date".format, fields(["min", "max"])),
    st.builds("cardinality:{}".format, anything),
    st.builds("cardinality:{}~none".format, fields(["type", "level", "version", "machine"])),
    st.builds("missing:{}".format, anything),
    st.builds("percentiles:{}{}".format, numbers, fields(["", "~50", "~0,33.3,100"])),
    st.builds("tophits:date~{}".format, fields([1, 3])),
)
ordering = st.builds(
    "{}{}".format, fields("-+"), fields(["cardinality:user", "sum:count~1", "min:date", "max:value", "missing:value"])
)
dates = st.builds(
    "date{}{}".format,
    fields(["~d", "~1w", "~M", "~12h", "~90m", "~h", "~q", "~y", "~7h"]),
    fields(["", "^-300m", "^5h", r"^+05\:30", "^Europe/Berlin", "^America/New_York", "^0m"]),
)
grouped = st.one_of(
    st.builds("terms:({}{}".format, anything, fields(["", "~2", "~3^4", "~100"])),
    st.builds("terms:({} @missing:none @min:2".format, fields(["type", "level", "machine"])),
    st.builds("terms:({} {}".format, fields(TRUTHS), fields(["@include:true", "@exclude:true"])),
    st.builds("terms:(type @include:log {}".format, fields(["", "@include:error", "@exclude:log"])),
    st.builds("histogram:({}~{}".format, numbers, fields([1, 5])),
)


def nested(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inside = st.lists(children, max_size=3, unique_by=key_of).map(" ".join)
    ordered = st.tuples(fields(["stack~3", "type", "tags~2", "version"]), ordering, inside)
    return st.one_of(
        st.builds("{} {})".format, grouped, inside),
        st.builds("date:({} {})".format, dates, inside),
        ordered.map(lambda parts: f"terms:({parts[0]} {parts[1]} {without(parts[1], parts[2])})"),
    )


def key_of(text: str) -> str:
    return parse_aggregations(text)[0].key


def without(ordering_text: str, inside: str) -> str:
    """The children but that which orders already."""
    return "" if any(node.key == key_of(ordering_text) for node in parse_aggregations(inside)) else inside


expressions = st.lists(st.recursive(metrics, nested, max_leaves=5), min_size=1, max_size=3, unique_by=key_of).map(
    " ".join
)


class World:
    """Random events, in memory and in the database."""

    def __init__(self) -> None:
        r = random.Random(11)
        self.documents = [random_event(r, number) for number in range(EVENTS)]
        for document in self.documents:
            if document.get("value") is not None:
                document["value"] = r.choice(NUMBERS)
        owner = {"id": ORGANIZATION, "name": "Acme", "has_premium_features": True, "projects": PROJECTS}
        store_organizations([owner], NOW.replace(year=2025))
        store_stacks(stack_of(number) for number in range(len(STACKS)))
        store_events(self.documents)
        self.query = EventQuery(Scope([Organization.objects.get()]), TimeRange(START, NOW), NOW)

    def expected(self, text: str) -> Any:
        inside = [document for document in self.documents if START <= moment(document["date"]) <= NOW]
        return Oracle(inside, START, NOW).result(parse_aggregations(text))

    def found(self, text: str, *, by_scan: bool) -> Any:
        planned = plan_for(self.query, parse_aggregations(text))
        counted = count_by_scan(self.query, planned, 60) if by_scan else count_events(self.query, planned, 60)
        return count_result(counted, planned, lambda keys: [key >> SEQUENCE_BITS for key in keys])  # type: ignore[misc]


@pytest.fixture
def world(db: None, time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return World()


@given(text=expressions)
@SETTINGS
def test_any_aggregation_has_the_obvious_answer(world: World, text: str) -> None:
    try:
        found = {by_scan: world.found(text, by_scan=by_scan) for by_scan in (False, True)}
    except AggregationError as error:
        # Histograms in each other soon make too many buckets.
        assume(error.message != TOO_LARGE)
        raise
    expected = world.expected(text)
    for by_scan, result in found.items():
        problem = difference(result, expected)
        assert problem is None, f"{text} {'by scan' if by_scan else ''}: {problem}"


columns = fields(["stack", "project", "type", "level", "version", "first"])
sql_metrics = st.one_of(
    st.builds("{}:{}{}".format, fields(["min", "max", "avg", "sum", "stats"]), numbers, fields(["", "~1"])),
    st.builds("{}:{}".format, fields(["cardinality", "missing"]), columns),
    st.just("cardinality:user"),
    st.builds("{}:date".format, fields(["min", "max"])),
)
sql_expressions = st.recursive(
    sql_metrics,
    lambda children: st.one_of(
        st.builds(
            "terms:({}{} {})".format,
            columns,
            fields(["", "~2", "~3^2"]),
            st.lists(children, max_size=3, unique_by=key_of).map(" ".join),
        ),
        st.builds("date:({} {})".format, dates, st.lists(children, max_size=3, unique_by=key_of).map(" ".join)),
    ),
    max_leaves=6,
)


@given(text=sql_expressions)
@SETTINGS
def test_sql_alone_has_the_obvious_answer(world: World, text: str) -> None:
    assert all(map(is_grouped_by_sql, plan_for(world.query, parse_aggregations(text))))
    try:
        found = world.found(text, by_scan=False)
    except AggregationError as error:
        assume(error.message != TOO_LARGE)
        raise
    problem = difference(found, world.expected(text))
    assert problem is None, f"{text}: {problem}"


@pytest.mark.parametrize(
    "narrow",
    [
        lambda query: dataclasses.replace(query, time=TimeRange(NOW, START)),
        lambda query: dataclasses.replace(query, scope=Scope([])),
    ],
)
def test_no_events_have_the_answer_of_nothing(world: World, narrow: Callable[[EventQuery], EventQuery]) -> None:
    world.query = narrow(world.query)
    text = "terms:(stack sum:count) cardinality:user avg:value stats:value missing:type percentiles:value~50 terms:tags"
    expected = Oracle([], NOW, NOW).result(parse_aggregations(text))
    assert difference(world.found(text, by_scan=False), expected) is None
    assert difference(world.found(text, by_scan=True), expected) is None
