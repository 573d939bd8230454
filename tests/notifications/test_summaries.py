"""Daily summaries, and the notice that the month's events are used up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Organization, OrganizationUsage, User
from accounts.services.mails import send_waiting_mails
from events.models import Stack
from events.notifications.daily_summary import send_daily_summaries, summary_of
from events.notifications.overage import send_overage_notices
from exceptionless_site.core.clock import utc_now
from projects.models import Project, ProjectUsage
from projects.services.notification_settings import set_notification_settings
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack

END = datetime(2026, 3, 3, 1, tzinfo=UTC)
MORNING = END + timedelta(hours=9, minutes=1)

Send = Callable[[Callable[[], int]], list[Any]]


@pytest.fixture
def send(mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Send:
    """Run a job; the mails that it sent."""

    def run(job: Callable[[], int]) -> list[Any]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            job()
        send_waiting_mails()
        return list(mailoutbox)

    return run


@pytest.fixture(autouse=True)
def _recipients(cast: Cast, settings: Settings) -> None:
    settings.ENABLE_DAILY_SUMMARY = True
    User.objects.update(is_email_address_verified=True)
    set_notification_settings(project=cast.project, recipient=cast.owner.pk, wishes={"send_daily_summary": True})
    set_notification_settings(project=cast.project, recipient=cast.mate.pk, wishes={"report_new_errors": True})
    set_notification_settings(project=cast.project, recipient="slack", wishes={"send_daily_summary": True})
    set_notification_settings(project=cast.project, recipient=cast.stranger.pk, wishes={"send_daily_summary": True})
    Project.objects.update(next_summary_utc=END, is_configured=True)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def test_the_summary_comes_in_the_morning_and_once(cast: Cast, send: Send) -> None:
    with at(MORNING - timedelta(minutes=2)):
        assert send(send_daily_summaries) == []
    with at(MORNING):
        (mail,) = send(send_daily_summaries)
        assert send(send_daily_summaries) == []
    assert mail.to == ["owner@example.test"]
    assert mail.subject == "[Disintegrating Pistol] Summary for Monday, March 2, 2026"
    with at(MORNING + timedelta(days=1)):
        (mail,) = send(send_daily_summaries)
    assert mail.subject.endswith("Tuesday, March 3, 2026")


def test_days_long_past_are_left_out(cast: Cast, send: Send) -> None:
    with at(END + timedelta(days=10, hours=10)):
        mails = send(send_daily_summaries)
    assert [mail.subject.partition(" for ")[2] for mail in mails] == [
        "Wednesday, March 11, 2026",
        "Thursday, March 12, 2026",
    ]
    cast.project.refresh_from_db()
    assert cast.project.next_summary_utc == END + timedelta(days=11)


def test_a_new_project_gets_its_first_summary_for_the_next_day(cast: Cast, send: Send) -> None:
    Project.objects.update(next_summary_utc=None)
    with at(MORNING):
        assert send(send_daily_summaries) == []
    cast.project.refresh_from_db()
    assert cast.project.next_summary_utc == datetime(2026, 3, 4, 1, tzinfo=UTC)


def test_the_operator_can_switch_summaries_off(cast: Cast, send: Send, settings: Settings) -> None:
    settings.ENABLE_DAILY_SUMMARY = False
    with at(MORNING):
        assert send(send_daily_summaries) == []


def test_a_deleted_project_is_not_summarized(cast: Cast, send: Send) -> None:
    Project.objects.update(is_deleted=True)
    with at(MORNING):
        assert send(send_daily_summaries) == []


def a_day(cast: Cast) -> dict[str, Stack]:
    """Errors of one day, in stacks by name, and what must not be counted."""
    noon, before = 12 * 60.0, 25 * 60.0
    stacks = {
        name: make_stack(cast.project, type="error", title=name, status=status)
        for name, status in (("often", "open"), ("once", "regressed"), ("done", "fixed"), ("hidden", "ignored"))
    }
    stacks["log"] = make_stack(cast.project, type="log", title="log")
    for _ in range(3):
        make_event(stacks["often"], noon)
    make_event(stacks["often"], before)
    make_event(stacks["often"], 0)
    make_event(stacks["once"], 1 / 60, is_first_occurrence=True, count=2)
    make_event(stacks["done"], noon)
    make_event(stacks["hidden"], noon)
    make_event(stacks["log"], noon)
    make_event(make_stack(cast.foreign_project, type="error"), noon)
    return stacks


def test_the_numbers_are_those_of_the_day_and_the_project(cast: Cast) -> None:
    with at(END):
        stacks = a_day(cast)
    for hour, blocked in ((END - timedelta(hours=2), 4), (END, 100)):
        ProjectUsage.objects.create(
            organization=cast.organization, project=cast.project, hour=hour, blocked=blocked, too_big=1
        )
    summary = summary_of(cast.project, END)
    assert (summary.count, summary.unique, summary.new, summary.fixed) == (5, 2, 1, 1)
    assert (summary.blocked, summary.too_big) == (4, 1)
    assert [line.title for line in summary.most_frequent] == ["often", "once"]
    assert [line.title for line in summary.newest] == ["once"]
    assert stacks["once"].pk in summary.newest[0].url


def test_the_mail_shows_them(cast: Cast, send: Send) -> None:
    with at(END):
        a_day(cast)
    with at(MORNING):
        (mail,) = send(send_daily_summaries)
    assert "Errors: 5" in mail.body
    assert "Kinds of errors: 2, 1 of them new" in mail.body
    html = mail.alternatives[0][0]
    assert ">often</a>" in html
    assert "hidden" not in html + mail.body


def test_a_project_that_never_sent_anything_is_told_how_to(cast: Cast, send: Send) -> None:
    Project.objects.update(is_configured=False)
    with at(MORNING):
        (mail,) = send(send_daily_summaries)
    assert f"/project/{cast.project.pk}/configure" in mail.body


# --- The month's limit --------------------------------------------------------------------------


def limited(cast: Cast, sent: int, **fields: Any) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(**({"max_events_per_month": 100} | fields))
    OrganizationUsage.objects.create(organization=cast.organization, hour=utc_now(), total=sent)


def test_an_organization_over_its_limit_is_told_once_a_month(cast: Cast, send: Send) -> None:
    with at(MORNING):
        limited(cast, 100)
        mails = send(send_overage_notices)
        assert send(send_overage_notices) == []
    assert [mail.to for mail in mails] == [["mate@example.test"], ["owner@example.test"]]
    assert {mail.subject for mail in mails} == {"[Acme] Monthly plan limit exceeded."}
    with at(MORNING + timedelta(days=31)):
        assert send(send_overage_notices) == []
        OrganizationUsage.objects.create(organization=cast.organization, hour=utc_now(), total=100)
        assert len(send(send_overage_notices)) == 2


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        (99, {}),
        (1_000, {"max_events_per_month": -1}),
        (100, {"bonus_events_per_month": 1}),
        (100, {"is_deleted": True}),
    ],
)
def test_who_is_within_the_limit_is_not_told(cast: Cast, send: Send, sent: int, fields: dict[str, Any]) -> None:
    with at(MORNING):
        limited(cast, sent, **fields)
        assert send(send_overage_notices) == []


def test_only_members_who_want_mails_are_told(cast: Cast, send: Send) -> None:
    User.objects.filter(pk=cast.mate.pk).update(email_notifications_enabled=False)
    with at(MORNING):
        limited(cast, 100)
        assert [mail.to for mail in send(send_overage_notices)] == [["owner@example.test"]]
