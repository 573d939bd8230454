"""What is asked of a data set: the pages and dashboards of the web interface, and searches of every kind."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from events.benchmarks.search.building import DataSet
from events.benchmarks.search.documents import RARE_ADDRESS_EVERY, address

_DASHBOARD = "cardinality:stack terms:(first @include:true) sum:count~1"
_OPEN = "(status:open OR status:regressed)"
_DEEP_PAGES = 10


class Question(NamedTuple):
    """`target` are milliseconds through HTTP at a million events, in the median; `pages` are walked by cursor first."""

    name: str
    path: str
    target: float | None = None
    pages: int = 0
    needs_aggregations: bool = False


def questions(data: DataSet) -> list[Question]:
    """All questions, in the order of the report."""
    return [*_lists(data), *_searches(data), *_counts(data), *_stacks(data)]


def _lists(data: DataSet) -> list[Question]:
    project = f"projects/{data.project_id}/events"
    return [
        Question("Newest events, 7 days", _path(data, project, 7), 25),
        Question("… of an organization", _path(data, f"organizations/{data.organization_id}/events", 7), 25),
        Question("… of all organizations, summaries", _path(data, "events", 7, mode="summary"), 25),
        Question("… open or regressed", _path(data, project, 7, filter=_OPEN), 25),
        Question("… type:error", _path(data, project, 7, filter="type:error"), 25),
        Question("… of the largest stack", _path(data, f"stacks/{data.stack_id}/events", 30), 25),
        Question("… 11th page by cursor", _path(data, project, 30), 25, pages=_DEEP_PAGES),
        Question("… 90th page by number", _path(data, project, 30, page="90"), 25),
    ]


def _searches(data: DataSet) -> list[Question]:
    project = f"projects/{data.project_id}/events"
    rare = address(RARE_ADDRESS_EVERY // 2)
    return [
        Question("Bare word, 30 days", _path(data, project, 30, filter="timeout"), 40),
        Question("Bare word that nothing has, 30 days", _path(data, project, 30, filter="nowhere"), 40),
        Question("Prefix, 30 days", _path(data, project, 30, filter="source:acme.w*"), 25),
        Question("Phrase, 30 days", _path(data, project, 30, filter='message:"connection closed"'), 25),
        Question(
            "Phrase without a hit, 30 days", _path(data, project, 30, filter='message:"closed closed closed"'), 25
        ),
        Question("Rare address, 90 days", _path(data, "events", 90, filter=f"ip:{rare}"), 25),
        Question("Range of data, 30 days", _path(data, project, 30, filter="data.age:(>30 AND <=40)"), 25),
        Question(
            "Tag, browser, no bots, 30 days", _path(data, project, 30, filter="tag:beta browser:edge bot:false"), 25
        ),
    ]


def _counts(data: DataSet) -> list[Question]:
    project = f"projects/{data.project_id}/events/count"
    return [
        Question("Count, 7 days", _path(data, project, 7)),
        Question("Count of a bare word, 7 days", _path(data, project, 7, filter="timeout")),
        _aggregation("Dashboard by hour, 7 days", data, 7, 80, f"date:(date~1h {_DASHBOARD}) {_DASHBOARD}", _OPEN),
        _aggregation("Dashboard by hour, errors, 7 days", data, 7, 80, f"date:(date~1h {_DASHBOARD})", "type:error"),
        _aggregation("Dashboard by day, 30 days", data, 30, 100, f"date:(date~1d {_DASHBOARD}) {_DASHBOARD}", _OPEN),
        _aggregation("Dashboard by day, no filter, 30 days", data, 30, 100, f"date:(date~1d {_DASHBOARD})"),
        _aggregation("Distinct users, 7 days", data, 7, 60, "cardinality:user"),
        _aggregation("Distinct users, 30 days", data, 30, 100, "cardinality:user"),
        _aggregation("Terms by tag, 7 days", data, 7, None, "terms:tags"),
    ]


def _aggregation(name: str, data: DataSet, days: int, target: float | None, text: str, filter_: str = "") -> Question:
    path = _path(data, f"projects/{data.project_id}/events/count", days, aggregations=text, filter=filter_)
    return Question(name, path, target, needs_aggregations=True)


def _stacks(data: DataSet) -> list[Question]:
    project = f"projects/{data.project_id}"
    return [
        Question("Top stacks, 7 days", _path(data, f"{project}/events", 7, mode="stack_frequent"), 100),
        Question("… 30 days", _path(data, f"{project}/events", 30, mode="stack_frequent")),
        Question(
            "… errors, 7 days", _path(data, f"{project}/events", 7, mode="stack_frequent", filter="type:error"), 100
        ),
        Question("Stacks with most users, 7 days", _path(data, f"{project}/events", 7, mode="stack_users"), 100),
        Question("Stacks seen last, 7 days", _path(data, f"{project}/events", 7, mode="stack_recent"), 100),
        Question("New stacks, 7 days", _path(data, f"{project}/events", 7, mode="stack_new"), 100),
        Question("List of stacks, summaries, 7 days", _path(data, f"{project}/stacks", 7, mode="summary"), 100),
        Question("A stack", f"/api/v2/stacks/{data.stack_id}", 25),
    ]


def _path(data: DataSet, resource: str, days: int, **parameters: str) -> str:
    """The days up to the newest event, however long ago that was."""
    start = data.end - timedelta(days=days)
    time = f"[{start:%Y-%m-%dT%H:%M:%S} TO {data.end:%Y-%m-%dT%H:%M:%S}]"
    given = {name: value for name, value in parameters.items() if value}
    return f"/api/v2/{resource}?" + urlencode({"time": time, **given})
