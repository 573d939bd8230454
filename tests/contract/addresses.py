"""Addresses of real rows for every operation: `/projects/{id}` becomes the address of the tenant's project."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from events.models import SourceMap
from exceptionless_site.core.images import store_image
from projects.models import Project
from tests.contract.documents import ours
from tests.events.stack_rows import make_event, make_stack
from tests.pictures import picture
from tokens.models import Token

_PARAMETER = re.compile(r"\{(\w+)\}")
_NOBODY = "f" * 24


@dataclass(frozen=True, slots=True)
class Tenant:
    """One organization's rows: `ids` by the collection that they are addressed in, `values` by parameter."""

    ids: Mapping[str, str]
    values: Mapping[str, str]

    def address(self, path: str) -> str:
        """The path of the official document with this tenant's ids in it."""
        return _PARAMETER.sub(lambda match: self._value(path[: match.start()], match.group(1)), path)

    def _value(self, before: str, name: str) -> str:
        if name in self.values:
            return self.values[name]
        collection = before.rstrip("/").rpartition("/")[2]
        if name in ("id", "ids"):
            return self.ids.get(collection, _NOBODY)
        raise AssertionError(f"No value is known for {{{name}}} of {before}.")


# Apps that bring rows of their own name them here: a function of project and member, giving the row's id.
ROWS: dict[str, Callable[[Project, User], str]] = {}


def make_tenant(project: Project, member: User, key: Token) -> Tenant:
    """A row of every kind in the project's organization."""
    stack = make_stack(project)
    event = make_event(stack, reference_id=f"reference-{project.pk}", session_id=f"session-{project.pk}")
    organization = project.organization
    organization.icon_file_name = store_image(f"organizations/{organization.pk}", picture())
    organization.save(update_fields=["icon_file_name"])
    SourceMap.objects.create(
        organization=organization,
        project=project,
        source_map_id="a" * 64,
        generated_file_url=f"https://{project.pk}.test/app.js",
        content_hash="b" * 64,
        size=1,
    )
    ids = {
        "organizations": organization.pk,
        "projects": project.pk,
        "events": event.event_id,
        "stacks": stack.pk,
        "tokens": key.secret,
        "users": member.pk,
        # Of reference ids that are no rows of their own.
        "error": f"reference{project.pk}",
        "invoice": "in_0123456789",
        "oauth-grants": _NOBODY,
    }
    ids |= {collection: make(project, member) for collection, make in ROWS.items()}
    values = {
        "organizationId": organization.pk,
        "projectId": project.pk,
        "stackId": stack.pk,
        "userId": member.pk,
        "referenceId": f"reference-{project.pk}",
        "sessionId": f"session-{project.pk}",
        "sourceMapId": "a" * 64,
        "fileName": organization.icon_file_name,
        "email": member.email_address,
        "key": "color",
        "feature": "beta",
        "type": "log",
        "name": "indexes",
        "viewType": "events",
        "integration": "email",
        "providerName": "github",
        "token": "t" * 40,
        "apiVersion": "2",
    }
    return Tenant(ids, values)


def example_body(operation: Mapping[str, Any]) -> tuple[Any, str]:
    """A body that the document gives as an example, and the format of the test client for it."""
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return {}, "multipart"
    examples = content.get("application/json", {}).get("examples", {})
    return next((example["value"] for example in examples.values()), None), "json"


def documented(method: str, path: str) -> Mapping[str, Any]:
    """The operation in our document; nothing when it is not there."""
    operation: Mapping[str, Any] = ours()["paths"].get(path, {}).get(method.lower(), {})
    return operation
