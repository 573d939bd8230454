"""The start page, the error page and the icon."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from tests.conftest import Cast

PAGES = ["/", "/docs", "/docs/search", "/no-such-page", "/api/v2/", "/api/v2/users/me", "/admin/login/"]


def get(address: str, **headers: Any) -> Any:
    return Client(HTTP_ACCEPT="text/html", **headers).get(address)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("API Documentation", "/docs"),
        ("Search Guide", "/docs/search"),
        ("Admin", "/admin/"),
        ("Browsable API", "/api/v2/"),
    ],
)
def test_the_start_page_leads_everywhere(text: str, address: str) -> None:
    page = get("/").content.decode()
    assert re.search(rf'<a class="card" href="{address}">\s*<strong>{text}</strong>', page)


def test_the_start_page_names_its_own_address_and_version(settings: Any) -> None:
    page = get("/", HTTP_HOST="errors.example.test").content.decode()
    assert "curl http://errors.example.test/api/v2/events" in page
    assert f"Version {settings.VERSION}" in page


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_nothing_from_elsewhere(db: None, address: str) -> None:
    page = get(address).content.decode()
    loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"']([^\"']+)", page)
    assert loaded
    for source in loaded:
        assert source.startswith("/static/"), source
        assert finders.find(source.removeprefix("/static/")), source


@pytest.mark.parametrize("address", [address for address in PAGES if not address.startswith("/admin")])
def test_a_page_runs_no_script_of_its_own(db: None, address: str) -> None:
    response = get(address)
    for attributes in re.findall(r"<script\b([^>]*)>", response.content.decode()):
        assert "src=" in attributes or 'type="application/json"' in attributes
    if address != "/no-such-page":
        assert "script-src 'self';" in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_small_screens_and_is_never_framed(db: None, address: str) -> None:
    response = get(address)
    assert 'name="viewport"' in response.content.decode()
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_people_get_a_page_and_programs_a_problem_when_nothing_is_there() -> None:
    page = get("/no-such-page")
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()
    problem = Client().get("/no-such-page", HTTP_ACCEPT="application/json")
    assert problem.status_code == 404
    assert problem["Content-Type"] == "application/problem+json"


def test_the_styles_know_dark_colours() -> None:
    path = finders.find("exceptionless/site.css")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as file:
        assert "prefers-color-scheme: dark" in file.read()


def test_the_icon_is_found_where_browsers_look() -> None:
    response = get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"] == f"{settings.STATIC_URL}exceptionless/favicon.svg"


@pytest.mark.parametrize("address", ["/", "/docs", "/docs/v2/openapi.json"])
def test_pages_are_only_read(address: str) -> None:
    assert Client().post(address).status_code == 405


def test_each_collection_of_the_entrance_is_there(cast: Cast) -> None:
    answer = cast.client(cast.owner).get("/api/v2/", HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    for name, address in answer.json().items():
        path = address.removeprefix("http://testserver")
        assert cast.client(cast.owner).get(path).status_code == 200, name


def test_the_search_guide_shows_fields_and_today_s_ranges() -> None:
    page = get("/docs/search").content.decode()
    for name in ("error.targetmethod", "data.@request.host", "snooze_until_utc"):
        assert f'<code class="name">{name}</code>' in page
    assert '<a class="go" href="/api/v2/events?filter=type%3Aerror"' in page
    assert "<code>-browser:chrome</code>" in page
    assert f"{datetime.now(UTC):%Y-%m-%d} 00:00:00" in page


def test_the_form_of_a_list_is_filled_in_and_leads_to_the_guide(cast: Cast) -> None:
    client = cast.client(cast.owner)
    for address in ("/api/v2/events", "/api/v2/stacks", "/api/v2/events/count", "/api/v2/events/sessions"):
        page = client.get(address, {"filter": 'a "<b>"'}, headers={"accept": "text/html"}).content.decode()
        assert 'name="filter" value="a &quot;&lt;b&gt;&quot;"' in page
        assert '<a href="/docs/search#' in page
        assert '<option value="[now-1d TO now]">' in page
    assert 'name="filter"' not in client.get("/api/v2/projects", headers={"accept": "text/html"}).content.decode()
