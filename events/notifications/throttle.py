"""How often people are told of the same: mails and Slack messages, not web hooks."""

from __future__ import annotations

from datetime import timedelta

from events.notifications.occurrence import Occurrence
from exceptionless_site.core.rates import Window

STACKS = Window("notice-stack", timedelta(minutes=15))
PROJECTS = Window("notice-project", timedelta(minutes=30))
NOTICES_PER_PROJECT = 10
_ALWAYS_TOLD = 2


class Throttle:
    """Decides for the events of one batch. A regression is always told.

    The first two occurrences of a stack are told, later ones once in a quarter of an hour; a project has ten in
    half an hour.
    """

    def __init__(self) -> None:
        self._full: set[str] = set()
        """Projects that have had theirs: a flood of their events is not even counted."""

    def allows(self, occurrence: Occurrence) -> bool:
        """Whether this is not too much; counts it."""
        project_id = occurrence.project.pk
        if not occurrence.facts.is_regression:
            if project_id in self._full or self._is_repeated(occurrence):
                return False
            if PROJECTS.add(project_id) > NOTICES_PER_PROJECT:
                self._full.add(project_id)
                return False
            return True
        STACKS.add(occurrence.stack.pk)
        PROJECTS.add(project_id)
        return True

    def _is_repeated(self, occurrence: Occurrence) -> bool:
        return STACKS.add(occurrence.stack.pk) > 1 and occurrence.stack.total_occurrences > _ALWAYS_TOLD
