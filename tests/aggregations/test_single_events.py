"""What only the pass over single events answers: grids, patterns, percentages, documents; and its small parts."""

from __future__ import annotations

from typing import Any

import pytest

from events.aggregations.document_values import document_reader
from events.aggregations.geohash import geohash
from events.aggregations.key_filters import KeyFilter
from events.aggregations.limits import Budget
from events.aggregations.numbers import percentile, rounded, wire_number
from events.aggregations.parser import AggregationError
from events.documents import pack, parse_opening
from events.search.fields import EVENT_FIELDS, Field
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


def field(name: str) -> Field:
    found = EVENT_FIELDS.resolve(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("document", "names", "expected"),
    [
        ({"tags": ["a", "b", "a"], "data": {"tags": ["c"]}}, ["tags"], [["a", "b"]]),
        ({"type": "x", "data": {"tags": ["c"]}}, ["tags"], [[]]),
        ({"type": "x", "data": {"nested": {"data": {}}}, "tags": ["late"]}, ["tags"], [["late"]]),
        ({"message": '","data":{"', "tags": ["a"], "data": {}}, ["tags"], [["a"]]),
        ({"other": {"x": 1, "data": {}}, "tags": ["a"], "data": {}}, ["tags"], [["a"]]),
        ({"type": "x", "data": {}}, ["tags", "country"], [(), ()]),
        ({"tags": ["a"], "data": {"@location": {"country": "DE"}}}, ["tags", "country"], [["a"], ["DE"]]),
        ({"data": {"@user": {"Identity": "jane"}}}, ["user"], [["jane"]]),
        ({"data": {"@error": {"type": "A", "inner": {"type": "B"}}}}, ["error.type"], [["A", "B"]]),
        ({"data": {"@location": {"country": "x" * 257}}}, ["country"], [[]]),
        ({"data": {"@request": {"data": {"@is_bot": True}}}}, ["bot"], [[True]]),
    ],
)
def test_values_are_read_from_packed_documents(document: dict[str, Any], names: list[str], expected: Any) -> None:
    assert document_reader([field(name) for name in names])(pack(document)) == expected


def test_the_opening_of_a_document_is_what_stands_before_its_data() -> None:
    assert parse_opening(b'{"type":"log","tags":["a"],"data":{"x":1}}') == {"type": "log", "tags": ["a"]}
    assert parse_opening(b'{"type":"log"}') is None
    assert parse_opening(b'{"a":{"b":1,"data":{}},"data":{}}') is None
