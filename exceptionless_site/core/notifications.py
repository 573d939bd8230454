"""Notes of the server's admins to everybody who uses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.models import SystemNotification

on_publish: list[Callable[[str, dict[str, Any]], object]] = []
"""Who tells open browsers: called on commit with `SystemNotification` or `ReleaseNotification` and its members."""

_NAME = "system"


def system_notification() -> SystemNotification | None:
    return SystemNotification.objects.filter(name=_NAME).first()


@transaction.atomic
def set_system_notification(*, message: str, level: str, target: str, publish: bool) -> SystemNotification:
    """Replace the note; its date is now."""
    shown: dict[str, Any] = {"date": utc_now(), "message": message.strip(), "level": level, "target": target}
    row, _ = SystemNotification.objects.update_or_create(name=_NAME, defaults=shown)
    if publish:
        _publish("SystemNotification", shown)
    return row


@transaction.atomic
def clear_system_notification(*, publish: bool) -> None:
    SystemNotification.objects.filter(name=_NAME).delete()
    if publish:
        _publish("SystemNotification", {"date": utc_now()})


def publish_release(*, message: str | None, critical: bool) -> datetime:
    """Tell open browsers that there is a new version, which they load at once when it is critical; when that was."""
    now = utc_now()
    members: dict[str, Any] = {"critical": critical, "date": now}
    if message:
        members["message"] = message
    _publish("ReleaseNotification", members)
    return now


def _publish(kind: str, members: dict[str, Any]) -> None:
    for hook in on_publish:
        transaction.on_commit(partial(hook, kind, members))
