"""The two OpenAPI documents and the official table of routes."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from exceptionless_site.core import json
from exceptionless_site.pages import openapi_document


@cache
def ours() -> dict[str, Any]:
    return openapi_document()


def official() -> dict[str, Any]:
    document: dict[str, Any] = _contract_file("openapi.json")
    return document


def manifest() -> list[dict[str, Any]]:
    """The official routes, each with its policies."""
    routes: list[dict[str, Any]] = _contract_file("endpoint-manifest.json")
    return routes


@cache
def _contract_file(name: str) -> Any:
    path = contract_folder() / name
    if not path.exists():
        pytest.skip("the contract folder is not here")
    return json.loads(path.read_bytes())


def contract_folder() -> Path:
    return Path(os.environ.get("CONTRACT_DIR") or Path(__file__).parents[2].parent / "shared/contract")
