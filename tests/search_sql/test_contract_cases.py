"""The official expectations, on the database and over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import Q
from django.urls import Resolver404, resolve
from rest_framework.test import APIClient

from accounts.models import Organization
from events.models import Stack
from events.search.compile_stacks import compile_stack_tree
from events.search.custom_fields import type_custom_names
from events.search.dates import TimeRange
from events.search.fields import EVENT_FIELDS
from events.search.nodes import Group, Operator
from events.search.parser import parse_filter
from events.search.plan import plan_filter
from events.search.split import inverted_stack_filter, split_filter, without_inversion_mark
from events.selectors import EventQuery, Scope
from exceptionless_site.core import json
from tests.events.test_reading import links
from tests.search.cases import Case, cases_by_fixture, fixture_names, search_cases
from tests.search_sql.conftest import Load
from tests.search_sql.wire_rows import moment

People = Callable[[str], APIClient]

LISTS = ("http_events", "http_stacks")


def texts_of(case: Case) -> Iterator[tuple[str, int]]:
    """The filter and its inverted form, each with the number of objects it should find."""
    text, count = case["filter"] or "", case["expected_count"]
    yield text, count
    inverted = case.get("expected_inverted_count")
    if inverted is not None:
        yield "@!" + text, inverted


# --- Filters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", fixture_names("event_filter"))
def test_event_filters_find_as_many_events_as_expected(name: str, load: Load, settings: Any) -> None:
    now = moment(load(name)["now"])
    settings.MAXIMUM_RETENTION_DAYS = 36_500
    Organization.objects.update(created_utc=moment("1970-01-02T00:00:00Z"), retention_days=0)
    scope = Scope(list(Organization.objects.all()))
    wrong = []
    for case in cases_by_fixture("event_filter")[name]:
        for text, expected in texts_of(case):
            found = event_query(text, case, scope, now).count()
            if found != expected:
                wrong.append(f"{case['id']} {text}: {found} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def event_query(text: str, case: Case, scope: Scope, now: Any) -> EventQuery:
    tree = type_custom_names(parse_filter(without_inversion_mark(text), Operator(case["default_operator"] or "AND")))
    parts = split_filter(tree) if case["enforce_stack_filter"] else None
    stacks = compile_stack_tree(parts.stack) if parts and parts.stack.items else None
    event = plan_filter(tree if parts is None else parts.event, EVENT_FIELDS, now=now)
    # The plain filters run on events alone, whose stacks the fixtures leave out.
    columns = Q() if parts is None else Q(stack_id__in=Stack.objects.values("pk"))
    return EventQuery(scope, TimeRange(end=now.replace(year=now.year + 1)), now, event, stacks, columns)


@pytest.mark.parametrize("name", fixture_names("stack_filter"))
def test_stack_filters_find_as_many_stacks_as_expected(name: str, load: Load) -> None:
    load(name)
    wrong = []
    for case in cases_by_fixture("stack_filter")[name]:
        for text, expected in texts_of(case):
            found = count_stacks(parse_filter(without_inversion_mark(text)), is_deleted=False)
            if found != expected:
                wrong.append(f"{case['id']} {text}: {found} instead of {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", fixture_names("stack_filter_split"))
def test_stack_parts_and_their_inversions_find_as_many_stacks_as_expected(name: str, load: Load) -> None:
    load(name)
    wrong = []
    for case in cases_by_fixture("stack_filter_split")[name]:
        living = {} if case.get("include_deleted", True) else {"is_deleted": False}
        part = split_filter(parse_filter(case["filter"] or "")).stack
        found = (count_stacks(part, **living), count_stacks(inverted_stack_filter(part), **living))
        if found != (case["expected_count"], case["expected_inverted_count"]):
            wrong.append(f"{case['id']} {case['filter']}: {found}")
    assert not wrong, "\n".join(wrong)


def count_stacks(tree: Group, **columns: Any) -> int:
    return Stack.objects.filter(compile_stack_tree(tree), **columns).count()


# --- Over HTTP ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", fixture_names(*LISTS))
def test_lists_answer_as_expected(name: str, load: Load, people: People) -> None:
    documents, wrong, missing = load(name), [], set()
    for case in cases_by_fixture(*LISTS)[name]:
        if not is_routed(case["path"]):
            missing.add(case["path"])
            continue
        for parameters in requests_of(case, documents):
            response = people(case.get("user") or "test_org_user").get(with_ids(case["path"], documents), parameters)
            problem = unexpected(case, response)
            if problem:
                wrong.append(f"{case['id']} {case['path']} {parameters}: {problem}")
    assert not wrong, "\n".join(wrong)
    if missing:
        pytest.skip(f"there is no route yet for {', '.join(sorted(missing))}")


def is_routed(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return "<" in path
    return True


_OF_THE_CASE = frozenset(
    {"id", "kind", "source", "fixture", "filter", "user", "path", "note", "mode", "modes", "query"}
)
_OF_THE_CASE |= {"default_operator", "enforce_stack_filter", "also_with_prefix"}


def requests_of(case: Case, documents: Any) -> Iterator[dict[str, Any]]:
    """The parameters of each request: whatever the case holds besides its own members and expectations."""
    fixed = {name: value for name, value in case.items() if name not in _OF_THE_CASE and value is not None}
    fixed = {name: value for name, value in fixed.items() if not name.startswith("expected")} | case.get("query", {})
    text = case["filter"]
    prefix = case.get("also_with_prefix")
    prefix = "@!" if prefix is True else prefix
    texts = [text, prefix + text] if prefix and text is not None else [text]
    for mode in case.get("modes") or [case.get("mode")]:
        for filter_text in texts:
            given = {"mode": mode, "filter": with_ids(filter_text, documents)}
            yield fixed | {name: value for name, value in given.items() if value is not None}


def with_ids(text: str | None, documents: Any) -> Any:
    if text is None:
        return None
    for name, rows in (("EVENT", documents["events"]), ("STACK", documents["stacks"])):
        for number, row in enumerate(rows):
            text = text.replace(f"<{name}_{number}_ID>", row["id"])
    return text


def unexpected(case: Case, response: Any) -> str | None:
    if response.status_code != case.get("expected_status", 200):
        return f"{response.status_code} {response.content!r}"
    body = json.loads(response.content)
    if case.get("expected_count") is not None and len(body) != case["expected_count"]:
        return f"{len(body)} instead of {case['expected_count']}"
    if case.get("expected_title") is not None and body["title"] != case["expected_title"]:
        return str(body["title"])
    return None


@pytest.mark.parametrize("name", fixture_names("http_paging"))
def test_pages_follow_each_other_as_expected(name: str, load: Load, people: People) -> None:
    load(name)
    for case in cases_by_fixture("http_paging")[name]:
        walk(people(case.get("user") or "test_org_user"), case)


def walk(client: APIClient, case: Case) -> None:
    pages: list[tuple[dict[str, str], Any]] = []
    for step in case["steps"]:
        address, parameters = case["path"], {"filter": case["filter"]} if case["filter"] else {}
        parameters |= case.get("query") or {}
        if step.get("use"):
            relation = {"after": "next", "before": "previous"}.get(step["use"].split()[0], step["use"].split()[0])
            address, parameters = pages[-1][0][relation], {}
        if step.get("include"):
            parameters["include"] = step["include"]
        pages.append(page(client, address, parameters, step))
        if step.get("same_event_as_step") is not None:
            assert pages[-1][1] == pages[step["same_event_as_step"]][1]


def page(client: APIClient, address: str, parameters: dict[str, str], step: Case) -> tuple[dict[str, str], Any]:
    response = client.get(address, parameters or None)
    body, found = json.loads(response.content), links(response)
    if step.get("items") is not None:
        assert len(body) == step["items"]
    if step.get("links") is not None:
        assert sorted(found) == sorted(step["links"])
    if step.get("result_count_header") is not None:
        assert response["X-Result-Count"] == str(step["result_count_header"])
    if step.get("before_equals_after_token"):
        tokens = {name: parse_qs(urlsplit(url).query) for name, url in found.items()}
        assert tokens["previous"]["before"] == tokens["next"]["after"]
    return found, body


def test_filters_are_validated_over_http(db: None, people: People) -> None:
    client, wrong = people("test_org_user"), []
    for case in search_cases("validate_filter"):
        if case["resource"] != "event" or not (case["filter"] or "").strip() or case["expected_valid"] is None:
            continue
        response = client.get("/api/v2/search/validate", {"query": case["filter"]})
        body = json.loads(response.content)
        premium = body["uses_premium_features"] if case.get("uses_premium") is None else case["uses_premium"]
        if (body["is_valid"], body["uses_premium_features"]) != (case["expected_valid"], premium):
            wrong.append(f"{case['id']} {case['filter']}: {body}")
    assert not wrong, "\n".join(wrong)


MALFORMED = ["(a", "a AND OR b", '"a', "path:/cart", "()", "a:b:c", "value:[1 TO 2", "AND a", "a AND NOT OR b"]


@pytest.mark.parametrize("address", ["/api/v2/events", "/api/v2/events/count", "/api/v2/stacks"])
def test_malformed_filters_are_a_400_that_says_what_and_where(db: None, people: People, address: str) -> None:
    client = people("test_org_user")
    for text in MALFORMED:
        response = client.get(address, {"filter": text})
        assert response.status_code == 400, text
        problem = json.loads(response.content)
        assert problem["title"].startswith("Invalid filter: ")
        assert "(character " in problem["errors"]["filter"][0]


@pytest.mark.parametrize(
    ("text", "position"),
    [("a AND OR b", 7), ("  (a", 3), ("@!a:b:c", 6), ("type:x value:abc", 8), ("first:x", 1), ("@!(a OR date:x)", 9)],
)
def test_the_position_counts_from_the_start_of_the_text(db: None, people: People, text: str, position: int) -> None:
    problem = json.loads(people("test_org_user").get("/api/v2/events", {"filter": text}).content)
    assert problem["status"] == 400
    assert problem["errors"]["filter"][0].endswith(f"(character {position})")


def test_an_operator_with_a_space_behind_it_is_none_at_the_end(db: None, people: People) -> None:
    for text, words in (("a AND ", 1), ("a AND", 2)):
        assert len(parse_filter(without_inversion_mark(text)).items) == words
