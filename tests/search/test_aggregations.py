"""Aggregation expressions: what they become, and what is refused with which sentence."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from events.aggregations.parser import (
    Aggregation,
    AggregationError,
    DateHistogram,
    GeoGrid,
    Histogram,
    Interval,
    Metric,
    Operation,
    Percentiles,
    Terms,
    TopHits,
    parse_aggregations,
    parse_interval,
)
from events.aggregations.validation import validate_aggregations, walk
from events.search.errors import FilterValueError

DASHBOARD = "date:(date^-300m cardinality:stack sum:count~1) cardinality:stack terms:(first @include:true) sum:count~1"


def only(text: str) -> Aggregation:
    (found,) = parse_aggregations(text)
    return found


def test_the_dashboard_expression_is_read_in_order() -> None:
    found = parse_aggregations(DASHBOARD)
    assert [aggregation.key for aggregation in found] == ["date_date", "cardinality_stack", "terms_first", "sum_count"]
    assert [child.key for child in found[0].children] == ["cardinality_stack", "sum_count"]
    histogram, _, terms, total = found
    assert isinstance(histogram, DateHistogram)
    assert (histogram.interval, histogram.zone_text) == (None, "-300m")
    assert histogram.zone == timezone(timedelta(minutes=-300))
    assert isinstance(terms, Terms)
    assert (terms.size, terms.include) == (10, ("true",))
    assert isinstance(total, Metric)
    assert total.missing == "1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("avg:value", Metric(operation=Operation.AVERAGE, field="value")),
        ("avg:(value)", Metric(operation=Operation.AVERAGE, field="value", position=4)),
        ("min:value~", Metric(operation=Operation.MIN, field="value")),
        ("max:date^5h", Metric(operation=Operation.MAX, field="date", zone=timezone(timedelta(hours=5)))),
        ("cardinality:user~x^3", Metric(operation=Operation.CARDINALITY, field="user", missing="x")),
        ("percentiles:value~25,99.9", Percentiles(operation=Operation.PERCENTILES, field="value", percents=(25, 99.9))),
        (
            r"date:date~12h^-5\:30",
            DateHistogram(
                operation=Operation.DATE,
                field="date",
                interval=Interval(duration=timedelta(hours=12)),
                zone=timezone(timedelta(hours=-5.5)),
                zone_text="-5:30",
            ),
        ),
        ("terms:tags~5^2", Terms(operation=Operation.TERMS, field="tags", size=5, minimum_count=2)),
        (
            "terms:(tags @include:a @include:b @exclude:/x.*/ @missing:none @min:3)",
            Terms(
                operation=Operation.TERMS,
                field="tags",
                position=6,
                minimum_count=3,
                include=("a", "b"),
                exclude_pattern="x.*",
                missing="none",
            ),
        ),
        (
            "terms:(tags @exclude:(a b))",
            Terms(operation=Operation.TERMS, field="tags", position=6, exclude=("a", "b")),
        ),
        ("geogrid:geo~6", GeoGrid(operation=Operation.GEOGRID, field="geo", precision=6)),
        ("histogram:value~0.5", Histogram(operation=Operation.HISTOGRAM, field="value", interval=0.5)),
        ("tophits:_~3", TopHits(operation=Operation.TOP_HITS, field="_", size=3)),
    ],
)
def test_an_operation_becomes_a_typed_node(text: str, expected: Aggregation) -> None:
    assert only(text) == expected


def test_a_child_with_a_prefix_orders_the_terms_above_it() -> None:
    found = only("terms:(stack -cardinality:user +min:date sum:count)")
    assert [child.descending for child in found.children] == [True, False, None]


def test_top_hits_has_no_field_in_its_key() -> None:
    assert only("tophits:_").key == "tophits"


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("1d", Interval("d")),
        ("d", Interval("d")),
        ("day", Interval("d")),
        ("M", Interval("M")),
        ("months", Interval("M")),
        ("minute", Interval("m")),
        ("quarter", Interval("q")),
        ("12h", Interval(duration=timedelta(hours=12))),
        ("90s", Interval(duration=timedelta(seconds=90))),
    ],
)
def test_intervals_are_calendar_units_or_fixed(text: str, interval: Interval) -> None:
    assert parse_interval(text) == interval


@pytest.mark.parametrize("text", ["", "x", "0h", "-5m", "1fortnight", "5nanos"])
def test_other_texts_are_no_interval(text: str) -> None:
    with pytest.raises(FilterValueError):
        parse_interval(text)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("avg", "an operation and a field"),
        ("avg:", "no value after avg:"),
        ("(", "not closed"),
        ("foo:value", "an operation and a field"),
        ("NOT avg:value", "an operation and a field"),
        ("avg:>5", "the name of a field"),
        ("_exists_:value", "an operation and a field"),
        ("avg:(value min:date)", "cannot hold"),
        ("terms:(tags type)", "the name of one field"),
        ("terms:(@include:a)", "the name of one field"),
        ("terms:(tags @nonsense:a)", "not known"),
        ("terms:(tags @include:(a (b)))", "needs values"),
        ("terms:tags~0", "out of range"),
        ("terms:tags~10001", "out of range"),
        ("terms:tags~x", "not a whole number"),
        ("geogrid:geo~13", "out of range"),
        ("histogram:value~0", "more than 0"),
        ("percentiles:value~101", "between 0 and 100"),
        ("percentiles:value~a", "not a number"),
        ("date:date~1x", "not an interval"),
        ("date:date^nowhere", "not a time zone"),
    ],
)
def test_an_expression_that_means_nothing_is_invalid(text: str, detail: str) -> None:
    with pytest.raises(AggregationError, match=f"Invalid aggregation.*{detail}"):
        parse_aggregations(text)


def nested(depth: int) -> str:
    return "date:(date " * (depth - 1) + "sum:value" + ")" * (depth - 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, None),
        (" ", None),
        (DASHBOARD, None),
        (nested(6), None),
        (nested(7), "Aggregation max depth exceeded"),
        ("((((((avg:value))))))", "Aggregation max depth exceeded"),
        ("avg", "Invalid aggregation"),
        ("terms:message", "One or more aggregation fields are not allowed"),
        ("terms:tag", "One or more aggregation fields are not allowed"),
        ("terms:Type", "One or more aggregation fields are not allowed"),
        ("terms:data.@user.identity terms:data.@request.data.@os", None),
        (" ".join(f"{op}:value" for op in ("min", "max", "avg", "sum", "stats", "exstats")) + " min:count" * 9, None),
        (
            " ".join(f"{op}:{name}" for op in ("min", "max", "avg", "sum") for name in ("value", "count", "date")),
            "Aggregation count exceeded",
        ),
        ("cardinality:user cardinality:stack cardinality:type cardinality:user", None),
        (
            "cardinality:user cardinality:stack cardinality:type cardinality:os",
            "Cardinality aggregation count exceeded",
        ),
        ("terms:user terms:stack terms:type terms:os", "Terms aggregation count exceeded"),
    ],
)
def test_limits_have_the_sentences_of_the_wire(text: str | None, message: str | None) -> None:
    verdict = validate_aggregations(text)
    assert verdict.message == message
    assert verdict.is_valid == (message is None)


@pytest.mark.parametrize(
    ("text", "uses_premium"),
    [
        (None, False),
        (DASHBOARD, False),
        ("avg:value cardinality:user date:(date cardinality:user)", False),
        ("terms:tags", True),
        ("date:(date terms:tags)", True),
        ("cardinality:organization", True),
    ],
)
def test_some_fields_need_premium_features(text: str | None, uses_premium: bool) -> None:
    assert validate_aggregations(text).uses_premium is uses_premium


def test_walking_finds_every_operation() -> None:
    keys = [aggregation.key for aggregation in walk(parse_aggregations("date:(date terms:(tags min:value)) max:date"))]
    assert keys == ["date_date", "terms_tags", "min_value", "max_date"]


def test_zones_default_to_utc() -> None:
    histogram = only("date:date")
    assert isinstance(histogram, DateHistogram)
    assert (histogram.zone, histogram.zone_text) == (UTC, None)
