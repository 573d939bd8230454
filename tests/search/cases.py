"""The official expectations, read from the contract folder where it is at hand."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]


def cases_folder() -> Path:
    if named := os.environ.get("SEARCH_CASES"):
        return Path(named)
    contract = os.environ.get("CONTRACT_DIR")
    return (Path(contract) if contract else Path(__file__).parents[2].parent / "shared/contract") / "cases"


@cache
def read_file(name: str) -> Any:
    """A file of the folder; the test that asks is skipped where there is none."""
    path = cases_folder() / name
    if not path.exists():
        pytest.skip("the contract folder is not here")
    return json.loads(path.read_text(encoding="utf-8"))


def search_cases(kind: str) -> list[Case]:
    return [case for case in read_file("search_cases.json")["cases"] if case["kind"] == kind]


def fixture(name: str) -> Any:
    return read_file(f"fixtures/{name}.json")
