"""How many users projects have in a range of time, which every list of stack summaries shows.

Counting them reads all events of the range, so a number that was worth the work is kept for a while by the process that
counted. It may therefore be five minutes old, be that of a range that begins and ends in the same quarters of an hour,
and differ between two processes for so long.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count

from events.models.event import EventQuerySet

KEPT = timedelta(minutes=5)
WORTH_KEEPING = 10
_GRAIN_SECONDS = 15 * 60

Range = tuple[datetime, datetime]


def users_of_projects(events: EventQuerySet, ranges: Mapping[str, Range]) -> dict[str, int]:
    """Numbers of distinct users by project id. `events` are those of the projects' ranges, whoever else's they are."""
    keys = {project_id: _key(project_id, *range_) for project_id, range_ in ranges.items()}
    kept = cache.get_many(keys.values())
    counted = _count(events, [project_id for project_id, key in keys.items() if key not in kept])
    worth = {keys[project_id]: number for project_id, number in counted.items() if number >= WORTH_KEEPING}
    if worth:
        cache.set_many(worth, KEPT.total_seconds())
    return counted | {project_id: kept[key] for project_id, key in keys.items() if key in kept}


def _count(events: EventQuerySet, project_ids: list[str]) -> dict[str, int]:
    if not project_ids:
        return {}
    rows = events.filter(project_id__in=project_ids).order_by().values_list("project_id")
    return dict(rows.annotate(number=Count("user_hash", distinct=True)))


def _key(project_id: str, start: datetime, end: datetime) -> str:
    first, last = (int(moment.timestamp()) // _GRAIN_SECONDS for moment in (start, end))
    return f"project-users:{project_id}:{first}:{last}"
