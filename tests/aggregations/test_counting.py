"""Counts with aggregations over HTTP: the three addresses, who may, what is refused, and the strings of the web UI."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import Organization
from accounts.plans import FREE, UNLIMITED
from exceptionless_site.core import json
from tests.conftest import Cast
from tests.events.conftest import post, work
from tests.events.stack_rows import make_event, make_stack, minutes_ago

__all__ = ["post", "work"]

STACKS = "date:(date^{} cardinality:stack sum:count~1) cardinality:stack terms:(first @include:true) sum:count~1"
SESSIONS = "avg:value cardinality:user date:(date^{} cardinality:user)"
STACK = "date:(date^{} cardinality:user sum:count~1) min:date max:date cardinality:user sum:count~1"
ADDRESSES = (
    "/api/v2/events/count",
    "/api/v2/organizations/{organization}/events/count",
    "/api/v2/projects/{project}/events/count",
)


@pytest.fixture
def reader(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def addresses(cast: Cast) -> list[str]:
    names = {"organization": cast.organization.pk, "project": cast.project.pk}
    return [address.format(**names) for address in ADDRESSES]


def count(client: APIClient, address: str = ADDRESSES[0], **parameters: str) -> Any:
    response = client.get(address, parameters)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def refusal(client: APIClient, address: str = ADDRESSES[0], **parameters: str) -> Any:
    response = client.get(address, parameters)
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    return json.loads(response.content)


@pytest.fixture
def events(cast: Cast) -> None:
    """Two stacks: an old one with three events of two users, and a new one with its first."""
    for owner in (cast.organization, cast.project):
        owner.created_utc = minutes_ago(60 * 24 * 90)
        owner.save()
    old = make_stack(cast.project, first_occurrence=minutes_ago(60 * 24 * 2), last_occurrence=minutes_ago(1))
    new = make_stack(cast.project, status="regressed")
    make_event(old, 90, user="jane", count=5, value=1.5)
    make_event(old, 30, user="joe", value=2.5)
    make_event(old, 5, user="jane")
    make_event(new, 1, is_first_occurrence=True)


@pytest.mark.parametrize("zone", ["", "60m", "-300m"])
def test_the_web_ui_draws_its_charts(events: None, reader: APIClient, addresses: list[str], zone: str) -> None:
    for address in addresses:
        stacks = count(reader, address, aggregations=STACKS.format(zone).replace("^ ", " "), time="[now-7d TO now]")
        found = stacks["aggregations"]
        assert stacks["total"] == 4
        assert found["sum_count"]["value"] == 8
        assert found["cardinality_stack"]["value"] == 2
        assert found["terms_first"]["items"] == [
            {"key": 1, "key_as_string": "true", "total": 1, "aggregations": {}, "data": {"@type": "long"}}
        ]
        buckets = found["date_date"]["items"]
        assert 84 <= len(buckets) <= 86, "seven days in buckets of two hours"
        assert sum(bucket["aggregations"]["sum_count"]["value"] for bucket in buckets) == 8
        assert {b["key"] - a["key"] for a, b in pairwise(buckets)} == {2 * 3_600_000}


def test_the_other_strings_of_the_web_ui(events: None, reader: APIClient) -> None:
    sessions = count(reader, aggregations=SESSIONS.format("60m"), time="all")["aggregations"]
    assert (sessions["avg_value"]["value"], sessions["cardinality_user"]["value"]) == (2, 2)
    stack = count(reader, aggregations=STACK.format("60m"), time="last week")["aggregations"]
    assert stack["min_date"]["data"] == {"@type": "dvalue"}
    assert stack["min_date"]["value"] < stack["max_date"]["value"]
    assert stack["min_date"]["value"].endswith("Z")


def test_tags_are_counted_from_the_documents(post: Callable[..., None], reader: APIClient) -> None:
    post(*({"message": "x", "tags": tags, "data": {"tags": ["nested"]}} for tags in (["a", "B"], ["a"], [])))
    post({"message": "x", "data": {"tags": ["only nested"]}})
    found = count(reader, aggregations="terms:tags")["aggregations"]["terms_tags"]
    assert [(item["key"], item["total"]) for item in found["items"]] == [("a", 2), ("B", 1)]
    assert (found["data"], found["total"]) == ({"@type": "bucket"}, 0)


def test_members_without_a_value_are_left_out(reader: APIClient) -> None:
    found = count(reader, aggregations="avg:value sum:value min:date stats:value")
    assert found == {
        "total": 0,
        "aggregations": {
            "avg_value": {"data": {"@type": "value"}},
            "sum_value": {"value": 0, "data": {"@type": "value"}},
            "min_date": {"data": {"@type": "dvalue"}},
            "stats_value": {"count": 0, "sum": 0, "data": {"@type": "stats"}},
        },
        "data": {},
    }


def test_only_new_stacks_in_the_mode_of_new_stacks(events: None, reader: APIClient) -> None:
    parameters = {"time": "[now-1d TO now]", "aggregations": "cardinality:stack"}
    assert count(reader, **parameters)["total"] == 4
    found = count(reader, mode="stack_new", **parameters)
    assert (found["total"], found["aggregations"]["cardinality_stack"]["value"]) == (1, 1)


def test_filter_and_time_apply_to_the_aggregations(events: None, reader: APIClient) -> None:
    found = count(reader, filter="value:>2", aggregations="cardinality:user")
    assert (found["total"], found["aggregations"]["cardinality_user"]["value"]) == (1, 1)
    found = count(reader, time="[now-10m TO now]", aggregations="date:(date~1m) cardinality:user")
    assert found["total"] == sum(item["total"] for item in found["aggregations"]["date_date"]["items"]) == 2


def test_the_status_of_stacks_can_be_counted(events: None, reader: APIClient) -> None:
    items = count(reader, aggregations="terms:(status cardinality:user)")["aggregations"]["terms_status"]["items"]
    assert [(item["key"], item["total"]) for item in items] == [("open", 3), ("regressed", 1)]


def test_newest_events_are_shown_whole(events: None, reader: APIClient) -> None:
    found = count(reader, aggregations="tophits:date~2 terms:(type tophits:date~1)")["aggregations"]
    newest = json.loads(reader.get("/api/v2/events", {"limit": "2"}).content)
    assert found["tophits"]["hits"] == newest
    assert (found["tophits"]["total"], found["tophits"]["data"]) == (4, {"@type": "tophits"})
    assert found["terms_type"]["items"][0]["aggregations"]["tophits"]["hits"] == newest[:1]


# --- Who may ------------------------------------------------------------------------------------


def test_who_may_count(cast: Cast, events: None, addresses: list[str]) -> None:
    for address in addresses:
        for who in (cast.owner, cast.mate, cast.user_key):
            assert count(cast.client(who), address, aggregations="cardinality:user")["total"] == 4
        assert cast.client(cast.key).get(address, {"aggregations": "cardinality:user"}).status_code == 403
        assert cast.client(None).get(address, {"aggregations": "cardinality:user"}).status_code == 401


def test_a_stranger_counts_nothing_of_it(cast: Cast, events: None, addresses: list[str]) -> None:
    stranger = cast.client(cast.stranger)
    for address in addresses[1:]:
        assert stranger.get(address, {"aggregations": "terms:type"}).status_code == 404
    for filter_text in ("", f"project:{cast.project.pk}", f"organization:{cast.organization.pk}"):
        found = count(stranger, filter=filter_text, aggregations="terms:type tophits:date cardinality:user terms:tags")
        assert found["total"] == 0
        assert found["aggregations"]["terms_type"]["items"] == found["aggregations"]["tophits"]["hits"] == []


def test_premium_fields_need_a_plan_that_has_them(cast: Cast, events: None, addresses: list[str]) -> None:
    cast.organization.apply_plan(FREE)
    cast.organization.save()
    reader = cast.client(cast.owner)
    for address in addresses:
        response = reader.get(address, {"aggregations": "terms:tags"})
        assert response.status_code == 426
        assert json.loads(response.content)["title"].startswith("Please upgrade your plan")
        assert count(reader, address, aggregations=STACKS.format("60m"))["total"] == 4
    cast.organization.apply_plan(UNLIMITED)
    cast.organization.save()
    assert count(reader, aggregations="terms:tags")["total"] == 4


def test_a_suspended_organization_is_not_counted(cast: Cast, events: None, addresses: list[str]) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
    reader = cast.client(cast.owner)
    assert count(reader, addresses[0], aggregations="terms:type")["total"] == 0
    for address in addresses[1:]:
        assert reader.get(address, {"aggregations": "terms:type"}).status_code == 426


# --- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "detail"),
    [
        ("avg", "Invalid aggregation", "an operation and a field"),
        ("avg:(", "Invalid aggregation", ""),
        ("terms:message", "One or more aggregation fields are not allowed", "message"),
        ("avg:type", "Invalid aggregation", "a field of numbers"),
        ("terms:geo", "Invalid aggregation", "geo is not"),
        ("geogrid:value", "Invalid aggregation", "the field geo"),
        ("date:value", "Invalid aggregation", "a date"),
        ("sum:count~x", "Invalid aggregation", "not a number"),
        ("terms:(first @include:maybe)", "Invalid aggregation", "neither true nor false"),
        ("terms:(tags @include:/(/)", "Invalid aggregation", "not a pattern"),
        ("terms:(type -date:date)", "Invalid aggregation", "ordered by date"),
        ("tophits:date~1001", "Invalid aggregation", "at most 1000"),
        ("histogram:value~0.0000001", "Invalid aggregation", "at least"),
        ("date:date~s", "The aggregation is too large", "buckets"),
        ("terms:(type~100 date:(date~1m))", "The aggregation is too large", "buckets"),
        ("cardinality:type cardinality:user cardinality:stack cardinality:value", "Cardinality aggregation", ""),
        (" ".join(f"{name}:value" for name in ("avg", "sum")) + " date:(date " * 6 + "min:value" + ")" * 6, "", ""),
    ],
)
def test_what_cannot_be_answered_is_a_400_that_says_why(
    events: None, reader: APIClient, text: str, title: str, detail: str
) -> None:
    body = refusal(reader, aggregations=text, time="[now-60d TO now]")
    assert body["title"].startswith(title)
    assert detail in body["errors"]["aggregations"][0]


def test_too_many_values_are_refused(events: None, reader: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.aggregations.limits.Budget.__init__.__defaults__", (100,))
    assert "too many different values" in refusal(reader, aggregations="terms:source~2 cardinality:machine~x")["detail"]


def test_a_pass_over_events_that_takes_too_long_is_refused(events: None, reader: APIClient, settings: Any) -> None:
    settings.SEARCH_TIMEOUT_SECONDS = 0.000_001
    assert "took longer" in refusal(reader, aggregations="terms:tags")["title"]


pieces = st.sampled_from(
    (
        *("date:", "terms:", "avg:", "sum:", "cardinality:", "percentiles:", "geogrid:", "histogram:", "tophits:"),
        *("missing:", "stats:", "exstats:", "min:", "max:", "(", ")", "(", ")", " ", " ", "~", "^", "-", "+", ":", "@"),
        *("date", "value", "count", "first", "geo", "tags", "type", "user", "stack", "status", "os", "bot", "version"),
        *("1", "0", "1d", "M", "50", "1e308", "-5", "0.1", "Europe/Berlin", "-300m", "5nanos", "99999999999d", "now"),
        *(
            "@include:",
            "@exclude:",
            "@missing:",
            "@min:",
            "true",
            "/a.*/",
            "/(/",
            '"',
            "\\",
            "\0",
            "数",
            "x" * 300,
            ",",
        ),
    )
)
operations = ("min", "max", "avg", "sum", "cardinality", "stats", "exstats", "missing", "percentiles")
common = st.builds(
    "{}:({}{}{}{})".format,
    st.sampled_from((*operations, "date", "terms", "histogram")),
    st.sampled_from(["date", "value", "count", "first", "geo", "tags", "type", "user", "stack", "status", "bot"]),
    st.sampled_from(["", "~1", "~1e308", "~-1e300", "~0.1", "~999d", "~1M", "~true", "~now", "~99", "~x"]),
    st.sampled_from(["", "^1", "^-300m", "^Asia/Kathmandu", "^23h", "^99h"]),
    st.sampled_from(["", " @missing:1e300", " @include:5", " @exclude:/./", " -sum:value~1e300", " tophits:date"]),
)
TEXTS = st.lists(pieces, max_size=14).map("".join) | st.lists(common, max_size=4).map(" ".join)


@given(
    text=TEXTS, time=st.sampled_from(["", "last 1 hour", "[1970-01-01 TO 2248-01-01]", "[now-1M/M TO now/M]", "9999"])
)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_answered_or_refused(events: None, reader: APIClient, text: str, time: str) -> None:
    response = reader.get(ADDRESSES[0], {"aggregations": text, "time": time})
    assert response.status_code in (200, 400), (text, response.content)
