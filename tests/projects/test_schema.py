"""How notification settings, web hooks and saved views are documented: against the official document."""

from __future__ import annotations

import pytest

from tests.events.test_stack_schema import official, ours

OPERATIONS = [
    ("get", "/api/v2/projects/{projectId}/webhooks"),
    ("get", "/api/v2/webhooks/{id}"),
    ("post", "/api/v2/webhooks"),
    ("delete", "/api/v2/webhooks/{ids}"),
    ("get", "/api/v2/organizations/{organizationId}/saved-views"),
    ("post", "/api/v2/organizations/{organizationId}/saved-views"),
    ("get", "/api/v2/organizations/{organizationId}/saved-views/{viewType}"),
    ("get", "/api/v2/organizations/{organizationId}/saved-views/export"),
    ("post", "/api/v2/organizations/{organizationId}/saved-views/predefined"),
    ("get", "/api/v2/saved-views/predefined"),
    ("put", "/api/v2/saved-views/predefined"),
    ("post", "/api/v2/saved-views/predefined/force-update"),
    ("get", "/api/v2/saved-views/{id}"),
    ("patch", "/api/v2/saved-views/{id}"),
    ("put", "/api/v2/saved-views/{id}"),
    ("delete", "/api/v2/saved-views/{ids}"),
    ("post", "/api/v2/saved-views/{id}/predefined"),
    ("delete", "/api/v2/saved-views/{id}/predefined"),
    *((method, "/api/v2/users/{userId}/projects/{id}/notifications") for method in ("get", "put", "post", "delete")),
    *((method, "/api/v2/projects/{id}/{integration}/notifications") for method in ("put", "post")),
]
SCHEMAS = [
    "WebHook",
    "NewWebHook",
    "NotificationSettings",
    "ViewSavedView",
    "NewSavedView",
    "UpdateSavedView",
    "SavedViewColumnSettings",
    "PredefinedSavedViewDefinition",
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_has_all_that_the_official_one_has(method: str, path: str) -> None:
    operation, model = ours()["paths"][path][method], official()["paths"][path][method]
    assert operation["tags"] == model["tags"]
    assert operation["summary"] == model["summary"]
    # A 500, and a 200 beside a 204, are what the official document lists and nobody gets.
    never = {"500"} | ({"200"} if "204" in model["responses"] else set())
    assert set(model["responses"]) - never <= set(operation["responses"])
    assert ("requestBody" in operation) is ("requestBody" in model)
    names = {item["name"] for item in model.get("parameters", ())}
    assert names == {item["name"] for item in operation.get("parameters", ())}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_the_official_members(name: str) -> None:
    schema, model = ours()["components"]["schemas"][name], official()["components"]["schemas"][name]
    assert set(schema["properties"]) == set(model["properties"])
