"""The outbox: what is sent, tried again, given up, and what it looks like."""

from __future__ import annotations

import email
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core import mail

from accounts import mails
from accounts.mails import Letter
from accounts.models import Invite, MailMessage, Organization
from accounts.services.mails import (
    LEASE,
    MAILS_PER_HOUR,
    MAXIMUM_ATTEMPTS,
    NOT_CONFIGURED,
    NOT_WANTED,
    TOO_MANY,
    pause_after,
    queue_letters,
    queue_mail,
    remove_old_mails,
    retry_mails,
    send_waiting_mails,
)
from tests.conftest import Cast

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class MailServer:
    """A mail server of the test's own. It refuses the recipients that are told with the code that is told."""

    refused: dict[str, str] = field(default_factory=dict)
    received: list[Any] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - the name that the server calls
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    found = MailServer()
    controller = Controller(found, hostname="127.0.0.1", port=_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "Exceptionless <noreply@errors.example.test>"
    yield found
    controller.stop()


@pytest.fixture
def dead_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", _free_port()
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def an_invite(organization: Organization, address: str = "ada@example.test") -> MailMessage:
    Invite.objects.get_or_create(organization=organization, email_address=address)
    return queue_mail(kind="invite", recipient=address, organization=organization)


def state(message: MailMessage) -> MailMessage:
    return MailMessage.objects.get(pk=message.pk)


def test_a_mail_reaches_the_server_as_text_and_as_html(cast: Cast, server: MailServer) -> None:
    message = an_invite(cast.organization)

    assert send_waiting_mails() == 1

    received = server.received[0]
    assert received["To"] == "ada@example.test"
    assert received["From"] == "Exceptionless <noreply@errors.example.test>"
    assert received["Subject"] == "You are invited to Acme"
    assert received["Auto-Submitted"] == "auto-generated"
    link = f"http://localhost:8000/signup?token={Invite.objects.get().token}"
    assert link in received.get_body(("plain",)).get_content()
    assert link in received.get_body(("html",)).get_content()
    assert state(message).state == "sent"
    assert send_waiting_mails() == 0


def test_a_server_that_is_down_is_tried_again_with_growing_pauses(cast: Cast, dead_server: None) -> None:
    with time_machine.travel(NOON, tick=False):
        message = an_invite(cast.organization)
        assert send_waiting_mails() == 0
        assert send_waiting_mails() == 0  # not yet due
    first = state(message)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        send_waiting_mails()
    second = state(message)

    assert (first.state, first.attempts, first.available_utc) == ("retrying", 1, NOON + timedelta(minutes=1))
    assert "ConnectionRefusedError" in first.error
    assert (second.attempts, second.available_utc) == (2, NOON + timedelta(minutes=3))


def test_one_time_out_is_enough_when_many_mails_wait(cast: Cast, dead_server: None) -> None:
    messages = [an_invite(cast.organization, f"{number}@example.test") for number in range(5)]

    with patch("smtplib.SMTP", side_effect=TimeoutError) as connect:
        send_waiting_mails()
        send_waiting_mails()

    assert connect.call_count == 1
    assert sorted(state(message).attempts for message in messages) == [0, 0, 0, 0, 1]


def test_a_recipient_that_is_refused_does_not_hold_up_the_others(cast: Cast, server: MailServer) -> None:
    server.refused = {"never@example.test": "550 No such person", "later@example.test": "451 Mailbox busy"}
    never, later = (an_invite(cast.organization, f"{name}@example.test") for name in ("never", "later"))
    other = an_invite(cast.organization)

    assert send_waiting_mails() == 1

    assert [state(message).state for message in (never, later, other)] == ["given up", "retrying", "sent"]
    assert "No such person" in state(never).error


def test_after_half_a_day_a_mail_is_given_up_and_can_be_sent_again(cast: Cast, dead_server: None) -> None:
    message = an_invite(cast.organization)
    MailMessage.objects.update(attempts=MAXIMUM_ATTEMPTS - 1)
    send_waiting_mails()

    assert state(message).state == "given up"
    assert sum((pause_after(number) for number in range(1, MAXIMUM_ATTEMPTS)), timedelta()) > timedelta(hours=12)
    assert retry_mails(ids=[message.pk]) == 1
    assert state(message).state == "waiting"


def test_what_was_sent_is_not_sent_again(cast: Cast) -> None:
    message = an_invite(cast.organization)
    send_waiting_mails()

    assert retry_mails(ids=[message.pk]) == 0


def test_without_a_mail_server_mails_wait_and_say_why(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    message = an_invite(cast.organization)

    assert send_waiting_mails() == 0

    assert (state(message).state, state(message).error) == ("retrying", NOT_CONFIGURED)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert send_waiting_mails() == 1


def test_a_process_that_died_while_sending_is_replaced(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        an_invite(cast.organization)
        with patch("accounts.services.mails._send", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            send_waiting_mails()
        assert send_waiting_mails() == 0
    with time_machine.travel(NOON + LEASE, tick=False):
        assert send_waiting_mails() == 1


def test_a_mailbox_is_not_flooded(cast: Cast) -> None:
    messages = [an_invite(cast.organization) for _ in range(MAILS_PER_HOUR + 1)]

    assert send_waiting_mails(seconds=60) == MAILS_PER_HOUR
    assert [state(message).error for message in messages].count(TOO_MANY) == 1


def test_letters_of_other_apps_go_the_same_way_and_are_not_counted(cast: Cast) -> None:
    letter = Letter("Acme is busy", "added_to_organization", {"organization": "Acme", "link": "http://localhost:8000/"})
    number = MAILS_PER_HOUR + 1

    queue_letters(kind="notice", letters=[("ada@example.test", letter)] * number, organization_id=cast.organization.pk)
    an_invite(cast.organization)

    assert send_waiting_mails(seconds=60) == number + 1
    assert [message.subject for message in mail.outbox].count("Acme is busy") == number
    assert "added to Acme" in mail.outbox[0].body


@pytest.mark.parametrize("kind", ["invite", "added-to-organization", "verify-email-address", "reset-password"])
def test_a_mail_about_nothing_is_not_sent(cast: Cast, kind: str) -> None:
    message = queue_mail(kind=kind, recipient="nobody@example.test", organization=cast.organization)

    assert send_waiting_mails() == 0
    assert state(message).error == NOT_WANTED


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    broken = queue_mail(kind="of-a-newer-version", recipient="ada@example.test")
    an_invite(cast.organization)

    assert send_waiting_mails() == 1
    assert state(broken).state == "retrying"


def test_a_kind_has_one_author() -> None:
    with pytest.raises(ValueError, match="two kinds"):
        mails.kind("invite")(lambda message: None)


def test_old_mails_are_removed(cast: Cast) -> None:
    message = an_invite(cast.organization)
    MailMessage.objects.update(created_utc=NOON)
    kept = an_invite(cast.organization, "new@example.test")

    assert remove_old_mails() == 1
    assert not MailMessage.objects.filter(pk=message.pk).exists()
    assert MailMessage.objects.filter(pk=kept.pk).exists()


def test_no_token_is_logged(cast: Cast, dead_server: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    message = an_invite(cast.organization)

    send_waiting_mails()

    assert caplog.records
    token = Invite.objects.get().token
    assert token not in caplog.text
    assert token not in state(message).error


# --- What they look like --------------------------------------------------------------------------


def test_a_name_cannot_bring_markup_headers_or_a_whole_letter(cast: Cast) -> None:
    name = "<b>Win</b>\r\nBcc: all@example.test\n" + "x" * 500
    organization = Organization.objects.create(name=name)
    an_invite(organization)

    send_waiting_mails()

    message: Any = mail.outbox[-1]
    html = message.alternatives[0].content
    assert "\n" not in message.subject
    assert len(message.subject) <= 200
    assert "<b>Win" not in html
    assert "&lt;b&gt;Win" in html
    assert "x" * 101 not in html
    assert "x" * 101 not in message.body
    assert message.recipients() == ["ada@example.test"]


@pytest.mark.parametrize("kind", ["invite", "added-to-organization", "verify-email-address", "reset-password"])
def test_mails_need_nothing_from_elsewhere_and_suit_dark_screens(cast: Cast, kind: str) -> None:
    if kind == "invite":
        an_invite(cast.organization)
    else:
        queue_mail(kind=kind, recipient="owner@example.test", organization=cast.organization, sender=cast.mate)

    send_waiting_mails()

    message: Any = mail.outbox[-1]
    html = message.alternatives[0].content
    assert "<img" not in html
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html
    assert "color-scheme" in html
    addresses = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert addresses
    assert all(address.startswith("http://localhost:8000/") for address in addresses)
    assert message.body.isprintable() or "\n" in message.body
    assert "&" not in message.body
