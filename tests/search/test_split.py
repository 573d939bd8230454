"""The event part and the stack part of a filter, tidied, and the inverted stack part."""

from __future__ import annotations

import pytest

from events.search.fields import STACK_FIELDS
from events.search.parser import parse_filter
from events.search.printer import print_filter
from events.search.split import inverted_stack_filter, split_filter, with_fixed_as_date, without_inversion_mark
from events.search.transform import tidy
from tests.search.matcher import matching

STATUSES = ("open", "regressed", "fixed", "ignored")
STACKS = [
    {"id": f"{project}{status}", "project_id": project, "status": status, "type": "log"}
    for project in "ab"
    for status in STATUSES
]


@pytest.mark.parametrize(
    ("text", "event", "stack"),
    [
        ("", "", ""),
        ("blah", "blah", ""),
        ("tag:x", "tag:x", "tag:x"),
        ("stack:1 STACK_ID:2", "stack:1 STACK_ID:2", "id:1 id:2"),
        ("status:open OR message:x", "message:x", "status:open"),
        ("status:(open OR regressed)", "", ""),
        ("tag:(a OR b)", "tag:(a OR b)", ""),
        ("occurrences:(>5 AND <10)", "", ""),
        ("first:true first_occurrence:>now-1d", "first:true", "first_occurrence:>now-1d"),
        ("_exists_:date_fixed _exists_:message", "_exists_:message", "_exists_:date_fixed"),
        ("fixed:false", "", "NOT status:fixed"),
        ("NOT is_fixed:false", "", "status:fixed"),
        ("-regressed:true", "", "NOT status:regressed"),
        ("hidden:TRUE", "", "NOT (status:open OR status:regressed)"),
        ("NOT hidden:true", "", "(status:open OR status:regressed)"),
        ("fixed:maybe", "", "fixed:maybe"),
        ("a AND status:open b", "a AND b", "status:open"),
        ("status:open AND a OR type:x AND b", "a OR type:x AND b", "status:open AND type:x"),
        ("a OR status:open AND b", "a OR b", "status:open"),
        ("(a (status:open))", "a", "status:open"),
        ("NOT (status:open)", "", "NOT status:open"),
    ],
)
def test_a_filter_is_cut_into_an_event_and_a_stack_part(text: str, event: str, stack: str) -> None:
    parts = split_filter(parse_filter(text))
    assert (print_filter(parts.event), print_filter(parts.stack)) == (event, stack)


@pytest.mark.parametrize(
    ("stack", "inverted"),
    [
        ("status:open", "NOT status:open"),
        ("-status:open", "status:open"),
        ("NOT (status:open OR type:log)", "(status:open OR type:log)"),
        ("status:open OR type:log", "NOT (status:open OR type:log)"),
        ("project_id:a", "project_id:a"),
        ("project_id:a AND status:open AND type:log", "project_id:a AND NOT (status:open AND type:log)"),
        ("status:open project_id:a type:log", "NOT (status:open type:log) project_id:a"),
        ("(project_id:a OR project_id:b) status:open", "(project_id:a OR project_id:b) NOT status:open"),
        ("project_id:a OR status:open", "NOT (project_id:a OR status:open)"),
        ("(project_id:a -status:open)", "(project_id:a status:open)"),
        ("NOT (project_id:a status:open)", "(project_id:a status:open)"),
    ],
)
def test_an_inverted_stack_part_keeps_its_organizations_and_projects(stack: str, inverted: str) -> None:
    tree = parse_filter(stack)
    assert print_filter(inverted_stack_filter(tree)) == inverted
    chosen, others = (
        {item["id"] for item in matching(part, STACK_FIELDS, STACKS)} for part in (tree, inverted_stack_filter(tree))
    )
    assert stack == inverted or not chosen & others


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("((a)) (b)", "a b"),
        ("(a (b c))", "(a (b c))"),
        ("-(a)", "-a"),
        ("NOT (NOT a)", "NOT (NOT a)"),
        ("(a)^2", "(a)^2"),
        ("f:((a))", "f:(a)"),
        ("((a AND b OR c))", "(a AND b OR c)"),
        ("NOT ((a OR b))", "NOT (a OR b)"),
    ],
)
def test_tidying_removes_only_what_means_nothing(text: str, tidied: str) -> None:
    assert print_filter(tidy(parse_filter(text))) == tidied


def test_the_inversion_mark_is_taken_off() -> None:
    assert without_inversion_mark(" @!status:open") == "   status:open"
    assert without_inversion_mark("status:open") == "status:open"


def test_fixed_on_stacks_asks_for_a_date() -> None:
    tree = with_fixed_as_date(parse_filter("fixed:true (NOT fixed:false) fixed:x is_fixed:true"))
    assert print_filter(tree) == "_exists_:date_fixed (NOT _missing_:date_fixed) fixed:x is_fixed:true"
