"""Names in the OpenAPI document: operation ids, and path parameters in the official spelling."""

from __future__ import annotations

import re
from typing import Any

_OFFICIAL_IDS = {
    ("GET", "/api/v2/events/{id}"): "GetPersistentEventById",
    ("GET", "/api/v2/organizations/{id}"): "GetOrganizationById",
    ("GET", "/api/v2/organizations/{id}/icon/{file_name}"): "GetOrganizationIcon",
    ("GET", "/api/v2/projects/{id}"): "GetProjectById",
    ("GET", "/api/v2/saved-views/{id}"): "GetSavedViewById",
    ("GET", "/api/v2/stacks/{id}"): "GetStackById",
    ("GET", "/api/v2/tokens/{id}"): "GetTokenById",
    ("GET", "/api/v2/users/{id}"): "GetUserById",
    ("GET", "/api/v2/users/{id}/avatar/{file_name}"): "GetUserAvatar",
    ("GET", "/api/v2/webhooks/{id}"): "GetWebHookById",
}
_PROJECT_EVENTS = "/api/v2/projects/{project_id}/events"
_ONE_PROJECT = "Submit event type by GET for a specific project"
_OFFICIAL_SUMMARIES = {
    ("GET", "/api/v2/events/submit/{type}"): "Submit event type by GET",
    ("POST", _PROJECT_EVENTS): "Submit event by POST for a specific project",
    ("GET", f"{_PROJECT_EVENTS}/submit"): _ONE_PROJECT,
    ("GET", f"{_PROJECT_EVENTS}/submit/{{type}}"): _ONE_PROJECT,
}
"""Of actions that several addresses share."""
_PARAMETER_TEXTS = {
    "id": "The identifier.",
    "ids": "Identifiers, separated by commas.",
    "organizationId": "The identifier of the organization.",
    "projectId": "The identifier of the project.",
    "stackId": "The identifier of the stack.",
    "userId": "The identifier of the user.",
    "referenceId": "The reference id that the client gave to the event.",
    "sessionId": "The id of the session, which is the reference id of its start event.",
    "sourceMapId": "The identifier of the source map.",
    "email": "The e-mail address.",
    "token": "The token of the mailed link.",
    "fileName": "The name of the file.",
    "providerName": "The name of the provider.",
    "integration": "The name of the integration.",
}
_VERBS = {"GET": "Get", "POST": "Post", "PUT": "Put", "PATCH": "Patch", "DELETE": "Delete"}
_PREFIX = re.compile(r"^/api/v2/|^/api/(?=v1/)|^/")
_PARAMETER = re.compile(r"\{(\w+)\}")
_WORDS = re.compile(r"[^A-Za-z0-9]+")


def operation_id(method: str, path: str) -> str:
    """`GET /api/v2/projects/{project_id}/tokens` is `GetProjectsByProjectIdTokens`; v1 routes say `V1`."""
    official = _OFFICIAL_IDS.get((method, path))
    if official:
        return official
    segments = _PARAMETER.sub(r"by_\1", _PREFIX.sub("", path)).split("/")
    return _VERBS.get(method, method.title()) + "".join(_pascal(segment) for segment in segments)


def official_summary(method: str, path: str) -> str | None:
    """What the official document calls this address, where its action alone does not tell."""
    return _OFFICIAL_SUMMARIES.get((method, path))


def operation_order(endpoint: tuple[str, str, str, Any]) -> tuple[bool, str, int]:
    """Sorts by path and method, the routes of the first version last."""
    path, _, method, _ = endpoint
    # A parameter comes before the longer paths beside it.
    return path.startswith("/api/v1/"), path.replace("{", "!"), list(_VERBS).index(method)


def _pascal(segment: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in _WORDS.split(segment))


def camel(name: str) -> str:
    """`project_id` as the official document spells path parameters: projectId."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def official_path(path: str) -> str:
    """The path with its parameters in the official spelling."""
    return _PARAMETER.sub(lambda match: "{" + camel(match.group(1)) + "}", path)


def parameter_text(name: str) -> str | None:
    """What a path parameter says of itself where the operation does not."""
    return _PARAMETER_TEXTS.get(name)
