"""Custom data: types on saving, types in filters, and that both agree."""

from __future__ import annotations

from typing import Any

import pytest

from events.search.custom_fields import custom_fields, parse_custom_date, type_custom_names
from events.search.parser import parse_filter
from events.search.printer import print_filter


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"Age": 18}, {"age-n": 18.0}),
        ({"Paid": False}, {"paid-b": False}),
        ({"Paid": " TRUE "}, {"paid-b": True}),
        ({"Plan": "Pro"}, {"plan-s": "Pro"}),
        ({"Price": "1,234.5"}, {"price-n": 1234.5}),
        ({"Tiny": "1e-3"}, {"tiny-n": 0.001}),
        ({"Day": "2015-01-01"}, {"day-d": 1420070400000}),
        ({"Day": "2014-12-31T18:00:00-06:00"}, {"day-d": 1420070400000}),
        ({"Day": "01/01/2015 00:00:00"}, {"day-d": 1420070400000}),
        ({"Day": "Thu, 01 Jan 2015 00:00:00 GMT"}, {"day-d": 1420070400000}),
        ({"Year": "2015"}, {"year-n": 2015.0}),
        ({"Version": "1.2.3"}, {"version-s": "1.2.3"}),
        ({" Some-Key ": "x"}, {"some-key-s": "x"}),
        ({"@ref:Session": "abc"}, {"session-r": "abc"}),
        ({"@ref:Session": "x" * 257}, {}),
        ({"@ref:": "x", "@ref:a b": "x", "@user": "x", "": "x"}, {}),
        ({"a" * 25: "x"}, {"a" * 25 + "-s": "x"}),
        ({"a" * 26: "x", "a_b": "x", "a.b": "x", "First Name": "x"}, {}),
        ({"empty": "", "none": None, "list": [1], "object": {"a": 1}}, {}),
        ({"json": '{"a": 1}', "array": " [1] "}, {}),
        ({"long": "x" * 1000}, {}),
        ({"long": "x" * 999}, {"long-s": "x" * 999}),
        ({"nan": float("nan"), "huge": 10**400, "hugetext": "1e999"}, {"hugetext-s": "1e999"}),
    ],
)
def test_top_level_values_are_saved_under_typed_names(data: dict[str, Any], fields: dict[str, Any]) -> None:
    assert custom_fields(data) == fields


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("data.age:30", "idx.age-n:30"),
        ("data.age:-5", "-idx.age-n:5"),
        ('data.age:"-5"', 'idx.age-n:"-5"'),
        ("DATA.Age:>=1.5", "idx.age-n:>=1.5"),
        ("data.age:[* TO 10]", "idx.age-n:[* TO 10]"),
        ("data.paid:TRUE", "idx.paid-b:TRUE"),
        ("data.day:2015-01-01", "idx.day-d:2015-01-01"),
        ("data.day:[2012-01-01 TO *]", "idx.day-d:[2012-01-01 TO *]"),
        ("data.day:>now", "idx.day-d:>now"),
        ("data.day:[now/d-4d TO now/d]", "idx.day-d:[now/d-4d TO now/d]"),
        ("data.day:now-1d", "idx.day-s:now-1d"),
        ("data.field:(now other)", "idx.field-s:(now other)"),
        ("data.age:(>30 AND <=40)", "idx.age-n:(>30 AND <=40)"),
        ("data.age:((1 2) x)", "idx.age-s:((1 2) x)"),
        ("data.age:*", "idx.age-s:*"),
        ("_exists_:data.age", "_exists_:idx.age-s"),
        ("_missing_:data.sessionend", "_missing_:idx.sessionend-d"),
        ("data.haserror:true", "idx.haserror-b:true"),
        ("data.sessionend:x", "idx.sessionend-d:x"),
        ("ref.Session:Abc", "idx.session-r:Abc"),
        ("(a OR data.x:1) ref.y:2", "(a OR idx.x-n:1) idx.y-r:2"),
        ("data.@user.identity:a", "data.@user.identity:a"),
        ("data.@level:a", "data.@level:a"),
        ("data.a.b:1", "data.a.b:1"),
        ("data:1 ref:2 data.:3", "data:1 ref:2 data.:3"),
        ("message:1", "message:1"),
    ],
)
def test_names_in_filters_get_the_type_of_their_value(text: str, typed: str) -> None:
    assert print_filter(type_custom_names(parse_filter(text))) == typed


@pytest.mark.parametrize(
    "text", ["13/45/2015", "1/2/20155", "Thu, 99 Jan 2015 00:00:00 GMT", "2015", "x", "GMT", "1/2"]
)
def test_what_is_no_date_stays_text(text: str) -> None:
    assert parse_custom_date(text) is None
