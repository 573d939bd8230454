"""From a posted event to the call of a web hook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Organization
from events.models import Event, Notification, Stack
from events.notifications.dispatch import run_notifications
from exceptionless_site.core.clock import utc_now
from projects.models import Project, WebHook, WebHookDelivery
from projects.services import web_hook_deliveries
from projects.services.web_hook_deliveries import (
    enable_web_hook,
    queue_deliveries,
    redeliver,
    remove_old_deliveries,
    run_deliveries,
)
from tests.conftest import Cast
from tests.notifications.conftest import ERROR
from tests.notifications.receiver import Receiver

Hook = Callable[..., WebHook]
Run = Callable[..., None]


def due() -> None:
    """Let the pauses of all waiting calls pass."""
    WebHookDelivery.objects.filter(finished_utc__isnull=True).update(available_utc=utc_now())


def test_a_new_error_calls_the_web_hook_once(receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook("NewError", "NewEvent")
    post(ERROR)
    tell()
    ((path, headers, _),) = receiver.received
    assert (path, headers["content-type"]) == ("/hook", "application/json; charset=utf-8")
    (body,) = receiver.bodies
    assert (body["is_new"], body["type"], body["project_name"]) == (True, "error", "Disintegrating Pistol")
    delivery = WebHookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts, delivery.event_type) == (
        "delivered",
        200,
        1,
        "NewError",
    )
    tell()
    assert len(receiver.received) == 1
    assert not Notification.objects.exists()


def test_known_errors_are_not_told(receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook()
    post(ERROR, ERROR)
    tell()
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("event_type", "document", "is_called"),
    [
        ("NewError", ERROR, True),
        ("NewError", {"type": "log", "message": "hello"}, False),
        ("CriticalError", ERROR, False),
        ("CriticalError", ERROR | {"tags": ["critical"]}, True),
        ("CriticalError", {"type": "log", "message": "hello", "tags": ["Critical"]}, False),
        ("NewEvent", {"type": "log", "message": "hello"}, True),
        ("CriticalEvent", {"type": "log", "message": "hello", "tags": ["Critical"]}, True),
        ("CriticalEvent", {"type": "log", "message": "hello"}, False),
        ("StackRegression", ERROR, False),
        ("StackPromoted", ERROR, False),
        ("NewEvent", {"type": "session", "reference_id": "0123456789abcdef"}, False),
    ],
)
def test_each_event_type_has_its_own_rule(
    receiver: Receiver, hook: Hook, post: Run, tell: Run, event_type: str, document: Any, is_called: bool
) -> None:
    hook(event_type)
    post(document)
    tell()
    assert bool(receiver.received) is is_called


def test_a_regression_is_told(cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook("StackRegression")
    post(ERROR)
    stack = Stack.objects.get()
    Stack.objects.update(status="fixed", date_fixed=utc_now() - timedelta(minutes=1))
    post(ERROR, ERROR)
    tell()
    (body,) = receiver.bodies
    assert (body["is_regression"], body["is_new"], body["stack_id"]) == (True, False, stack.pk)


@pytest.mark.parametrize("status", ["ignored", "snoozed", "discarded", "fixed"])
def test_silent_stacks_are_not_told(receiver: Receiver, hook: Hook, post: Run, tell: Run, status: str) -> None:
    post(ERROR)
    hook("CriticalError")
    Stack.objects.update(status=status, snooze_until_utc=utc_now() + timedelta(hours=1))
    post(ERROR | {"tags": ["Critical"]})
    tell()
    assert receiver.received == []


def test_free_plans_are_not_told(cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(has_premium_features=False)
    hook()
    post(ERROR)
    tell()
    assert receiver.received == []


def test_other_projects_organizations_and_disabled_web_hooks_hear_nothing(
    cast: Cast, receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    hook(project=cast.foreign_project)
    hook(project=Project.objects.create(organization=cast.organization, name="Other"))
    hook(is_enabled=False)
    post(ERROR)
    tell()
    assert receiver.received == []
    assert not Notification.objects.exists()


def test_a_web_hook_of_the_organization_hears_of_all_its_projects(
    cast: Cast, receiver: Receiver, post: Run, tell: Run
) -> None:
    WebHook.objects.create(organization=cast.organization, url=receiver.url(), event_types=["NewError"])
    WebHook.objects.create(
        organization=cast.foreign_organization, url=receiver.url("/foreign"), event_types=["NewError"]
    )
    post(ERROR)
    tell()
    assert [path for path, _, _ in receiver.received] == ["/hook"]


def test_a_failure_is_tried_again_and_forgotten_after_a_success(
    receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    web_hook = hook()
    receiver.statuses = [500, 200]
    post(ERROR)
    tell()
    delivery = WebHookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.error) == (
        "retrying",
        500,
        "The receiver answered with status 500.",
    )
    assert timedelta(seconds=8) < delivery.available_utc - utc_now() <= timedelta(seconds=10)
    web_hook.refresh_from_db()
    assert (web_hook.failures, web_hook.last_error, web_hook.is_enabled) == (1, delivery.error, True)
    run_deliveries()
    assert len(receiver.received) == 1  # its pause has not passed
    due()
    run_deliveries()
    delivery.refresh_from_db()
    web_hook.refresh_from_db()
    assert (delivery.state, delivery.attempts, len(receiver.received)) == ("delivered", 2, 2)
    assert (web_hook.failures, web_hook.first_failure_utc, web_hook.last_error) == (0, None, "")


@pytest.mark.parametrize("status", [401, 403, 410])
def test_a_receiver_that_wants_no_calls_is_not_called_again(
    receiver: Receiver, hook: Hook, post: Run, tell: Run, status: int
) -> None:
    web_hook = hook()
    receiver.statuses = [status]
    post(ERROR, {"type": "log", "message": "another", "source": "a"})
    run_notifications()
    run_deliveries(seconds=0.01)
    web_hook.refresh_from_db()
    assert (web_hook.is_enabled, web_hook.last_error) == (False, f"The receiver answered with status {status}.")
    asked = len(receiver.received)
    post({"type": "log", "message": "third", "source": "b"})
    due()
    tell()
    assert len(receiver.received) == asked
    assert {delivery.state for delivery in WebHookDelivery.objects.all()} == {"failed"}


def test_after_ten_failures_calls_are_given_up_and_the_web_hook_pauses(
    receiver: Receiver, hook: Hook, post: Run, tell: Run
) -> None:
    web_hook = hook()
    receiver.statuses = [500]
    post(ERROR)
    run_notifications()
    for _ in range(12):
        due()
        run_deliveries()
    assert len(receiver.received) == 10
    assert WebHookDelivery.objects.get().state == "failed"
    post({"type": "log", "message": "another", "source": "a"})
    tell()
    assert len(receiver.received) == 11
    post({"type": "log", "message": "third", "source": "b"})
    tell()
    web_hook.refresh_from_db()
    assert (len(receiver.received), web_hook.failures, web_hook.is_enabled) == (11, 11, True)
    waiting = WebHookDelivery.objects.get(finished_utc__isnull=True)
    assert timedelta(minutes=14) < waiting.available_utc - utc_now() <= timedelta(minutes=15)


def test_a_web_hook_that_failed_for_two_days_is_disabled(receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    now = utc_now()
    web_hook = hook(
        failures=9, first_failure_utc=now - timedelta(days=2, minutes=1), last_attempt_utc=now - timedelta(hours=1)
    )
    receiver.statuses = [500]
    post(ERROR)
    tell()
    web_hook.refresh_from_db()
    assert not web_hook.is_enabled
    enable_web_hook(web_hook=web_hook)
    web_hook.refresh_from_db()
    assert (web_hook.is_enabled, web_hook.failures, web_hook.last_error) == (True, 0, "")


def test_a_call_that_was_given_up_can_be_made_again(receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook()
    receiver.statuses = [410, 200]
    post(ERROR)
    tell()
    delivery = WebHookDelivery.objects.get()
    WebHook.objects.update(is_enabled=True)
    assert redeliver(delivery=delivery)
    assert not redeliver(delivery=delivery)
    run_deliveries()
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_without_the_operators_leave_nothing_inside_the_network_is_called(
    receiver: Receiver, hook: Hook, post: Run, tell: Run, settings: Settings
) -> None:
    settings.WEB_HOOK_NETWORKS = ()
    web_hook = hook()
    post(ERROR)
    tell()
    assert receiver.received == []
    web_hook.refresh_from_db()
    assert web_hook.last_error == "The host is not on the public internet."


def test_redirects_are_not_followed(receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook()
    receiver.statuses = [302]
    post(ERROR)
    tell()
    assert (len(receiver.received), WebHookDelivery.objects.get().status) == (1, 302)


def test_what_the_receiver_says_is_neither_read_nor_kept(receiver: Receiver, hook: Hook, post: Run, tell: Run) -> None:
    hook()
    receiver.body = b"x" * 300_000
    post(ERROR)
    tell()
    assert WebHookDelivery.objects.get().state == "delivered"


def test_secrets_of_the_address_are_in_no_log_and_no_name(
    receiver: Receiver, hook: Hook, post: Run, tell: Run, caplog: pytest.LogCaptureFixture
) -> None:
    web_hook = hook(url=receiver.url("/secret-path?token=secret"))
    receiver.statuses = [410]
    post(ERROR)
    tell()
    delivery = WebHookDelivery.objects.get()
    assert "is disabled" in caplog.text
    assert "secret" not in caplog.text + str(web_hook) + str(delivery) + delivery.error


def test_a_receiver_that_hangs_behind_holds_up_no_other(cast: Cast, receiver: Receiver, hook: Hook) -> None:
    slow, other = hook(failures=1), hook(url=receiver.url("/other"))
    for web_hook, number in ((slow, 120), (other, 1)):
        queue_deliveries([a_delivery(web_hook) for _ in range(number)])
    run_deliveries(seconds=0.01)
    assert "/other" in [path for path, _, _ in receiver.received]
    assert len(receiver.received) <= 5


def test_too_many_waiting_calls_are_dropped_and_counted(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    monkeypatch.setattr(web_hook_deliveries, "WAITING_PER_WEB_HOOK", 3)
    web_hook = hook()
    queue_deliveries([a_delivery(web_hook) for _ in range(2)])
    queue_deliveries([a_delivery(web_hook) for _ in range(2)])
    web_hook.refresh_from_db()
    assert (WebHookDelivery.objects.count(), web_hook.dropped) == (3, 1)


def test_calls_of_a_deleted_project_are_not_made(cast: Cast, receiver: Receiver, hook: Hook) -> None:
    queue_deliveries([a_delivery(hook())])
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    run_deliveries()
    assert receiver.received == []
    assert WebHookDelivery.objects.get().state == "failed"


def test_calls_that_were_done_long_ago_are_removed(hook: Hook) -> None:
    queue_deliveries([a_delivery(hook()) for _ in range(3)])
    first, second, _ = WebHookDelivery.objects.all()
    WebHookDelivery.objects.filter(pk=first.pk).update(finished_utc=utc_now() - timedelta(days=4))
    WebHookDelivery.objects.filter(pk=second.pk).update(finished_utc=utc_now() - timedelta(days=2))
    assert remove_old_deliveries() == 1
    assert WebHookDelivery.objects.count() == 2


def test_ordinary_batches_cost_nothing_and_special_ones_three_statements(
    cast: Cast, hook: Hook, post: Run, work: Callable[[], None]
) -> None:
    def statements(documents: list[dict[str, Any]]) -> list[str]:
        client = cast.client(cast.key)
        client.post("/api/v2/events", documents, format="json")
        with CaptureQueriesContext(connection) as captured:
            work()
        tables = ("projects_webhook", "projects_notificationsetting", "events_notification")
        return [query["sql"] for query in captured if any(table in query["sql"] for table in tables)]

    hook()
    post(ERROR)
    assert statements([ERROR] * 20) == []
    assert len(statements([{"type": "log", "message": f"m{n}", "source": f"s{n}"} for n in range(20)])) == 3


def test_an_event_that_cannot_be_told_holds_up_no_other(
    receiver: Receiver, hook: Hook, post: Run, tell: Run, caplog: pytest.LogCaptureFixture
) -> None:
    hook()
    post(ERROR, {"type": "log", "message": "fine", "source": "a"})
    broken = Event.objects.get(type="error")
    Event.objects.filter(pk=broken.pk).update(document=b"no document")
    tell()
    assert [body["type"] for body in receiver.bodies] == ["log"]
    left = Notification.objects.get()
    assert (left.event_key, bool(left.error)) == (broken.key, True)
    tell()
    assert len(receiver.received) == 1


def a_delivery(web_hook: WebHook) -> WebHookDelivery:
    return WebHookDelivery(
        organization_id=web_hook.organization_id,
        project_id=web_hook.project_id,
        web_hook=web_hook,
        event_type="NewError",
        payload=b"{}",
    )
