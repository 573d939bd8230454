from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Organization
from events.models import SourceMap, SourceMapSearch
from events.source_maps import searches
from events.source_maps.generated_files import source_map_id
from events.source_maps.limits import SEARCHES_IN_ALL, SEARCHES_PER_DESTINATION
from events.source_maps.searches import WantedFile, request_searches, run_searches
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.http import Answer, Limits
from projects.models import Project
from tests.conftest import Cast
from tests.source_maps.conftest import URL
from tests.source_maps.generating import source_map
from tests.source_maps.test_discovery import Site

Store = Callable[..., SourceMap]
FOUND = {URL: b"code()", f"{URL}.map": source_map()}


@pytest.fixture(autouse=True)
def _discovery_is_on(settings: Settings, db: None) -> None:
    settings.SOURCE_MAP_DISCOVERY = True


def want(project: Project, *urls: str) -> None:
    request_searches(
        [WantedFile(project.organization_id, project.pk, source_map_id(url), url) for url in urls or (URL,)]
    )


def test_a_map_that_is_found_is_stored_for_the_project(cast: Cast) -> None:
    want(cast.project)
    assert run_searches(Site(FOUND)) == 1
    row = SourceMap.objects.get()
    assert (row.organization_id, row.project_id) == (cast.organization.pk, cast.project.pk)
    assert (row.generated_file_url, row.source_map_url, row.file_name) == (URL, f"{URL}.map", "app.js.map")
    assert row.is_auto_downloaded
    assert not SourceMapSearch.objects.exists()
    assert run_searches(Site(FOUND)) == 0


def test_nothing_is_asked_when_discovery_is_off(cast: Cast, settings: Settings) -> None:
    want(cast.project)
    settings.SOURCE_MAP_DISCOVERY = False
    site = Site(FOUND)
    assert run_searches(site) == 0
    assert site.asked == []


def test_only_https_addresses_are_searched(cast: Cast) -> None:
    want(cast.project, "http://example.test/app.js")
    assert not SourceMapSearch.objects.exists()


def test_a_failure_counts_for_a_quarter_of_an_hour(cast: Cast) -> None:
    want(cast.project)
    now = utc_now()
    run_searches(Site({}))
    search = SourceMapSearch.objects.get()
    assert "404" in search.error
    assert timedelta(minutes=14) < search.available_utc - now <= timedelta(minutes=16)
    want(cast.project)
    site = Site(FOUND)
    assert run_searches(site) == 0
    assert site.asked == []
    SourceMapSearch.objects.update(available_utc=utc_now())
    assert run_searches(site) == 0
    assert not SourceMapSearch.objects.exists()
    want(cast.project)
    assert run_searches(site) == 1
    assert SourceMap.objects.exists()


def test_an_unexpected_error_is_a_failure_of_one_search(cast: Cast) -> None:
    class Broken(Site):
        def get(self, url: str, *, limits: Limits, headers: Any = None) -> Answer:
            if url.endswith("broken.js"):
                raise RuntimeError("secret text")
            return super().get(url, limits=limits)

    want(cast.project, "https://example.test/broken.js", URL)
    run_searches(Broken(FOUND))
    assert SourceMapSearch.objects.get().error == "RuntimeError"
    assert SourceMap.objects.get().generated_file_url == URL


def test_a_downloaded_map_is_refreshed(cast: Cast, store: Store) -> None:
    old = utc_now() - timedelta(hours=2)
    store(cast.project, content=source_map(file="old"), is_auto_downloaded=True, updated_utc=old)
    want(cast.project)
    run_searches(Site(FOUND))
    row = SourceMap.objects.get()
    assert row.size == len(source_map())
    assert row.updated_utc > old


def test_a_downloaded_map_stays_when_it_cannot_be_refreshed(cast: Cast, store: Store) -> None:
    store(cast.project, is_auto_downloaded=True)
    want(cast.project)
    run_searches(Site({}))
    assert SourceMap.objects.count() == 1


