"""A browser in which the global admin is signed in, and rows of every kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Model
from django.test import Client

from accounts.models import Invite, MailMessage, Membership, Organization, OrganizationUsage, User
from accounts.services.mails import queue_mail
from events.documents import pack
from events.models import Event, Notification, Stack, Submission, WorkItem
from events.models.work_item import WorkItemKind
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.ids import new_object_id
from exceptionless_site.core.models import RateCounter, ScheduledJob
from exceptionless_site.core.time_keys import arrival_key, event_key
from projects.models import Project, ProjectUsage, SavedView, WebHook, WebHookDelivery
from tests.conftest import Cast, make_key, make_user
from tokens.models import Token

_numbers = itertools.count(1)


@pytest.fixture
def site(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


def an_organization() -> Organization:
    organization = Organization.objects.create(name=f"Organization {next(_numbers)}")
    Membership.objects.create(organization=organization, user=make_user(f"member{next(_numbers)}"))
    return organization


def a_project() -> Project:
    return Project.objects.create(organization=an_organization(), name=f"Project {next(_numbers)}")


def a_user() -> User:
    return make_user(f"person{next(_numbers)}")


def a_membership() -> Membership:
    return Membership.objects.create(organization=an_organization(), user=a_user())


def an_invite() -> Invite:
    return Invite.objects.create(organization=an_organization(), email_address=f"new{next(_numbers)}@example.test")


def organization_usage() -> OrganizationUsage:
    return OrganizationUsage.objects.create(organization=an_organization(), hour=utc_now(), total=3)


def project_usage() -> ProjectUsage:
    project = a_project()
    return ProjectUsage.objects.create(organization=project.organization, project=project, hour=utc_now(), total=3)


def a_token() -> Token:
    return make_key(a_project(), "client")


def a_stack(project: Project | None = None, **fields: object) -> Stack:
    project = project or a_project()
    now = utc_now()
    values = {
        "type": "error",
        "title": "It broke",
        "signature_hash": new_object_id(),
        "first_occurrence": now,
        "last_occurrence": now,
    }
    return Stack.objects.create(organization=project.organization, project=project, **(values | fields))


def an_event(stack: Stack | None = None, **document: object) -> Event:
    stack = stack or a_stack()
    now = utc_now() - timedelta(seconds=next(_numbers))
    return Event.objects.create(
        key=event_key(now),
        organization=stack.organization,
        project=stack.project,
        stack=stack,
        type=stack.type,
        created_utc=now,
        document=pack({"type": stack.type, "message": "It broke"} | document),
    )


def a_submission(project: Project | None = None, **fields: object) -> Submission:
    project = project or a_project()
    now = utc_now()
    values = {
        "key": arrival_key(now),
        "payload": b'{"message":"<b>sent</b>"}',
        "received_utc": now,
        "available_utc": now,
    }
    return Submission.objects.create(organization=project.organization, project=project, **(values | fields))


def a_mail() -> MailMessage:
    organization = Organization.objects.create(name=f"Organization {next(_numbers)}")
    return queue_mail(kind="invite", recipient=f"{next(_numbers)}@example.test", organization=organization)


def a_work_item() -> WorkItem:
    project = a_project()
    return WorkItem.objects.create(
        kind=WorkItemKind.RESET_DATA, organization=project.organization, project=project, error="It <b>broke</b>"
    )


def a_counter() -> RateCounter:
    return RateCounter.objects.create(key=f"login-email:{next(_numbers)}:0", count=1, expires_utc=utc_now())


def a_job() -> ScheduledJob:
    return ScheduledJob.objects.create(name=f"job {next(_numbers)}", last_started_utc=utc_now())


def a_web_hook(**fields: object) -> WebHook:
    project = a_project()
    values = {"url": "https://hooks.example.test/secret-path", "event_types": ["NewError"]} | fields
    return WebHook.objects.create(organization=project.organization, project=project, **values)


def a_delivery(web_hook: WebHook | None = None, **fields: object) -> WebHookDelivery:
    web_hook = web_hook or a_web_hook()
    return WebHookDelivery.objects.create(
        organization=web_hook.organization,
        project_id=web_hook.project_id,
        web_hook=web_hook,
        event_type="NewError",
        payload=b'{"message":"<b>broke</b>"}',
        **fields,
    )


def a_saved_view() -> SavedView:
    name = f"view{next(_numbers)}"
    return SavedView.objects.create(
        organization=an_organization(), created_by_user_id=a_user().pk, view_type="events", name=name, slug=name
    )


def a_notification() -> Notification:
    stack = a_stack()
    return Notification.objects.create(
        organization=stack.organization, project=stack.project, stack=stack, event_key=1, is_new=True
    )


PAGES: dict[str, Callable[[], Model]] = {
    "accounts/invite": an_invite,
    "accounts/mailmessage": a_mail,
    "accounts/membership": a_membership,
    "accounts/organization": an_organization,
    "accounts/organizationusage": organization_usage,
    "accounts/user": a_user,
    "core/ratecounter": a_counter,
    "core/scheduledjob": a_job,
    "events/event": an_event,
    "events/notification": a_notification,
    "events/stack": a_stack,
    "events/submission": a_submission,
    "events/workitem": a_work_item,
    "projects/project": a_project,
    "projects/projectusage": project_usage,
    "projects/savedview": a_saved_view,
    "projects/webhook": a_web_hook,
    "projects/webhookdelivery": a_delivery,
    "tokens/token": a_token,
}
"""Each page of the admin, and what makes a row for it."""
