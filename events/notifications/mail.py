"""Mails about events: handed to the outbox that all mails go through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.mails import Letter
from accounts.services.mails import queue_letters


@dataclass(frozen=True, slots=True)
class Mail:
    """`template` names `mails/<template>.html` and `.txt`; the context holds nothing but JSON, and no secrets."""

    organization_id: str
    recipient: str
    subject: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


def queue_mails(mails: Sequence[Mail]) -> None:
    """Mails that a job sends soon, if the current transaction is committed; one statement for each kind."""
    kinds: defaultdict[tuple[str, str], list[tuple[str, Letter]]] = defaultdict(list)
    for mail in mails:
        letter = Letter(mail.subject, mail.template, dict(mail.context))
        kinds[mail.template, mail.organization_id].append((mail.recipient, letter))
    for (template, organization_id), letters in kinds.items():
        queue_letters(kind=template, letters=letters, organization_id=organization_id)
