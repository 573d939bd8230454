"""The official expectations, read from the contract folder where it is at hand.

`SEARCH_CASES` names another folder of the same form.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]

NO_FOLDER = "the contract folder is not here"
_DEFAULT_NOW = "2026-01-15T12:00:00Z"
_ORGANIZATION, _PROJECT = "537650f3b77efe23a47914f3", "537650f3b77efe23a47914f4"
_STACK = "1ecd0826e447a44e78877ab1"


def cases_folder() -> Path:
    if named := os.environ.get("SEARCH_CASES"):
        return Path(named)
    contract = os.environ.get("CONTRACT_DIR")
    return (Path(contract) if contract else Path(__file__).parents[2].parent / "shared/contract") / "cases"


@cache
def _parsed(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_file(name: str) -> Any:
    """A file of the folder; the test that asks is skipped where there is none."""
    path = cases_folder() / name
    if not path.exists():
        pytest.skip(f"{NO_FOLDER}: {name}")
    return _parsed(path)


def search_cases(kind: str) -> list[Case]:
    """The cases of a kind; the test that asks is skipped where there are none."""
    found = [case for case in _all_cases() if case["kind"] == kind]
    if not found:
        pytest.skip(f"no cases of the kind {kind} in this folder" if _all_cases() else NO_FOLDER)
    return found


def kinds() -> set[str]:
    return {case["kind"] for case in _all_cases()}


def cases_by_fixture(*wanted: str) -> dict[str, list[Case]]:
    """The cases of some kinds, so that the documents of many are stored once; empty where there is no folder."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    for case in _all_cases():
        if case["kind"] in wanted:
            found[case.get("fixture") or ""].append(case)
    return dict(found)


def fixture_names(*wanted: str) -> list[Any]:
    """Parameters for tests, which are skipped with a reason where there are no such cases."""
    names = sorted(cases_by_fixture(*wanted))
    reason = f"no cases of the kind {', '.join(wanted)}" if _all_cases() else NO_FOLDER
    return names or [pytest.param("", marks=pytest.mark.skip(reason))]


def _all_cases() -> list[Case]:
    path = cases_folder() / "search_cases.json"
    return [_completed(case) for case in _parsed(path)["cases"]] if path.exists() else []


def _completed(case: Case) -> Case:
    return {"id": "", "filter": None, "default_operator": "AND", "enforce_stack_filter": False} | case


def fixture(name: str) -> Any:
    """The documents of a fixture, with the ids, owners, types and dates that they may leave out."""
    documents = read_file(f"fixtures/{name}.json") if name else {}
    now = documents.get("now") or _DEFAULT_NOW
    owners = documents.get("organizations") or [{"id": _ORGANIZATION, "projects": [_PROJECT]}]
    stack = {"type": "log", "title": "Test Event", "first_occurrence": now, "last_occurrence": now}
    stack |= {"status": "open", "tags": [], "references": [], "is_deleted": False, "occurrences_are_critical": False}
    stacks = _complete(documents.get("stacks") or [], owners, stack)
    event = {"type": "log", "date": now, "is_first_occurrence": False}
    event["stack_id"] = stacks[0]["id"] if stacks else _STACK
    events = _complete(documents.get("events") or [], owners, event)
    return documents | {"now": now, "organizations": owners, "stacks": stacks, "events": events}


def _complete(rows: list[Case], owners: list[Case], usual: Case) -> list[Case]:
    projects = owners[0].get("projects") or [_PROJECT]
    project = projects[0]["id"] if isinstance(projects[0], dict) else projects[0]
    usual = usual | {"organization_id": owners[0]["id"], "project_id": project}
    known = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return [{"id": f"{number:024x}"} | usual | row for number, row in enumerate(known)]
