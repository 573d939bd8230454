"""Every official expectation that needs no database, one test per kind, all failures of a kind shown together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from events.aggregations.validation import validate_aggregations
from events.search.custom_fields import custom_fields, type_custom_names
from events.search.dates import TimeRange, parse_offset, parse_time
from events.search.durations import parse_duration
from events.search.errors import FilterSyntaxError
from events.search.fields import EVENT_FIELDS, STACK_FIELDS, Resource
from events.search.nodes import Group, Node, Operator, Term
from events.search.parser import parse_filter
from events.search.printer import print_filter
from events.search.scope import find_scope
from events.search.split import inverted_stack_filter, split_filter, with_fixed_as_date, without_inversion_mark
from events.search.transform import tidy
from events.search.validation import validate_filter
from tests.search.cases import Case, fixture, kinds, read_file, search_cases
from tests.search.matcher import Document, matching

Outcome = tuple[Any, Any]


def check(cases: list[Case], run: Callable[[Case], Outcome]) -> None:
    """`run` gives (what came out, what is expected) of a case."""
    if not cases:
        pytest.skip("no such cases in this folder")
    outcomes = [(case, *run(case)) for case in cases]
    wrong = [f"{case}\n  got {got}\n  not {wanted}" for case, got, wanted in outcomes if got != wanted]
    assert not wrong, "\n".join(wrong)


def normalized(text: str, operator: Operator | None = None) -> str | None:
    try:
        return print_filter(parse_filter(text, operator or Operator.AND), operator)
    except FilterSyntaxError:
        return None


def nested(node: Node) -> str:
    if isinstance(node, Term):
        return node.value
    assert isinstance(node, Group)
    if len(node.items) == 1:
        return nested(node.items[0])
    return "(" + f" {node.operator} ".join(nested(item) for item in node.items) + ")"


def test_texts_of_the_grammar_print_as_expected_or_are_refused() -> None:
    def run(case: Case) -> Outcome:
        operator = Operator(case["default_operator"]) if case.get("default_operator") else None
        printed = normalized(case["filter"], operator)
        if "expected_normalized" not in case:
            return printed is not None, case["expected_valid"]
        return printed, case["expected_normalized"]

    check(grammar_cases("parse"), run)


def grammar_cases(table: str) -> list[Case]:
    cases: list[Case] = read_file("grammar_cases.json").get(table, [])
    return cases


def test_needless_parentheses_are_tidied_away() -> None:
    check(
        grammar_cases("cleanup"),
        lambda case: (print_filter(tidy(parse_filter(case["filter"] or ""))), case["expected_cleaned"]),
    )


def test_operators_have_no_precedence() -> None:
    check(
        grammar_cases("precedence"),
        lambda case: (nested(parse_filter(case["filter"] or "")), case["expected_tree"]),
    )


def time_tables() -> dict[str, Any]:
    file: dict[str, Any] = read_file("time_cases.json")
    return file


def time_cases(expectation: str) -> list[Case]:
    """The cases of all tables that state this expectation."""
    tables = [table for table in time_tables().values() if isinstance(table, list)]
    return [case for table in tables for case in table if expectation in case]


def moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def test_time_texts_give_the_expected_ranges() -> None:
    def run(case: Case) -> Outcome:
        now, offset = moment(case.get("now") or time_tables()["now"]), parse_offset(case.get("offset"))
        assert now is not None
        local = parse_time(case["input"], now=now - offset, offset=offset)
        shown = TimeRange(local.start and local.start + offset, local.end and local.end + offset)
        expected = case["expected"] or {}
        return shown, TimeRange(moment(expected.get("start")), moment(expected.get("end")))

    check(time_cases("expected"), run)


def test_offsets_are_understood_or_not() -> None:
    check(
        time_cases("expected_valid"),
        lambda case: (parse_duration(case["input"]) is not None, case["expected_valid"]),
    )


def test_event_filters_split_into_an_event_and_a_stack_part() -> None:
    def run(case: Case) -> Outcome:
        parts = split_filter(parse_filter(case["filter"] or ""))
        trees = (parts.stack, inverted_stack_filter(parts.stack), parts.event)
        names = ("expected_stack_filter", "expected_inverted_stack_filter", "expected_event_filter")
        return tuple(map(print_filter, trees)), tuple(case[name] for name in names)

    check(search_cases("filter_split"), run)


def test_filters_are_validated() -> None:
    def run(case: Case) -> Outcome:
        verdict = validate_filter(case["filter"], Resource(case["resource"]))
        if case["expected_valid"] is None:
            # Judged by the web client only; the grammar of the server refuses it.
            return verdict.is_valid, False
        expected = case.get("expected_normalized") or verdict.normalized
        premium = case.get("uses_premium")
        return (
            (verdict.is_valid, verdict.uses_premium, verdict.normalized),
            (case["expected_valid"], verdict.uses_premium if premium is None else premium, expected),
        )

    check(search_cases("validate_filter"), run)


def test_aggregations_are_validated() -> None:
    def run(case: Case) -> Outcome:
        verdict = validate_aggregations(case["aggregations"])
        premium = verdict.uses_premium if verdict.is_valid else None
        return (verdict.is_valid, premium), (case["expected_valid"], case["uses_premium"])

    check(search_cases("validate_aggregations"), run)


def test_custom_data_gets_typed_names() -> None:
    check(search_cases("idx"), lambda case: (sorted(custom_fields(case["data"])), sorted(case["expected_idx_keys"])))


def test_malformed_filters_are_refused() -> None:
    check(search_cases("parse"), lambda case: (normalized(case["filter"]), None))


def test_filters_that_name_a_scope_are_recognized() -> None:
    check(
        search_cases("scope"),
        lambda case: (find_scope(parse_filter(case["filter"] or "")).is_named, case["expected_has_scope"]),
    )


def test_event_filters_match_as_many_events_as_expected() -> None:
    def run(case: Case) -> Outcome:
        documents = fixture(case["fixture"])
        text = case["filter"] or ""
        counts = [count_events(text, case, documents)]
        wanted = [case["expected_count"]]
        if case.get("expected_inverted_count") is not None:
            counts.append(count_events("@!" + text, case, documents))
            wanted.append(case["expected_inverted_count"])
        return counts, wanted

    check(search_cases("event_filter"), run)


def count_events(text: str, case: Case, documents: Any) -> int:
    operator = Operator(case["default_operator"] or "AND")
    tree = type_custom_names(parse_filter(without_inversion_mark(text), operator))
    if not case["enforce_stack_filter"]:
        return len(matching(tree, EVENT_FIELDS, documents["events"]))
    parts = split_filter(tree)
    stacks = {stack["id"] for stack in live_stacks(parts.stack, documents)}
    return sum(event["stack_id"] in stacks for event in matching(parts.event, EVENT_FIELDS, documents["events"]))


def live_stacks(tree: Group, documents: Any) -> list[Document]:
    stacks = [stack for stack in documents["stacks"] if not stack.get("is_deleted")]
    return matching(tree, STACK_FIELDS, stacks)


def test_stack_filters_match_as_many_stacks_as_expected() -> None:
    def run(case: Case) -> Outcome:
        tree = with_fixed_as_date(parse_filter(case["filter"] or ""))
        return len(live_stacks(tree, fixture(case["fixture"]))), case["expected_count"]

    check(search_cases("stack_filter"), run)


def test_stack_parts_and_their_inversions_share_no_stack() -> None:
    def run(case: Case) -> Outcome:
        stack_part = split_filter(parse_filter(case["filter"] or "")).stack
        stacks = fixture(case["fixture"])["stacks"]
        chosen = [stack["id"] for stack in matching(stack_part, STACK_FIELDS, stacks)]
        others = [stack["id"] for stack in matching(inverted_stack_filter(stack_part), STACK_FIELDS, stacks)]
        shared = len(set(chosen) & set(others))
        return (len(chosen), len(others), shared), (case["expected_count"], case["expected_inverted_count"], 0)

    check(search_cases("stack_filter_split"), run)


RUN_HERE = {"filter_split", "validate_filter", "validate_aggregations", "idx", "parse", "scope"}
RUN_ON_DATA = {"event_filter", "stack_filter", "stack_filter_split", "http_events", "http_stacks", "http_paging"}
RUN_WITH_AGGREGATIONS = {"http_count", "aggregate", "aggregate_property"}


def test_every_kind_of_case_has_a_test() -> None:
    unknown = kinds() - RUN_HERE - RUN_ON_DATA - RUN_WITH_AGGREGATIONS
    assert not unknown, f"nothing runs the cases of {', '.join(sorted(unknown))}"
