"""Looking for source maps on the servers of the scripts: events ask for it, a job does it later.

Nothing here is on the way of an event: the worker leaves a row, and the maps count for the events that come after
they were found.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count

from events.models import SourceMap, SourceMapSearch
from events.services.source_maps import SourceMapLimitError, UploadedBefore, store_source_map
from events.source_maps.discovery import Discovered, DiscoveryError, discover
from events.source_maps.limits import SEARCHES_IN_ALL, SEARCHES_PER_DESTINATION, limits_of
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.http import Outbound
from exceptionless_site.core.rates import Window
from projects.models import Project

MEMORY = timedelta(minutes=15)
"""How long a failure counts, and how long a worker does not ask again for the same file."""
REFRESH_AFTER = timedelta(minutes=60)
WINDOW = Window("source-map-search", timedelta(minutes=15))
SEARCHES_PER_RUN = 4
_LOOKED_AT_PER_RUN = 100
WAITING_PER_PROJECT = 100
"""What a project asks for beyond this is not looked for now: it may be a flood of made-up addresses."""
_AT_ONCE = 4
_LEASE = timedelta(minutes=2)

logger = logging.getLogger(__name__)


class WantedFile(NamedTuple):
    """A generated file, by its normalized address, whose source map would be of use."""

    organization_id: str
    project_id: str
    map_id: str
    url: str


def needs_refresh(source_map: SourceMap) -> bool:
    return source_map.is_auto_downloaded and source_map.updated_utc <= utc_now() - REFRESH_AFTER


def request_searches(files: Sequence[WantedFile]) -> None:
    """Have the maps of the files looked for; files that are waiting already, or failed lately, stay as they are."""
    files = [file for file in files if file.url.startswith("https://")]
    if not files:
        return
    waiting = Counter(_waiting_projects({file.project_id for file in files}))
    rows = []
    for file in files:
        waiting[file.project_id] += 1
        if waiting[file.project_id] <= WAITING_PER_PROJECT:
            rows.append(_row(file))
    SourceMapSearch.objects.bulk_create(rows, ignore_conflicts=True)


def _waiting_projects(project_ids: set[str]) -> dict[str, int]:
    rows = SourceMapSearch.objects.filter(project_id__in=project_ids).order_by().values_list("project_id")
    return dict(rows.annotate(count=Count("pk")))


def _row(file: WantedFile) -> SourceMapSearch:
    return SourceMapSearch(
        organization_id=file.organization_id,
        project_id=file.project_id,
        source_map_id=file.map_id,
        generated_file_url=file.url,
    )


def run_searches(outbound: Outbound | None = None) -> int:
    """Do some of the searches that wait; how many. The job's function."""
    if not settings.SOURCE_MAP_DISCOVERY:
        return 0
    _forget_failures()
    allowed = _next_searches()
    if allowed:
        # The threads only wait for other servers; the database is this thread's own.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = list(pool.map(partial(_discover, outbound or Outbound()), allowed))
        for search, outcome in zip(allowed, outcomes, strict=True):
            _finish(search, outcome)
    return len(allowed)


def _forget_failures() -> None:
    SourceMapSearch.objects.filter(available_utc__lte=utc_now()).exclude(error="").delete()


def _next_searches() -> list[SourceMapSearch]:
    """The first that wait and may be done, claimed; those that may not be done fail without costing a turn."""
    waiting = SourceMapSearch.objects.filter(available_utc__lte=utc_now(), error="")
    chosen: list[SourceMapSearch] = []
    for search in waiting.select_related("project__organization")[:_LOOKED_AT_PER_RUN]:
        if len(chosen) == SEARCHES_PER_RUN:
            break
        if _claim(search) and _is_allowed(search):
            chosen.append(search)
    return chosen


def _claim(search: SourceMapSearch) -> bool:
    """Move the row into the future, so that no other scheduler takes it too."""
    unclaimed = SourceMapSearch.objects.filter(pk=search.pk, available_utc=search.available_utc)
    return bool(unclaimed.update(available_utc=utc_now() + _LEASE))


def _is_allowed(search: SourceMapSearch) -> bool:
    """Whether neither the project nor anyone else asks too much of other servers; counts this search."""
    limits = limits_of(search.project.organization)
    subjects = {
        f"file:{search.project_id}:{search.source_map_id}": limits.searches_per_file,
        f"project:{search.project_id}": limits.searches_per_project,
        f"organization:{search.organization_id}": limits.searches_per_organization,
        f"destination:{urlsplit(search.generated_file_url).hostname}": SEARCHES_PER_DESTINATION,
        "all": SEARCHES_IN_ALL,
    }
    counts = WINDOW.add_all(dict.fromkeys(subjects, 1))
    if all(counts[subject] <= limit for subject, limit in subjects.items()):
        return True
    _fail(search, "Too many searches in this quarter hour.")
    return False


def _discover(outbound: Outbound, search: SourceMapSearch) -> Discovered | str:
    """What was found, or why nothing was."""
    try:
        return discover(search.generated_file_url, outbound)
    except DiscoveryError as error:
        return str(error)
    except Exception as error:
        logger.exception("Looking for a source map failed")
        return type(error).__name__


def _finish(search: SourceMapSearch, outcome: Discovered | str) -> None:
    if isinstance(outcome, str):
        _fail(search, outcome)
        return
    try:
        store_source_map(
            project=search.project,
            generated_file_url=search.generated_file_url,
            content=outcome.content,
            source_map_url=outcome.source_map_url,
            file_name=outcome.file_name,
            is_auto_downloaded=True,
        )
    except SourceMapLimitError as error:
        _fail(search, str(error))
        return
    except (UploadedBefore, Project.DoesNotExist):
        # Nobody waits for it any more.
        pass
    SourceMapSearch.objects.filter(pk=search.pk).delete()


def _fail(search: SourceMapSearch, error: str) -> None:
    rows = SourceMapSearch.objects.filter(pk=search.pk)
    rows.update(error=error[:200], available_utc=utc_now() + MEMORY)
