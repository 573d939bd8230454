"""What waits in the outbox, and the links in what was sent."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail

from accounts.models import MailMessage
from accounts.services.mails import send_waiting_mails


def waiting() -> list[tuple[str, str]]:
    """Kind and recipient of the mails that were not sent yet, oldest first."""
    rows = MailMessage.objects.filter(sent_utc__isnull=True, given_up_utc__isnull=True)
    return list(rows.order_by("created_utc", "pk").values_list("kind", "recipient"))


def sent_mail() -> Any:
    """Send what waits; the last mail that went out."""
    send_waiting_mails()
    return mail.outbox[-1]


def link_in(message: Any) -> str:
    """The first address in the text."""
    found = re.search(r"https?://\S+", message.body)
    assert found is not None
    return found.group()
