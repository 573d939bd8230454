"""How often people are told of the same: mails and Slack messages, not web hooks."""

from __future__ import annotations

from datetime import timedelta

from events.notifications.occurrence import Occurrence
from exceptionless_site.core.rates import Window

STACKS = Window("notice-stack", timedelta(minutes=15))
PROJECTS = Window("notice-project", timedelta(minutes=30))
NOTICES_PER_PROJECT = 10
_ALWAYS_TOLD = 2


def may_be_told(occurrence: Occurrence) -> bool:
    """Whether this is not too much; counts it when it is not. A regression is always told.

    The first two occurrences of a stack are told, later ones once in a quarter of an hour; a project has ten in
    half an hour.
    """
    stack = STACKS.add(occurrence.stack.pk)
    if occurrence.facts.is_regression:
        PROJECTS.add(occurrence.project.pk)
        return True
    if stack > 1 and occurrence.stack.total_occurrences > _ALWAYS_TOLD:
        return False
    return PROJECTS.add(occurrence.project.pk) <= NOTICES_PER_PROJECT
