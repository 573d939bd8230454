"""Addresses of real rows for every operation: `/projects/{id}` becomes the address of the tenant's project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import Organization, User
from accounts.services.avatars import set_avatar
from events.models import SourceMap
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.images import store_image
from projects.models import NotificationSetting, Project, SavedView, WebHook
from projects.models.notification_setting import SLACK
from projects.models.web_hook import NEW_ERROR
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
        if name in ("id", "ids", "fileName"):
            return self.ids.get(collection, _NOBODY)
        raise AssertionError(f"No value is known for {{{name}}} of {before}.")


VERIFICATION_TOKEN = "t" * 40


def make_tenant(project: Project, member: User, key: Token) -> Tenant:
    """A row of every kind in the project's organization."""
    organization = project.organization
    stack = make_stack(project)
    event = make_event(stack, reference_id=f"reference-{project.pk}", session_id=f"session-{project.pk}")
    _make_notification_settings(project, member)
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
        "webhooks": _make_web_hook(project).pk,
        "saved-views": _make_saved_view(project, member).pk,
        "icon": _store_icon(organization),
        "avatar": _prepare_member(member),
        # Of reference ids that are no rows of their own.
        "error": f"reference{project.pk}",
        "invoice": "in_0123456789",
        "oauth-grants": _NOBODY,
    }
    values = {
        "organizationId": organization.pk,
        "projectId": project.pk,
        "stackId": stack.pk,
        "userId": member.pk,
        "referenceId": f"reference-{project.pk}",
        "sessionId": f"session-{project.pk}",
        "sourceMapId": "a" * 64,
        "email": member.email_address,
        "key": "color",
        "feature": "beta",
        "type": "log",
        "name": "indexes",
        "viewType": "events",
        "integration": SLACK,
        "providerName": "github",
        "token": VERIFICATION_TOKEN,
        "apiVersion": "2",
    }
    return Tenant(ids, values)


def _make_web_hook(project: Project) -> WebHook:
    return WebHook.objects.create(
        organization=project.organization, project=project, url="https://hooks.test/a", event_types=[NEW_ERROR]
    )


def _make_saved_view(project: Project, member: User) -> SavedView:
    return SavedView.objects.create(
        organization=project.organization,
        created_by_user_id=member.pk,
        view_type="events",
        name="Checkout",
        slug="checkout",
    )


def _make_notification_settings(project: Project, member: User) -> None:
    """Of the person, and of the Slack channel."""
    for recipient in (member.pk, SLACK):
        NotificationSetting.objects.create(
            organization=project.organization, project=project, recipient=recipient, report_new_errors=True
        )


def _store_icon(organization: Organization) -> str:
    organization.icon_file_name = store_image(f"organizations/{organization.pk}", picture())
    organization.save(update_fields=["icon_file_name"])
    return organization.icon_file_name


def _prepare_member(member: User) -> str:
    """The person gets a picture, whose name is returned, and a mailed token that verifies the e-mail address."""
    set_avatar(user=member, content=picture())
    member.verify_email_address_token = VERIFICATION_TOKEN
    member.verify_email_address_token_expires_utc = utc_now() + timedelta(days=1)
    member.save(update_fields=["verify_email_address_token", "verify_email_address_token_expires_utc"])
    return member.avatar_file_name


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
