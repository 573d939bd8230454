"""The admin's pages of mails."""

from __future__ import annotations

from django.test import Client

from accounts.models import Invite, MailMessage
from accounts.services.mails import queue_mail
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast

PAGE = "/admin/accounts/mailmessage/"


def test_failures_are_shown_without_the_link_that_was_mailed(cast: Cast, site: Client) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")
    message = queue_mail(kind="invite", recipient="ada@example.test", organization=cast.organization)
    MailMessage.objects.update(error="Connection refused", given_up_utc=utc_now())

    pages = [site.get(address).content.decode() for address in (PAGE, f"{PAGE}{message.pk}/change/")]

    for page in pages:
        assert "Connection refused" in page
        assert "given up" in page
        assert invite.token not in page


def test_a_mail_that_was_given_up_is_sent_again(cast: Cast, site: Client) -> None:
    given_up = queue_mail(kind="invite", recipient="ada@example.test", organization=cast.organization)
    sent = queue_mail(kind="invite", recipient="ada@example.test", organization=cast.organization)
    MailMessage.objects.filter(pk=given_up.pk).update(given_up_utc=utc_now(), error="x")
    MailMessage.objects.filter(pk=sent.pk).update(sent_utc=utc_now())

    site.post(PAGE, {"action": "retry", "_selected_action": [given_up.pk, sent.pk]})

    assert [MailMessage.objects.get(pk=row.pk).state for row in (given_up, sent)] == ["waiting", "sent"]


def test_the_list_filters_by_state(cast: Cast, site: Client) -> None:
    for address in ("waits@example.test", "went@example.test"):
        queue_mail(kind="invite", recipient=address, organization=cast.organization)
    MailMessage.objects.filter(recipient="went@example.test").update(sent_utc=utc_now())

    page = site.get(PAGE, {"state": "sent"}).content.decode()

    assert "went@example.test" in page
    assert "waits@example.test" not in page


def test_an_invite_made_in_the_admin_is_mailed(cast: Cast, site: Client) -> None:
    sent = {"email_address": "ada@example.test", "organization": cast.organization.pk}

    assert site.post("/admin/accounts/invite/add/", sent).status_code == 302

    message = MailMessage.objects.get()
    assert (message.kind, message.recipient, message.sender) == ("invite", "ada@example.test", cast.admin)
