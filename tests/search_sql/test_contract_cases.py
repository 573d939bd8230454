"""The official expectations, on the database and over HTTP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
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
from tests.search.cases import Case, search_cases
from tests.search_sql.conftest import Load
from tests.search_sql.wire_rows import moment

People = Callable[[str], APIClient]


def by_fixture(kind: str) -> dict[str, list[Case]]:
    """The cases of a kind, so that the documents of many are stored once."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    for case in search_cases(kind):
        found[case["fixture"]].append(case)
    return dict(found)


def fixture_names(kind: str) -> list[Any]:
    try:
        return sorted(by_fixture(kind))
    except pytest.skip.Exception:
        return [pytest.param("", marks=pytest.mark.skip("the contract folder is not here"))]


def texts_of(case: Case) -> Iterator[str]:
    yield case["filter"]
    if case.get("expected_inverted_count") is not None or case.get("also_with_prefix"):
        yield "@!" + case["filter"]


# --- Filters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", fixture_names("event_filter"))
def test_event_filters_find_as_many_events_as_expected(name: str, load: Load, settings: Any) -> None:
    now = moment(load(name)["now"])
    settings.MAXIMUM_RETENTION_DAYS = 36_500
    Organization.objects.update(created_utc=moment("2000-01-01T00:00:00Z"))
    scope = Scope(list(Organization.objects.all()))
    wrong = []
    for case in by_fixture("event_filter")[name]:
        for text in texts_of(case):
            found = event_query(text, case, scope, now).events().count()
            if found != case["expected_count"]:
                wrong.append(f"{case['id']} {text}: {found} instead of {case['expected_count']}")
    assert not wrong, "\n".join(wrong)


def event_query(text: str, case: Case, scope: Scope, now: Any) -> EventQuery:
    tree = type_custom_names(parse_filter(without_inversion_mark(text), Operator(case["default_operator"])))
    parts = split_filter(tree) if case["enforce_stack_filter"] else None
    stacks = compile_stack_tree(parts.stack) if parts and parts.stack.items else None
    event = plan_filter(tree if parts is None else parts.event, EVENT_FIELDS, now=now)
    return EventQuery(scope, TimeRange(end=now.replace(year=now.year + 1)), now, event, stacks)


@pytest.mark.parametrize("name", fixture_names("stack_filter"))
def test_stack_filters_find_as_many_stacks_as_expected(name: str, load: Load) -> None:
    load(name)
    wrong = []
    for case in by_fixture("stack_filter")[name]:
        found = count_stacks(parse_filter(case["filter"]), is_deleted=False)
        if found != case["expected_count"]:
            wrong.append(f"{case['id']} {case['filter']}: {found} instead of {case['expected_count']}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", fixture_names("stack_filter_split"))
def test_stack_parts_and_their_inversions_find_as_many_stacks_as_expected(name: str, load: Load) -> None:
    load(name)
    wrong = []
    for case in by_fixture("stack_filter_split")[name]:
        part = split_filter(parse_filter(case["filter"])).stack
        found = (count_stacks(part), count_stacks(inverted_stack_filter(part)))
        if found != (case["expected_count"], case["expected_inverted_count"]):
            wrong.append(f"{case['id']} {case['filter']}: {found}")
    assert not wrong, "\n".join(wrong)


def count_stacks(tree: Group, **columns: Any) -> int:
    return Stack.objects.filter(compile_stack_tree(tree), **columns).count()


# --- Over HTTP ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["http_events", "http_stacks"])
@pytest.mark.parametrize("name", sorted({*fixture_names("http_events"), *fixture_names("http_stacks")}, key=str))
def test_lists_answer_as_expected(kind: str, name: str, load: Load, people: People) -> None:
    cases = by_fixture(kind).get(name)
    if not cases:
        pytest.skip("this kind does not use the fixture")
    documents, wrong, missing = load(name), [], set()
    for case in cases:
        if not is_routed(case["path"]):
            missing.add(case["path"])
            continue
        for parameters in requests_of(case, documents):
            response = people(case["user"]).get(case["path"], parameters)
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
        return False
    return True


def requests_of(case: Case, documents: Any) -> Iterator[dict[str, Any]]:
    names = ("time", "offset", "limit")
    fixed = {name: case[name] for name in names if case.get(name) is not None}
    text = with_ids(case.get("filter"), documents)
    texts = [None] if text is None else [text, *(["@!" + text] if case.get("also_with_prefix") else [])]
    for mode in case.get("modes") or [None]:
        for filter_text in texts:
            given = {"mode": mode, "filter": filter_text}
            yield fixed | {name: value for name, value in given.items() if value is not None}


def with_ids(text: str | None, documents: Any) -> str | None:
    if text is None:
        return None
    for name, rows in (("EVENT", documents["events"]), ("STACK", documents["stacks"])):
        for number, row in enumerate(rows):
            text = text.replace(f"<{name}_{number}_ID>", row["id"])
    return text


def unexpected(case: Case, response: Any) -> str | None:
    if response.status_code != case["expected_status"]:
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
    for case in by_fixture("http_paging")[name]:
        walk(people(case["user"]), case)


def walk(client: APIClient, case: Case) -> None:
    pages: list[tuple[dict[str, str], Any]] = []
    for step in case["steps"]:
        address, parameters = case["path"], dict(case["query"])
        if "use" in step:
            relation = {"after": "next", "before": "previous"}[step["use"].split()[0]]
            address, parameters = pages[-1][0][relation], {}
        if "include" in step:
            parameters["include"] = step["include"]
        pages.append(page(client, address, parameters, step))
        if "same_event_as_step" in step:
            assert pages[-1][1] == pages[step["same_event_as_step"]][1]


def page(client: APIClient, address: str, parameters: dict[str, str], step: Case) -> tuple[dict[str, str], Any]:
    response = client.get(address, parameters or None)
    body, found = json.loads(response.content), links(response)
    assert len(body) == step["items"]
    assert sorted(found) == sorted(step["links"])
    if "result_count_header" in step:
        assert response["X-Result-Count"] == str(step["result_count_header"])
    if step.get("before_equals_after_token"):
        tokens = {name: parse_qs(urlsplit(url).query) for name, url in found.items()}
        assert tokens["previous"]["before"] == tokens["next"]["after"]
    return found, body
