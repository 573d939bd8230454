"""Mails about events: their text, and handing them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Mail:
    """`template` names `mails/<template>.html` and `.txt`; the context holds nothing but JSON."""

    organization_id: str
    recipient: str
    subject: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


def queue_mails(mails: Sequence[Mail]) -> None:
    """Send the mails when the current transaction is committed."""
    if mails:
        transaction.on_commit(partial(_send, mails))


def _send(mails: Sequence[Mail]) -> None:
    get_connection().send_messages([_message(mail) for mail in mails])


def _message(mail: Mail) -> EmailMultiAlternatives:
    # A name that someone chose may hold line breaks, which would end the header.
    subject = " ".join(mail.subject.split())
    context = {"server": settings.BASE_URL, "subject": subject} | dict(mail.context)
    text = render_to_string(f"mails/{mail.template}.txt", context).strip() + "\n"
    message = EmailMultiAlternatives(subject, text, to=[mail.recipient], headers={"Auto-Submitted": "auto-generated"})
    message.attach_alternative(render_to_string(f"mails/{mail.template}.html", context), "text/html")
    return message
