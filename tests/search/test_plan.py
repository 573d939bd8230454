"""What filters mean: the conditions that terms, ranges and operators become."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from events.search.conditions import (
    And,
    AnyToken,
    Between,
    Condition,
    Equals,
    Everything,
    Not,
    Nothing,
    Or,
    Phrase,
    Present,
    StartsWith,
    Token,
    TokenPattern,
    WithinBox,
    WithinDistance,
)
from events.search.custom_fields import type_custom_names
from events.search.errors import FilterValueError
from events.search.fields import EVENT_FIELDS, Field
from events.search.parser import parse_filter
from events.search.plan import plan_filter
from tests.search.matcher import matches

NOW = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)
DAY = datetime(2014, 12, 9, tzinfo=UTC)
END_OF_DAY = datetime(2014, 12, 9, 23, 59, 59, 999000, tzinfo=UTC)


def plan(text: str) -> Condition:
    return plan_filter(type_custom_names(parse_filter(text)), EVENT_FIELDS, now=NOW)


def field(name: str) -> Field:
    found = EVENT_FIELDS.resolve(name)
    assert found is not None
    return found


def any_token(name: str, *tokens: str, prefix: bool = False) -> AnyToken:
    """The last token is the prefix."""
    last = len(tokens) - 1
    return AnyToken(field(name), tuple(Token(text, prefix and at == last) for at, text in enumerate(tokens)))


A, B = Equals(field("id"), "a"), Equals(field("id"), "b")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", Everything()),
        ("*", Everything()),
        ("NOT *", Nothing()),
        ("id:a", A),
        ("id:a id:b", And((A, B))),
        ("id:a OR id:b", Or((A, B))),
        ("id:(a OR b)", Or((A, B))),
        ("id:a AND -id:b", And((A, Not(B)))),
        ("NOT (id:a OR id:b)", Not(Or((A, B)))),
        ("NOT -(id:a)", Not(A)),
        ("NOT (NOT id:a)", A),
        ("+(id:a OR id:b)", And((A, B))),
        ("id:a AND id:b OR id:a AND id:b", And((A, Or((B, And((A, B))))))),
        ("unknown:x", Nothing()),
        ("NOT unknown:x", Everything()),
        ("_missing_:unknown", Everything()),
        ("_exists_:unknown", Nothing()),
        ("unknown:[1 TO 2] OR id:a", A),
        ("_exists_:value", Present(field("value"))),
        ("_missing_:value", Not(Present(field("value")))),
        ("value:*", Present(field("value"))),
        ("value:[* TO *]", Present(field("value"))),
        ("id:A*", StartsWith(field("id"), "A")),
        ("id:*a?b", Equals(field("id"), "*a?b")),
        ('id:"a*"', Equals(field("id"), "a*")),
        ("message:foo-bar", any_token("message", "foo", "bar")),
        ('message:"Foo bar"', Phrase(field("message"), ("foo", "bar"))),
        ('message:"foo"', any_token("message", "foo")),
        ('message:"..."', Nothing()),
        ("message:foo-ba*", any_token("message", "foo", "ba", prefix=True)),
        ("message:/foo/", any_token("message", "foo")),
        ("source:a,B", any_token("source", "a", "b")),
        (r"source:some\\/web*", any_token("source", "some/web", prefix=True)),
        ("source:so*me*", TokenPattern(field("source"), "so*me*")),
        ("message:-*", Not(Present(field("message")))),
        ("tag:Blake*", any_token("tag", "blake", prefix=True)),
        ('tag:"Blake Smith"', any_token("tag", "blake smith")),
        ("user:Te", any_token("user", "te", prefix=True)),
        ("user:t", Nothing()),
        (f"user:{'x' * 51}", Nothing()),
        ('user:"a b"', Nothing()),
        ("version:1.2", any_token("version", "00001.00002")),
        ("first:True", Equals(field("first"), True)),
        ("value:1.50", Equals(field("value"), 1.5)),
        ("data.plan:Pro", Equals(field("idx.plan-s"), "Pro")),
        ("data.age:5", Equals(field("idx.age-n"), 5.0)),
        ("value:>0", Between(field("value"), 0.0, None, False, False)),
        ("value:{1 TO 2]", Between(field("value"), 1.0, 2.0, False, True)),
        ("id:[a TO B]", Between(field("id"), "a", "B")),
        ("type:[A TO b]", Between(field("type"), "a", "b")),
        ("date:2014-12-09", Between(field("date"), DAY, END_OF_DAY)),
        ("date:>2014-12-09", Between(field("date"), END_OF_DAY, None, False, False)),
        ("date:<=2014-12-09", Between(field("date"), None, END_OF_DAY, False, True)),
        ("date:[2014-12-09 TO 2014-12-09]", Between(field("date"), DAY, END_OF_DAY)),
        ("date:{2014-12-09 TO 2014-12-09}", Between(field("date"), END_OF_DAY, DAY, False, False)),
        ("date:>=2014-12-09^-300m", Between(field("date"), DAY.replace(hour=5), None, True, False)),
        (
            r"date:>=2014-12-09^+5\:30",
            Between(field("date"), DAY.replace(day=8, hour=18, minute=30), None, True, False),
        ),
        ("data.day:>=12/09/2014", Between(field("idx.day-d"), DAY, None, True, False)),
        ('geo:"40,-70"', WithinDistance(field("geo"), 40, -70, 16093.44)),
        ('geo:"40,-70"~75km', WithinDistance(field("geo"), 40, -70, 75000)),
        ("geo:[40,-70..30,-60]", WithinBox(field("geo"), 30, -70, 40, -60)),
    ],
)
def test_a_filter_becomes_conditions(text: str, condition: Condition) -> None:
    assert plan(text) == condition


def test_all_ranges_of_a_field_group_count() -> None:
    value = field("value")
    low, middle, high = (
        Between(value, 1.0, None, False, False),
        Between(value, None, 9.0, False, False),
        Between(value, None, 5.0, False, False),
    )
    assert plan("value:(>1 AND <9 AND <5)") == And((low, middle, high))


def test_a_bare_term_is_asked_of_all_default_fields() -> None:
    condition = plan("NullReferenceException")
    assert isinstance(condition, Or)
    assert {part.field.name for part in condition.parts} == {found.name for found in EVENT_FIELDS.default_fields}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("value:abc", "abc is not a number"),
        ("value:1*", "is not a number"),
        ("count:[1 TO x]", "x is not a number"),
        ("first:maybe", "true or false"),
        ("first:[a TO b]", "has no ranges"),
        ("date:yesterday", "is not a date"),
        ("date:[now TO x]", "x is not a date"),
        ("date:>now^nowhere", "is not a time zone"),
        ("message:*foo*", "cannot start with a wildcard"),
        (">5", "needs a field"),
        ("geo:75044~75mi", "is not a place"),
        ('geo:"1,2"~far', "is not a distance"),
        ("geo:>1", "two corners"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_that_says_so(text: str, message: str) -> None:
    with pytest.raises(FilterValueError, match=message):
        plan(text)


EVENT: dict[str, Any] = {
    "id": "1",
    "source": "GET /Print",
    "message": "Row not found or changed.",
    "tags": ["Blake Niemyjski"],
    "date": "2014-12-09T17:28:44.9669999+00:00",
    "value": 5,
    "data": {
        "@user": {"identity": "test@exceptionless.com"},
        "@version": "3.2.1-beta1",
        "@error": {"code": "-1", "data": {"@target": {"Method": "System.Web.Get(Int32 x)"}}},
        "Plan": "Pro",
    },
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('source:"get /print"', True),
        ('source:"/print get"', False),
        ("source:/Print/", True),
        ('message:"not found"', True),
        ('message:"found not"', False),
        ("message:chan*", True),
        ("tag:niemyjski", False),
        ('tag:"blake niemyjski"', True),
        ("user:exceptionless", True),
        ("user:exceptionless.com", True),
        ("user:test@exc", True),
        ('user:".com"', False),
        ("user.email:com", False),
        ("version:3.2", True),
        ("version:3.2.1", True),
        ("version:3.2.1.0", False),
        ('error.code:"-1"', True),
        ("error.targetmethod:System.Web", True),
        ("error.targetmethod:Get", True),
        ("error.targetmethod:system.web.get", True),
        ('date:"2014-12-09T17:28:44.966"', True),
        ("date:2014-12-09T17", True),
        ("date:2014-12-08", False),
        ("value:(>0 AND <=5)", True),
        ("value:(>0 AND <5)", False),
        ("data.plan:Pro", True),
        ("data.plan:pro", False),
        ("changed blake", False),
        ("exceptionless", True),
    ],
)
def test_documents_match_what_the_rules_say(text: str, found: bool) -> None:
    assert matches(plan(text), EVENT) is found
