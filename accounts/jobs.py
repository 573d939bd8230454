"""Jobs about accounts."""

from __future__ import annotations

from datetime import timedelta

from accounts.services.mails import remove_old_mails, send_waiting_mails
from exceptionless_site.jobs.registry import register


def register_jobs() -> None:
    register("send-mails", every=timedelta(seconds=5), run=send_waiting_mails)
    register("remove-old-mails", every=timedelta(hours=6), run=remove_old_mails)
