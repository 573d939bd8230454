"""Validity, premium use, scope and sort expressions."""

from __future__ import annotations

import pytest

from events.search.errors import FilterSyntaxError
from events.search.fields import EVENT_FIELDS, STACK_FIELDS, Resource
from events.search.parser import parse_filter
from events.search.scope import FilterScope, find_scope
from events.search.sort import SortField, parse_sort, resolve_sort
from events.search.validation import validate_filter

EVENT, BOTH, STACK = Resource.EVENT, Resource.EVENT_STACK, Resource.STACK


@pytest.mark.parametrize(
    ("text", "free_for"),
    [
        (None, {EVENT, BOTH, STACK}),
        ("", {EVENT, BOTH, STACK}),
        ("date:>now-1d type:error", {EVENT, BOTH}),
        ("reference:1 reference_id:2 stack:3 stack_id:4", {EVENT, BOTH}),
        ("organization:1 organization_id:2 project:3 project_id:4 status:open", {EVENT, BOTH, STACK}),
        ("first_occurrence:>now-1d last:<now critical:true", {BOTH, STACK}),
        ("first:true", {BOTH, STACK}),
        ("status:(open OR regressed)", {EVENT, BOTH, STACK}),
        ("NOT _exists_:reference", {EVENT, BOTH}),
        ("created_utc:>now", set()),
        ("Type:error", set()),
        ("type:error word", set()),
        ("*", set()),
        ("data.age:1", set()),
        ("status:open (tags:x OR type:y)", set()),
        ("message:(type:error)", {EVENT, BOTH, STACK}),
        ("@!status:open", {EVENT, BOTH, STACK}),
        ("@!(status:open)", set()),
    ],
)
def test_only_some_names_are_free(text: str | None, free_for: set[Resource]) -> None:
    verdicts = {resource: validate_filter(text, resource) for resource in Resource}
    assert all(verdict.is_valid for verdict in verdicts.values())
    assert {resource for resource, verdict in verdicts.items() if not verdict.uses_premium} == free_for


def test_an_invalid_filter_says_what_is_wrong_where() -> None:
    verdict = validate_filter("a (b")
    assert (verdict.is_valid, verdict.tree, verdict.normalized, verdict.uses_premium) == (False, None, None, False)
    assert (verdict.message, verdict.position) == ("This parenthesis is not closed", 2)


def test_a_valid_filter_is_normalized_with_typed_names_and_operators() -> None:
    assert validate_filter("data.Age:1 (a b)").normalized == "idx.age-n:1 AND (a AND b)"
    assert validate_filter("data.Age:1", STACK).normalized == "data.Age:1"


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("organization:1", FilterScope(organization_id="1", is_named=True)),
        ("(a OR -project:1)", FilterScope(project_id="1", is_named=True)),
        ("NOT stack:1 b", FilterScope(stack_id="1", is_named=True)),
        ("stack:1 stack:1", FilterScope(stack_id="1", is_named=True)),
        ("project:1 project:2", FilterScope(is_named=True)),
        ("organization:1 stack:2", FilterScope()),
        ("Project:1", FilterScope()),
        ("project_id:1", FilterScope()),
        ("project:(1)", FilterScope()),
        ("project:>1", FilterScope()),
        ("a", FilterScope()),
    ],
)
def test_a_filter_names_a_scope_by_ids_of_one_kind(text: str, scope: FilterScope) -> None:
    assert find_scope(parse_filter(text)) == scope


def test_sort_expressions_name_fields_with_a_direction() -> None:
    assert parse_sort("-date +type  user.name") == [
        SortField("date", True),
        SortField("type", False),
        SortField("user.name", False),
    ]
    assert parse_sort(None) == parse_sort(" ") == []


@pytest.mark.parametrize("text", ["date:desc", "(date)", "NOT date", ">date", "(", "_exists_:date"])
def test_other_things_cannot_be_sorted_by(text: str) -> None:
    with pytest.raises(FilterSyntaxError):
        parse_sort(text)


def test_sort_names_resolve_like_filter_names_and_unknown_ones_have_no_effect() -> None:
    found = resolve_sort("-DATE unknown first date", EVENT_FIELDS)
    assert [(field.name, descending) for field, descending in found] == [("date", True), ("is_first_occurrence", False)]
    assert [field.name for field, _ in resolve_sort("last", STACK_FIELDS)] == ["last_occurrence"]
