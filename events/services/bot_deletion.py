"""Asking for the removal of a bot's events."""

from __future__ import annotations

from datetime import timedelta

from events.ingest.bots import WINDOW
from events.models import WorkItem
from events.models.work_item import WorkItemKind
from events.services.bot_events import Bot
from events.services.work_items import request_work
from projects.models import Project

DELAY = timedelta(seconds=10)
"""For batches that other workers have counted and not stored yet."""


def request_deletion(address: str, project_id: str) -> None:
    """Have the events of the address in the current window removed, once."""
    project = Project.objects.filter(pk=project_id).first()
    argument = Bot(address, WINDOW.start()).to_argument()
    kind = WorkItemKind.BOT_EVENTS
    if project is None or WorkItem.objects.filter(kind=kind, project=project, argument=argument).exists():
        return
    request_work(kind=kind, project=project, argument=argument, delay=DELAY)
