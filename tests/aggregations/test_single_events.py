"""What only the pass over single events answers: grids, patterns, percentages, documents; and its small parts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from events.aggregations.geohash import geohash
from events.aggregations.key_filters import KeyFilter
from events.aggregations.limits import Budget
from events.aggregations.numbers import percentile, rounded, wire_number
from events.aggregations.parser import AggregationError, parse_aggregations
from events.aggregations.sources import source_of
from events.aggregations.validation import ALLOWED_NAMES
from events.search.document import searchable_values
from events.search.facets import FACETS, facets_text
from tests.aggregations.test_counting import count
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (57.64911, 10.40744, "u4pruydqqvj8"),
        (42.605, -5.603, "ezs42"),
        (-25.382708, -49.265506, "6gkzwgjzn820"),
        (0, 0, "s0000"),
        (90, 180, "zzzzz"),
        (-90, -180, "00000"),
    ],
)
def test_places_have_their_geohash(latitude: float, longitude: float, expected: str) -> None:
    assert geohash(latitude, longitude, len(expected)) == expected


def test_a_grid_says_where_the_events_of_a_cell_are(cast: Cast) -> None:
    stack = make_stack(cast.project)
    for latitude, longitude in ((57.6, 10.4), (57.8, 10.6), (40.0, -70.0)):
        make_event(stack, latitude=latitude, longitude=longitude)
    make_event(stack)
    found = count(cast.client(cast.owner), aggregations="geogrid:(geo~2 cardinality:stack) missing:geo")["aggregations"]
    first, second = found["geogrid_geo"]["items"]
    assert (first["key"], first["total"], first["data"]) == ("u4", 2, {"@type": "geohash"})
    assert first["aggregations"] == {
        "cardinality_stack": {"value": 1, "data": {"@type": "value"}},
        "avg_lat": {"value": 57.7, "data": {"@type": "value"}},
        "avg_lon": {"value": 10.5, "data": {"@type": "value"}},
    }
    assert (second["key"], second["total"]) == ("dr", 1)
    assert found["missing_geo"]["total"] == 1


def test_patterns_choose_terms(cast: Cast) -> None:
    for type_ in ("error", "log", "session", "sessionend"):
        make_event(make_stack(cast.project, type=type_))
    found = count(cast.client(cast.owner), aggregations=r"terms:(type @include:/s.*|l\.?og/ @exclude:/.*end/)")
    assert [item["key"] for item in found["aggregations"]["terms_type"]["items"]] == ["log", "session"]


@pytest.mark.parametrize(
    ("keys", "admitted"),
    [
        (KeyFilter(), {"a", "ab", "b"}),
        (KeyFilter(include=("a", "b")), {"a", "b"}),
        (KeyFilter(include_pattern="a.*"), {"a", "ab"}),
        (KeyFilter(include=("b",), include_pattern="ab"), {"ab", "b"}),
        (KeyFilter(exclude=("a",)), {"ab", "b"}),
        (KeyFilter(exclude_pattern="b|a"), {"ab"}),
        (KeyFilter(include=("a",), exclude=("a",)), set()),
    ],
)
def test_keys_are_included_and_excluded(keys: KeyFilter, admitted: set[str]) -> None:
    assert {key for key in ("a", "ab", "b") if keys.admits(key)} == admitted


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (100, 4), (50, 2.5), (25, 1.75), (33.333333333333336, 2)])
def test_percentiles_lie_on_the_line_between_values(percent: float, expected: float) -> None:
    assert percentile([1, 2, 3, 4], percent) == pytest.approx(expected)


def test_numbers_of_the_wire() -> None:
    assert [wire_number(value) for value in (None, 3, 3.0, 2.5, 1e300, float("inf"), float("nan"))] == [
        *(None, 3, 3, 2.5, 1e300),
        *(None, None),
    ]
    assert isinstance(wire_number(3.0), int)
    assert rounded(0.1 + 0.2) == 0.3


def test_memory_is_limited() -> None:
    budget = Budget(10)
    budget.take(10)
    with pytest.raises(AggregationError, match="too many different values"):
        budget.take(1)


# --- Documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"tags": ["a", "b", "a"], "data": {"tags": ["c"]}}, {"tag": ["a", "b"]}),
        ({"type": "x", "message": "Hello", "data": {"tags": ["c"], "plan": "free"}}, None),
        ({"tags": ["Ä"], "data": {"@location": {"country": "DE"}}}, {"tag": ["Ä"], "country": ["DE"]}),
        ({"data": {"@user": {"Identity": "jane"}}}, {"user": ["jane"]}),
        ({"data": {"@error": {"type": "A", "inner": {"type": "B"}}}}, {"error_type": ["A", "B"]}),
        ({"data": {"@location": {"country": "x" * 257}}}, None),
        ({"source": "x" * 256, "tags": []}, {"source": ["x" * 256]}),
        ({"tags": ["a\0b"]}, {"tag": ["ab"]}),
        ({"data": {"@request": {"data": {"@is_bot": True}}}}, {"bot": [True]}),
    ],
)
def test_facets_are_what_aggregations_count(document: dict[str, Any], expected: Any) -> None:
    text = facets_text(searchable_values(document))
    assert (text and json.loads(text)) == expected


def test_every_name_that_may_be_counted_is_a_column_or_a_facet() -> None:
    for name in ALLOWED_NAMES - {"status"}:
        source = source_of(parse_aggregations(f"missing:{name}")[0])
        assert source.columns or (source.field is not None and source.field.storage in FACETS), name
