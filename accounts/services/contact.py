"""Messages of the contact form: into the outbox, for whom the operator named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from accounts.mails import Letter
from accounts.services.mails import queue_letters
from exceptionless_site.core.rates import Window

CONTACT = "contact"
MESSAGES_PER_HOUR = 3
_MESSAGES = Window("contact", timedelta(hours=1))


class NotConfiguredError(Exception):
    """The operator named no address that messages go to."""


class TooManyMessagesError(Exception):
    """The sender has written several times within the hour."""


@dataclass(frozen=True, slots=True)
class ContactMessage:
    """What somebody wrote; nothing of it is known to be true."""

    name: str
    email_address: str
    message: str
    company: str = ""
    subject: str = ""


def queue_contact_message(*, message: ContactMessage, ip: str) -> None:
    """Raises NotConfiguredError and TooManyMessagesError."""
    if not settings.CONTACT_ADDRESS:
        raise NotConfiguredError
    if _MESSAGES.add(ip) > MESSAGES_PER_HOUR:
        raise TooManyMessagesError
    queue_letters(kind=CONTACT, letters=[(settings.CONTACT_ADDRESS, _letter(message))])


def _letter(message: ContactMessage) -> Letter:
    context = {
        "name": message.name,
        "email_address": message.email_address,
        "company": message.company,
        "message": message.message,
    }
    return Letter(f"Contact: {message.subject or message.name}", "contact", context, reply_to=message.email_address)
