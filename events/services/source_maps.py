"""Storing and removing source maps. The file comes before its row and goes after it, so a row always has its file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organization
from events.models import SourceMap
from events.source_maps.generated_files import source_map_id
from events.source_maps.limits import limits_of
from events.source_maps.storage import (
    content_name,
    is_content_name,
    name_of,
    remove_content,
    stored_names,
    write_content,
)
from exceptionless_site.core.clock import utc_now
from projects.models import Project

_USE_NOTED_EVERY = timedelta(hours=1)
_LONGEST_FILE_NAME = 255
_DRAFTS_KEPT = timedelta(days=1)
_NAMES_PER_STATEMENT = 500
_ROWS_PER_RUN = 5_000


class SourceMapLimitError(Exception):
    """The project may not have more, or larger, source maps; the text is for people."""


class UploadedBefore(Exception):  # noqa: N818 - an outcome, not a fault
    """What was downloaded does not take the place of what a person uploaded."""


def store_source_map(
    *,
    project: Project,
    generated_file_url: str,
    content: bytes,
    file_name: str | None = None,
    source_map_url: str | None = None,
    is_auto_downloaded: bool = False,
) -> SourceMap:
    """Store a checked source map for a normalized address, in place of an earlier one.

    Raises SourceMapLimitError, UploadedBefore, and Project.DoesNotExist when the project was deleted meanwhile.
    """
    source_map = SourceMap(
        organization_id=project.organization_id,
        project_id=project.pk,
        source_map_id=source_map_id(generated_file_url),
        generated_file_url=generated_file_url,
        source_map_url=source_map_url,
        file_name=file_name[:_LONGEST_FILE_NAME] if file_name else None,
        content_hash=hashlib.sha256(content).hexdigest(),
        size=len(content),
        is_auto_downloaded=is_auto_downloaded,
    )
    # A first look, so that what is refused is not written to the disk.
    _check(source_map, project.organization, _earlier(source_map))
    write_content(name_of(source_map), content)
    return _store(source_map)


@transaction.atomic
def _store(source_map: SourceMap) -> SourceMap:
    # With the project locked, two uploads at once cannot both take the last place.
    project = Project.objects.alive().select_for_update(of=("self",)).select_related("organization")
    organization = project.get(pk=source_map.project_id, organization_id=source_map.organization_id).organization
    earlier = _earlier(source_map)
    _check(source_map, organization, earlier)
    if earlier is None:
        source_map.save(force_insert=True)
        return source_map
    source_map.key = earlier.key
    source_map.last_used_utc = earlier.last_used_utc
    fields = ["generated_file_url", "source_map_url", "file_name", "content_hash", "size", "is_auto_downloaded"]
    source_map.save(force_update=True, update_fields=[*fields, "created_utc", "updated_utc"])
    if earlier.content_hash != source_map.content_hash:
        transaction.on_commit(partial(remove_content, name_of(earlier)))
    return source_map


def _earlier(source_map: SourceMap) -> SourceMap | None:
    return SourceMap.objects.filter(
        organization_id=source_map.organization_id,
        project_id=source_map.project_id,
        source_map_id=source_map.source_map_id,
    ).first()


def _check(source_map: SourceMap, organization: Organization, earlier: SourceMap | None) -> None:
    if earlier is not None and source_map.is_auto_downloaded and not earlier.is_auto_downloaded:
        raise UploadedBefore
    limits = limits_of(organization)
    others = SourceMap.objects.filter(
        organization_id=source_map.organization_id, project_id=source_map.project_id
    ).exclude(source_map_id=source_map.source_map_id)
    taken = others.order_by().aggregate(count=Count("pk"), size=Coalesce(Sum("size"), 0))
    if taken["count"] >= limits.count:
        raise SourceMapLimitError(f"The project may have {limits.count:,} source maps; delete some first.")
    if taken["size"] + source_map.size > limits.size:
        mebibytes = limits.size // 1024 // 1024
        raise SourceMapLimitError(f"The project may have {mebibytes:,} MiB of source maps; delete some first.")


@transaction.atomic
def delete_source_map(*, source_map: SourceMap) -> None:
    # One that is replaced at this moment has another file than the row that was read.
    rows = SourceMap.objects.filter(pk=source_map.pk, organization_id=source_map.organization_id)
    row = rows.select_for_update().first()
    if row is not None:
        row.delete()
        transaction.on_commit(partial(remove_content, name_of(row)))


def note_use(*, source_maps: Iterable[SourceMap]) -> None:
    """Remember that the maps were used; at most one write for each map and hour."""
    now = utc_now()
    before = now - _USE_NOTED_EVERY
    stale = [row for row in source_maps if row.last_used_utc is None or row.last_used_utc <= before]
    if not stale:
        return
    rows = SourceMap.objects.filter(
        Q(last_used_utc__isnull=True) | Q(last_used_utc__lte=before),
        organization_id__in={row.organization_id for row in stale},
        pk__in=[row.pk for row in stale],
    )
    with transaction.atomic():
        # Rows that another worker has locked are noted by it; to wait for them could be a deadlock.
        free = rows.order_by("pk").select_for_update(skip_locked=True)
        rows.filter(pk__in=list(free.values_list("pk", flat=True))).update(last_used_utc=now)


def remove_unused_source_maps() -> int:
    """Delete the source maps that no event needed for the time its plan allows, and files that no row knows.

    How many source maps went.
    """
    removed = 0
    for source_map in _unused(utc_now()):
        delete_source_map(source_map=source_map)
        removed += 1
    _remove_lost_files()
    return removed


def _unused(now: datetime) -> list[SourceMap]:
    """The maps whose last use, or upload without one, was too long ago."""
    unused = []
    organizations = Organization.objects.filter(pk__in=SourceMap.objects.order_by().values("organization_id"))
    for organization in organizations:
        unused += list(unused_source_maps(organization, now)[:_ROWS_PER_RUN])
    return unused


def unused_source_maps(organization: Organization, now: datetime) -> QuerySet[SourceMap]:
    """Those whose last use and last upload were too long ago, the oldest first.

    `touched_utc` is when they were last used, or uploaded without a use.
    """
    oldest = now - limits_of(organization).unused_kept
    rows = SourceMap.objects.filter(organization_id=organization.pk, updated_utc__lt=oldest)
    touched = rows.annotate(touched_utc=Coalesce("last_used_utc", "updated_utc"))
    return touched.filter(touched_utc__lt=oldest).order_by("touched_utc")


def _remove_lost_files() -> None:
    """Files of rows that went with their project, of uploads that were never finished."""
    names = stored_names(utc_now() - _DRAFTS_KEPT)
    for start in range(0, len(names), _NAMES_PER_STATEMENT):
        chunk = names[start : start + _NAMES_PER_STATEMENT]
        hashes = {name[-68:-4] for name in chunk if is_content_name(name)}
        rows = SourceMap.objects.filter(content_hash__in=hashes)
        known = {content_name(*row) for row in rows.values_list("project_id", "source_map_id", "content_hash")}
        for name in chunk:
            if name not in known:
                remove_content(name)
