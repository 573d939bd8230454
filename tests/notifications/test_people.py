"""Who is told of an event by mail or in Slack, how often, and in which words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Membership, Organization, User
from accounts.services.mails import send_waiting_mails
from accounts.services.memberships import remove_user
from events.models import Event, Stack
from events.notifications import dispatch
from events.notifications.dispatch import run_notifications
from events.notifications.throttle import NOTICES_PER_PROJECT
from exceptionless_site.core.clock import utc_now
from projects.models import NotificationSetting, Project
from projects.models.notification_setting import SLACK, WISHES
from projects.services.notification_settings import set_notification_settings
from projects.services.web_hook_deliveries import run_deliveries
from tests.conftest import Cast
from tests.notifications.conftest import ERROR
from tests.notifications.receiver import Receiver

Run = Callable[..., None]
ALL = dict.fromkeys(WISHES, True)
CRITICAL = ["Critical"]


@pytest.fixture
def mails(
    mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[[], Sequence[Any]]:
    """Queue what is to be told; the mails that went out since the last time."""

    def run() -> Sequence[Any]:
        with django_capture_on_commit_callbacks(execute=True):
            run_notifications()
        send_waiting_mails()
        sent = list(mailoutbox)
        mailoutbox.clear()
        return sent

    return run


Mails = Callable[[], Sequence[Any]]


@pytest.fixture(autouse=True)
def _everybody_is_verified(cast: Cast) -> None:
    User.objects.update(is_email_address_verified=True)


def wish(cast: Cast, who: str | User = "owner", project: Project | None = None, **wishes: bool) -> None:
    recipient = who if who == SLACK else (who if isinstance(who, User) else getattr(cast, who)).pk
    set_notification_settings(project=project or cast.project, recipient=recipient, wishes=wishes or ALL)


def a_log(number: int = 0, **members: Any) -> dict[str, Any]:
    return {"type": "log", "source": f"source{number}", "message": "hello"} | members


def test_who_wants_new_errors_gets_a_mail(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast, report_new_errors=True)
    post(ERROR)
    (mail,) = mails()
    assert mail.to == ["owner@example.test"]
    assert mail.subject == "[Disintegrating Pistol] New NullReferenceException: Object reference not set"
    event, stack = Event.objects.get(), Stack.objects.get()
    html = mail.alternatives[0][0]
    for text in (mail.body, html):
        assert f"/event/{event.event_id}" in text
        assert f"/stack/{stack.pk}/mark-fixed" in text
        assert "POST https://shop.example.test:8443/cart?item=rocket skates" in text
        assert "Shop.Cart.Add" in text
    assert mails() == []


@pytest.mark.parametrize(
    ("name", "document", "is_told"),
    [
        ("report_new_errors", ERROR, True),
        ("report_new_errors", a_log(), False),
        ("report_critical_errors", ERROR, False),
        ("report_critical_errors", ERROR | {"tags": CRITICAL}, True),
        ("report_critical_errors", a_log(tags=CRITICAL), False),
        ("report_event_regressions", ERROR, False),
        ("report_new_events", a_log(), True),
        ("report_critical_events", a_log(), False),
        ("report_critical_events", a_log(tags=CRITICAL), True),
        ("send_daily_summary", ERROR, False),
    ],
)
def test_each_wish_has_its_own_rule(
    cast: Cast, post: Run, mails: Mails, name: str, document: dict[str, Any], is_told: bool
) -> None:
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={name: True})
    post(document)
    assert bool(mails()) is is_told


@pytest.mark.parametrize("change", ["is_email_address_verified", "email_notifications_enabled", "is_active"])
def test_who_cannot_or_will_not_be_mailed_is_not(cast: Cast, post: Run, mails: Mails, change: str) -> None:
    wish(cast, "owner")
    wish(cast, "mate")
    User.objects.filter(pk=cast.owner.pk).update(**{change: False})
    post(ERROR)
    assert [mail.to for mail in mails()] == [["mate@example.test"]]


def test_strangers_are_never_mailed(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast, "stranger")
    wish(cast, "stranger", project=cast.foreign_project)
    wish(cast, "admin")
    post(ERROR)
    assert mails() == []


def test_a_member_who_leaves_takes_the_wishes_along(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast, "owner")
    wish(cast, "stranger", project=cast.foreign_project)
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    wish(cast, "owner", project=cast.foreign_project)
    remove_user(organization=cast.organization, email_address=cast.owner.email_address)
    left = set(NotificationSetting.objects.values_list("project_id", "recipient"))
    assert left == {(cast.foreign_project.pk, cast.stranger.pk), (cast.foreign_project.pk, cast.owner.pk)}
    post(ERROR)
    assert mails() == []


def test_free_plans_and_silent_stacks_are_not_told(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast)
    Organization.objects.filter(pk=cast.organization.pk).update(has_premium_features=False)
    post(ERROR)
    assert mails() == []
    Organization.objects.update(has_premium_features=True)
    Stack.objects.update(status="ignored")
    post(ERROR | {"tags": CRITICAL})
    assert mails() == []


def test_what_bots_do_is_not_told(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast)
    request = ERROR["data"]["@request"] | {"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
    post(ERROR | {"data": ERROR["data"] | {"@request": request}})
    assert mails() == []


def test_a_stack_is_told_twice_and_then_once_in_a_quarter_of_an_hour(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast, report_critical_errors=True)
    critical = ERROR | {"tags": CRITICAL}
    counts = []
    for _ in range(4):
        post(critical)
        counts.append(len(mails()))
    assert counts == [1, 1, 0, 0]


def test_a_regression_is_always_told(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast)
    post(ERROR, ERROR, ERROR)
    mails()
    Stack.objects.update(status="fixed", date_fixed=utc_now() - timedelta(minutes=1))
    post(ERROR)
    (mail,) = mails()
    assert mail.subject.startswith("[Disintegrating Pistol] NullReferenceException regression: ")


def test_a_project_tells_ten_times_in_half_an_hour(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast)
    wish(cast, "mate")
    post(*[a_log(number) for number in range(NOTICES_PER_PROJECT + 3)])
    assert len(mails()) == 2 * NOTICES_PER_PROJECT


@pytest.mark.parametrize(
    ("document", "subject"),
    [
        (ERROR | {"tags": CRITICAL}, "Critical new NullReferenceException: Object reference not set"),
        ({"type": "error", "message": "plain"}, "New Error: plain"),
        (
            {"type": "error", "data": {"@simple_error": {"type": "a.B", "message": "it broke", "stack_trace": "x"}}},
            "New B: it broke",
        ),
        ({"type": "404", "source": "/missing"}, "New 404: /missing"),
        ({"type": "404", "source": "/missing", "tags": CRITICAL}, "Critical new 404: /missing"),
        ({"type": "usage", "source": "checkout"}, "Feature: checkout"),
        ({"type": "log", "message": "hello"}, "New log source: (Global)"),
        ({"type": "log", "source": "shop", "message": "hello"}, "New log source: shop"),
        ({"type": "order", "message": "paid", "source": "till"}, "New event: paid"),
        ({"type": "order", "source": "till"}, "New event: till"),
        ({"type": "order", "message": "x" * 300}, "New event: " + "x" * 106 + "..."),
        ({"type": "order", "message": "line\r\nSubject: other"}, "New event: line Subject: other"),
    ],
)
def test_subjects(cast: Cast, post: Run, mails: Mails, document: dict[str, Any], subject: str) -> None:
    wish(cast)
    post(document)
    (mail,) = mails()
    assert mail.subject == f"[Disintegrating Pistol] {subject}"


def test_an_event_that_says_nothing_is_not_mailed(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast)
    post({"type": "order"})
    assert mails() == []


def test_what_users_write_stays_text_in_the_mail(cast: Cast, post: Run, mails: Mails) -> None:
    wish(cast)
    post({"type": "order", "message": "<script>alert(1)</script>"})
    (mail,) = mails()
    assert "<script>" not in mail.alternatives[0][0]
    assert "<script>alert(1)</script>" in mail.body


# --- Slack --------------------------------------------------------------------------------------


@pytest.fixture
def slack(cast: Cast, receiver: Receiver, settings: Settings) -> Receiver:
    settings.BASE_URL = "https://errors.example.test"
    token = {"access_token": "xoxb", "incoming_webhook": {"url": receiver.url("/services/T/B/X")}}
    Project.objects.filter(pk=cast.project.pk).update(data={"-@slack": token})
    return receiver


def test_the_channel_is_told_of_an_error(cast: Cast, slack: Receiver, post: Run) -> None:
    wish(cast, SLACK)
    user = {"@user": {"identity": "1042", "name": "Wile & Co"}}
    said = {"@user_description": {"email_address": "wile@example.test", "description": "It <fell>"}}
    post(ERROR | {"tags": CRITICAL, "value": 3, "data": ERROR["data"] | user | said})
    run_notifications()
    run_deliveries()
    (body,) = slack.bodies
    event, stack = Event.objects.get(type="error"), Stack.objects.get(type="error")
    base = "https://errors.example.test"
    assert body["text"] == (
        f"[Disintegrating Pistol] A critical new NullReferenceException: *<{base}/event/{event.event_id}"
        "|Object reference not set>*"
    )
    (attachment,) = body["attachments"]
    fields = {field["title"]: (field["value"], field["short"]) for field in attachment.pop("fields")}
    assert attachment == {
        "text": "It &lt;fell&gt;",
        "author_name": "Wile & Co (wile@example.test)",
        "author_link": "mailto:wile@example.test?body=It%20%3Cfell%3E",
        "color": "#BB423F",
        "mrkdwn_in": ["text", "fields"],
        "ts": int(event.date.timestamp()),
    }
    actions, _ = fields.pop("Other Actions")
    assert f"<{base}/stack/{stack.pk}/mark-fixed|" in actions
    assert f"<{base}/project/{cast.project.pk}/manage?tab=integrations|" in actions
    assert fields == {
        "Message": ("Object reference not set", False),
        "Type": ("System.NullReferenceException", False),
        "Method": ("Shop.Cart.Add", False),
        "Stack Trace": ("```Shop.Cart.Add()\nShop.Till.Buy()```", False),
        "Url": ("POST https://shop.example.test:8443/cart?item=rocket skates", False),
        "Tags": ("Critical", True),
        "Value": ("3", True),
        "Version": ("1.2.3", True),
    }


@pytest.mark.parametrize(
    ("level", "color"), [("Trace", "#5cb85c"), ("warn", "#f0ad4e"), ("Fatal", "#d9534f"), ("odd", "#5E9A00")]
)
def test_logs_have_the_colour_of_their_level(cast: Cast, slack: Receiver, post: Run, level: str, color: str) -> None:
    wish(cast, SLACK)
    post(a_log(data={"@level": level}))
    run_notifications()
    run_deliveries()
    (body,) = slack.bodies
    assert body["attachments"][0]["color"] == color


def test_without_a_channel_or_a_wish_slack_hears_nothing(cast: Cast, slack: Receiver, post: Run) -> None:
    wish(cast, SLACK, report_critical_errors=True)
    post(ERROR)
    Project.objects.update(data={})
    wish(cast, SLACK)
    post(a_log())
    run_notifications()
    run_deliveries()
    assert slack.received == []


# --- What waits to be mailed --------------------------------------------------------------------


def test_what_a_mail_is_made_of_can_be_kept_as_json(cast: Cast, post: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[Any] = []
    monkeypatch.setattr(dispatch, "queue_mails", queued.extend)
    wish(cast)
    post(ERROR)
    run_notifications()
    (mail,) = queued
    assert json.loads(json.dumps(mail.context)) == mail.context
    assert mail.organization_id == cast.organization.pk
