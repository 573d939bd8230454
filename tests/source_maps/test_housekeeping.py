from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Organization
from events.models import SourceMap
from events.services.clean_up import find_clean_up
from events.services.source_maps import remove_unused_source_maps
from events.source_maps.storage import name_of, write_content
from exceptionless_site.core.clock import utc_now
from exceptionless_site.jobs.registry import registered_jobs
from projects.models import Project
from tests.conftest import Cast
from tests.source_maps.conftest import files_in

Store = Callable[..., SourceMap]
pytestmark = pytest.mark.django_db(transaction=True)


def days_ago(days: float) -> object:
    return utc_now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("plan", "uploaded", "used", "is_kept"),
    [
        ("EX_UNLIMITED", 89, None, True),
        ("EX_UNLIMITED", 91, None, False),
        ("EX_UNLIMITED", 200, 89, True),
        ("EX_UNLIMITED", 200, 91, False),
        ("EX_FREE", 13, None, True),
        ("EX_FREE", 15, None, False),
        ("EX_FREE", 200, 13, True),
        ("EX_FREE", 200, 15, False),
        # Uploaded again after its last use.
        ("EX_FREE", 1, 15, True),
    ],
)
def test_unused_maps_go_after_the_time_of_the_plan(
    cast: Cast, store: Store, content_directory: Path, plan: str, uploaded: int, used: int | None, is_kept: bool
) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=plan)
    last_used = None if used is None else days_ago(used)
    store(cast.project, updated_utc=days_ago(uploaded), last_used_utc=last_used)
    assert remove_unused_source_maps() == (0 if is_kept else 1)
    assert SourceMap.objects.count() == len(files_in(content_directory)) == int(is_kept)


def test_the_clean_up_command_shows_unused_maps_and_removes_them(
    cast: Cast, store: Store, content_directory: Path
) -> None:
    store(cast.project, "https://example.test/used.js")
    unused = store(cast.project, updated_utc=days_ago(200), last_used_utc=days_ago(100))
    (finding,) = find_clean_up()
    assert finding == (cast.organization.name, "unused source maps", 1, unused.last_used_utc)
    for arguments, kept in ((["--dry-run"], 2), ([], 1)):
        shown = StringIO()
        call_command("clean_up", *arguments, stdout=shown)
        assert SourceMap.objects.count() == len(files_in(content_directory)) == kept
    assert shown.getvalue().endswith("1 rows were removed.\n")


def test_files_that_no_row_knows_go_after_a_day(cast: Cast, store: Store, content_directory: Path) -> None:
    kept, lost = store(cast.project), store(cast.foreign_project)
    draft, fresh = f"{name_of(kept)}.draft", name_of(kept).replace("-", "-0")[:-5] + ".map"
    write_content(draft, b"half")
    write_content(fresh, b"of an upload in this moment")
    for name in (name_of(kept), name_of(lost), draft):
        os.utime(content_directory / name, (0, time.time() - 2 * 86_400))
    SourceMap.objects.filter(pk=lost.pk).delete()
    remove_unused_source_maps()
    assert files_in(content_directory) == sorted([name_of(kept), fresh])


def test_nothing_is_removed_where_nothing_is() -> None:
    assert remove_unused_source_maps() == 0


def test_the_maps_of_a_project_go_with_it(cast: Cast, store: Store) -> None:
    store(cast.project)
    Project.objects.filter(pk=cast.project.pk).delete()
    assert not SourceMap.objects.exists()


def test_the_jobs_are_registered() -> None:
    assert {"search-source-maps", "remove-unused-source-maps"} <= {job.name for job in registered_jobs()}


def test_a_file_appears_whole_or_not_at_all(content_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_content("p/a.map", b"old")

    def fail(descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_content("p/a.map", b"new")
    assert files_in(content_directory) == ["p/a.map"]
    assert (content_directory / "p/a.map").read_bytes() == b"old"
