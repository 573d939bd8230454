"""How deleting events and the work of projects are documented: against the official document."""

from __future__ import annotations

import pytest

from tests.events.test_stack_schema import official, ours

OPERATIONS = [
    ("delete", "/api/v2/events/{ids}"),
    ("get", "/api/v2/projects/{id}/reset-data"),
    ("post", "/api/v2/projects/{id}/reset-data"),
    ("post", "/api/v2/projects/{id}/sample-data"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_has_all_that_the_official_one_has(method: str, path: str) -> None:
    operation, model = ours()["paths"][path][method], official()["paths"][path][method]
    assert operation["tags"] == model["tags"]
    assert operation["summary"] == model["summary"]
    assert set(model["responses"]) <= set(operation["responses"])
    assert ("requestBody" in operation) is ("requestBody" in model)
    accepted = operation["responses"]["202"]["content"]["application/json"]["schema"]
    assert accepted == {"$ref": "#/components/schemas/WorkInProgressResult"}