def test_an_uploaded_map_is_not_replaced(cast: Cast, store: Store) -> None:
    store(cast.project, content=source_map(file="by hand"))
    want(cast.project)
    run_searches(Site(FOUND))
    row = SourceMap.objects.get()
    assert not row.is_auto_downloaded
    assert row.size == len(source_map(file="by hand"))
    assert not SourceMapSearch.objects.exists()


def test_the_limits_of_the_project_count_for_downloads_too(cast: Cast, store: Store) -> None:
    store(cast.project, "https://example.test/large.js", size=2**30)
    want(cast.project)
    run_searches(Site(FOUND))
    assert "MiB" in SourceMapSearch.objects.get().error


def test_searches_of_deleted_projects_end(cast: Cast) -> None:
    want(cast.project)
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    run_searches(Site(FOUND))
    assert not SourceMapSearch.objects.exists()
    assert not SourceMap.objects.exists()


def test_a_run_does_a_few_searches_the_oldest_first(cast: Cast) -> None:
    want(cast.project, *[f"https://example.test/{number}.js" for number in range(6)])
    assert run_searches(Site({})) == searches.SEARCHES_PER_RUN
    assert SourceMapSearch.objects.exclude(error="").count() == searches.SEARCHES_PER_RUN


def test_two_schedulers_do_not_take_the_same_search(cast: Cast) -> None:
    want(cast.project)

    (search,) = searches._next_searches()
    assert not searches._claim(search.__class__(pk=search.pk, available_utc=search.available_utc))
    site = Site(FOUND)
    assert run_searches(site) == 0
    assert site.asked == []
    SourceMapSearch.objects.update(available_utc=utc_now())
    assert run_searches(site) == 1


def test_a_flood_of_addresses_does_not_fill_the_table(cast: Cast, django_assert_num_queries: Any) -> None:
    for start in (0, 60, 120):
        with django_assert_num_queries(2 if start < 120 else 1):
            want(cast.project, *[f"https://example.test/{number}.js" for number in range(start, start + 60)])
    want(cast.foreign_project)
    assert SourceMapSearch.objects.filter(project=cast.project).count() == searches.WAITING_PER_PROJECT
    assert SourceMapSearch.objects.filter(project=cast.foreign_project).count() == 1


def test_searches_that_may_not_be_done_hold_up_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "SEARCHES_PER_DESTINATION", 1)
    want(cast.project, *[f"https://example.test/{number}.js" for number in range(10)])
    want(cast.foreign_project, "https://other.test/app.js")
    site = Site({})
    run_searches(site)
    assert site.asked == ["https://example.test/0.js", "https://other.test/app.js"]


@pytest.mark.parametrize(("plan", "limit"), [("EX_FREE", 10), ("EX_SMALL", 50)])
def test_a_project_searches_so_often_in_a_quarter_hour(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, plan: str, limit: int
) -> None:
    monkeypatch.setattr(searches, "SEARCHES_PER_RUN", 200)
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=plan)
    want(cast.project, *[f"https://example.test/{number}.js" for number in range(limit + 2)])
    want(cast.foreign_project, "https://example.test/foreign.js")
    site = Site({})
    run_searches(site)
    assert len(site.asked) == limit + 1
    assert SourceMapSearch.objects.filter(error__contains="quarter hour").count() == 2


@pytest.mark.parametrize(("plan", "limit"), [("EX_FREE", 5), ("EX_SMALL", 25)])
def test_a_file_is_searched_so_often_in_a_quarter_hour(cast: Cast, plan: str, limit: int) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=plan)
    site = Site({})
    for _ in range(limit + 1):
        SourceMapSearch.objects.all().delete()
        want(cast.project)
        run_searches(site)
    assert len(site.asked) == limit


@pytest.mark.parametrize("name", ["SEARCHES_PER_DESTINATION", "SEARCHES_IN_ALL"])
def test_a_server_and_all_servers_are_asked_so_often(cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert (SEARCHES_PER_DESTINATION, SEARCHES_IN_ALL) == (100, 1_000)
    monkeypatch.setattr(searches, name, 2)
    for number, project in enumerate([cast.project, cast.foreign_project, cast.project]):
        want(project, f"https://example.test/{number}.js")
    site = Site({})
    run_searches(site)
    assert len(site.asked) == 2
