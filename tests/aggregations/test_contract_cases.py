"""The official expectations of counts and aggregations, over HTTP and on the database."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from accounts.models import Organization
from events.aggregations.answer import count_events, plan_for
from events.aggregations.parser import parse_aggregations
from events.aggregations.results import count_result
from events.search.dates import TimeRange
from events.selectors import EventQuery, Scope
from exceptionless_site.core import json
from exceptionless_site.core.dates import format_utc
from projects.models import Project
from tests.search.cases import Case, cases_by_fixture, fixture_names, search_cases
from tests.search_sql.conftest import Load, load, people
from tests.search_sql.random_events import NOW, ORGANIZATION, PROJECTS, STACKS, random_event
from tests.search_sql.test_contract_cases import People, requests_of
from tests.search_sql.wire_rows import moment, store_events, store_organizations, store_stacks

__all__ = ["load", "people"]


def items(result: Any, key: str) -> list[Any]:
    found: list[Any] = result["aggregations"][key]["items"]
    return found


def value(result: Any, name: str) -> Any:
    """The figure of a result that a case names in words."""
    if name == "total":
        return result["total"]
    if name == "number of aggregations":
        return len(result["aggregations"])
    if name.startswith("sum over date_date buckets of "):
        key = name.rpartition(" ")[2]
        return sum(bucket["aggregations"][key]["value"] for bucket in items(result, "date_date"))
    if name == "sum of date_date bucket totals":
        return sum(bucket["total"] for bucket in items(result, "date_date"))
    if name == "terms_first first bucket total (0 when no bucket)":
        return next((bucket["total"] for bucket in items(result, "terms_first")), 0)
    return result["aggregations"][name]["value"]


@pytest.mark.parametrize("name", fixture_names("http_count"))
def test_counts_answer_as_expected(name: str, load: Load, people: People) -> None:
    documents = load(name)
    wrong = [
        f"{case['id']} {parameters}: {problem}"
        for case in cases_by_fixture("http_count")[name]
        for parameters in parameters_of(case, documents)
        if (problem := unexpected(case, people(case["user"]).get(case["path"], parameters)))
    ]
    assert not wrong, "\n".join(wrong)


def parameters_of(case: Case, documents: Any) -> list[dict[str, Any]]:
    given = {name: case[name] for name in ("aggregations", "mode") if case.get(name) is not None}
    return [{**request, **given} for request in requests_of(case, documents)]


def unexpected(case: Case, response: Any) -> str | None:
    if response.status_code != case["expected_status"]:
        return f"{response.status_code} {response.content!r}"
    body = json.loads(response.content)
    if case.get("expected_title") is not None:
        return None if body["title"] == case["expected_title"] else str(body["title"])
    expected = case.get("expected") or {}
    found = {name: value(body, name) for name in expected}
    return None if found == expected else f"{found} instead of {expected}"


@pytest.mark.parametrize("name", fixture_names("aggregate"))
def test_figures_are_as_expected(name: str, load: Load) -> None:
    now = moment(load(name)["now"])
    for case in cases_by_fixture("aggregate")[name]:
        organization = Organization.objects.get(projects__pk=case["project"])
        Organization.objects.update(created_utc=moment("2000-01-01T00:00:00Z"))
        project = Project.objects.get(pk=case["project"])
        query = EventQuery(Scope([organization], project=project), TimeRange(end=now.replace(year=now.year + 1)), now)
        found = result_of(query, case["aggregations"])
        assert {name: value(found, name) for name in case["expected"]} == case["expected"], case["id"]


def result_of(query: EventQuery, text: str) -> Any:
    planned = plan_for(query, parse_aggregations(text))
    return count_result(count_events(query, planned, 60), planned, lambda keys: [])


class TestProperties:
    """The official suite checks these on random events of its own; the note of the cases tells how they are made."""

    NUMBER = 100

    @pytest.fixture
    def events(self, db: None, time_machine: Any) -> list[dict[str, Any]]:
        time_machine.move_to(NOW, tick=False)
        r = random.Random(7)
        documents = [random_event(r, number) for number in range(self.NUMBER)]
        seen: set[str] = set()
        for document in documents:
            document["is_first_occurrence"] = document["stack_id"] not in seen
            seen.add(document["stack_id"])
            document["tags"] = r.sample([f"Tag{number}" for number in range(1, 6)], r.randrange(1, 4))
            document["data"].pop("@version", None)
        owner = {"id": ORGANIZATION, "name": "Acme", "has_premium_features": True, "projects": PROJECTS}
        store_organizations([owner], NOW.replace(year=2025))
        store_stacks(stack_of(number) for number in range(len(STACKS)))
        store_events(documents)
        return documents

    def result(self, text: str) -> Any:
        return result_of(EventQuery(Scope([Organization.objects.get()]), TimeRange(), NOW), text)

    def test_every_case_is_answered(self, events: list[Any]) -> None:
        for case in search_cases("aggregate_property"):
            found = self.result(case["aggregations"].replace("<STACKS>", str(len(STACKS))))
            assert found["total"] == case["expected"]["total"] == self.NUMBER, case["id"]

    def test_distinct_stacks_and_ids(self, events: list[Any]) -> None:
        found = self.result("cardinality:stack_id cardinality:id")
        assert found["total"] == value(found, "cardinality_id") == self.NUMBER
        assert value(found, "cardinality_stack_id") == len({event["stack_id"] for event in events})

    def test_the_days_hold_every_event_once(self, events: list[Any]) -> None:
        found = self.result("date:(date cardinality:id) cardinality:id")
        assert value(found, "sum of date_date bucket totals") == value(found, "cardinality_id") == self.NUMBER
        assert value(found, "sum over date_date buckets of cardinality_id") == self.NUMBER
        assert {len(bucket["aggregations"]) for bucket in items(found, "date_date")} == {1}

    def test_no_version_makes_no_bucket(self, events: list[Any]) -> None:
        found = self.result("terms:version")
        assert (found["total"], items(found, "terms_version")) == (self.NUMBER, [])

    @pytest.mark.parametrize("size", ["", "~3"])
    def test_stacks_with_the_first_occurrence_in_each(self, events: list[Any], size: str) -> None:
        found = self.result(f"terms:(stack_id{size} terms:(is_first_occurrence~{len(STACKS)} @include:true))")
        others = found["aggregations"]["terms_stack_id"]["data"].get("SumOtherDocCount", 0)
        buckets = items(found, "terms_stack_id")
        assert sum(bucket["total"] for bucket in buckets) + others == found["total"] == self.NUMBER
        assert (others > 0) == (size == "~3")
        assert {items(bucket, "terms_is_first_occurrence")[0]["total"] for bucket in buckets} == {1}

    def test_the_first_and_last_date_of_each_stack(self, events: list[Any]) -> None:
        found = items(self.result(f"terms:(stack_id~{len(STACKS)} min:date max:date)"), "terms_stack_id")
        totals = Counter(event["stack_id"] for event in events)
        assert found[0]["total"] == max(totals.values())
        for bucket in found:
            dates = [moment(event["date"]) for event in events if event["stack_id"] == bucket["key"]]
            for key, date in (("min_date", min(dates)), ("max_date", max(dates))):
                floored = date.replace(microsecond=date.microsecond // 1000 * 1000)
                assert bucket["aggregations"][key]["value"] == format_utc(floored)


def stack_of(number: int) -> dict[str, Any]:
    return {
        "id": STACKS[number],
        "organization_id": ORGANIZATION,
        "project_id": PROJECTS[number % 2],
        "type": "log",
        "signature_hash": f"{number:040x}",
        "title": "A stack",
        "first_occurrence": NOW.isoformat(),
        "last_occurrence": NOW.isoformat(),
    }
