"""What mails look like: kinds, their texts, and links into the web UI or our own pages.

    @mails.kind("invite")
    def invite(message: MailMessage) -> Letter | None: ...

A kind's function is called at the moment of sending; None means that the mail is no longer wanted. Mails without
secrets may be queued as ready letters instead (`accounts.services.mails.queue_letters`): they need no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import MailMessage

_SUBJECT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """`template` names `mails/<template>.html` and `.txt`; `context` may hold secrets and is never stored."""

    subject: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    reply_to: str = ""


Kind = Callable[[MailMessage], Letter | None]
_kinds: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Registers how mails of a kind are written. Raises ValueError for a name that is taken."""

    def register(function: Kind) -> Kind:
        if name in _kinds:
            raise ValueError(f"there are two kinds of mails named {name!r}")
        _kinds[name] = function
        return function

    return register


def letter_for(message: MailMessage) -> Letter | None:
    """The letter that was queued, else the mail's text as things are now. Raises KeyError for an unknown kind."""
    return Letter(**message.data) if message.data else _kinds[message.kind](message)


def web_link(path: str) -> str:
    """The address of a page: of the web UI where one is named, else of ours, which has the same routes."""
    return f"{settings.WEB_UI_URL or settings.BASE_URL}{path}"


def email(letter: Letter, recipient: str) -> EmailMultiAlternatives:
    """The mail as text and as HTML."""
    # A name that someone chose may hold line breaks, which would end the header.
    subject = " ".join(letter.subject.split())[:_SUBJECT_LENGTH]
    context = {"server": settings.BASE_URL, "subject": subject} | dict(letter.context)
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"mails/{letter.template}.txt", context).strip() + "\n",
        to=[recipient],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        # So that no vacation notice answers.
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"mails/{letter.template}.html", context), "text/html")
    return message
