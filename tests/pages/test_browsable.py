"""The browsable API: pages for people over the same answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from tests.conftest import Cast


def browser(cast: Cast, who: str | None = "admin", **options: Any) -> Client:
    client = Client(HTTP_ACCEPT="text/html", **options)
    if who:
        client.force_login(getattr(cast, who))
    return client


def page_of(response: Any) -> str:
    assert response["Content-Type"] == "text/html; charset=utf-8"
    return str(response.content.decode())


def csrf_token(page: str) -> str:
    found = re.search(r'"csrfToken": "(\w+)"', page)
    assert found
    return found.group(1)


def test_a_signed_in_person_sees_their_own_data_and_a_way_out(cast: Cast) -> None:
    page = page_of(browser(cast, "owner").get("/api/v2/organizations"))
    assert "Acme" in page
    assert "Elsewhere" not in page
    assert "owner@example.test" in page
    assert "Sign out" in page


def test_a_refusal_is_a_page_that_leads_to_the_login(cast: Cast) -> None:
    response = browser(cast, None).get("/api/v2/organizations")
    assert response.status_code == 401
    assert "/admin/login/?next=/api/v2/organizations" in page_of(response)


def test_a_missing_object_is_a_page_with_the_problem_in_it(cast: Cast) -> None:
    response = browser(cast).get(f"/api/v2/projects/{'0' * 24}")
    assert response.status_code == 404
    assert "HTTP 404 Not Found" in page_of(response)


@pytest.mark.parametrize("name", ["access_token", "api_key", "apikey", "Access_Token"])
def test_a_token_in_the_address_shows_its_data_and_is_covered_on_the_page(cast: Cast, name: str) -> None:
    token = cast.login_token(cast.owner).secret
    cast.organization.projects.create(name="One more")
    page = page_of(browser(cast, None).get(f"/api/v2/projects?limit=1&{name}={token}"))
    assert "Disintegrating Pistol" in page
    shown = re.findall(r'<pre class="(?:request|headers)".*?</pre>', page, re.DOTALL)
    assert len(shown) == 2
    for text in shown:
        assert token not in text
        assert "••••" in text


def test_a_program_gets_json_from_the_same_address(cast: Cast) -> None:
    answer = cast.client(cast.owner).get("/api/v2/organizations")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert "Content-Security-Policy" not in answer


def test_the_form_starts_from_the_documented_example(cast: Cast) -> None:
    page = page_of(browser(cast).get("/api/v2/organizations"))
    form = re.search(r'<section class="send" aria-label="POST">.*?</section>', page, re.DOTALL)
    assert form
    assert "&quot;name&quot;:" in form.group()


def test_events_can_be_posted_as_json_or_text_from_an_example(cast: Cast) -> None:
    page = page_of(browser(cast, "owner").get("/api/v2/events"))
    form = re.search(r'<section class="send" aria-label="POST">.*?</section>', page, re.DOTALL)
    assert form
    assert re.findall(r'<option value="([^"]+)"', form.group()) == ["application/json", "text/plain"]
    assert "&quot;message&quot;" in form.group()


def test_marks_in_a_description_become_html(cast: Cast) -> None:
    page = page_of(browser(cast, "owner").get("/api/v2/events"))
    about = re.search(r'<div class="about">.*?</div>', page, re.DOTALL)
    assert about
    assert "<code>filter=reference:{id}</code>" in about.group()
    assert "`" not in about.group()


def test_the_form_for_a_change_starts_from_the_present_values(cast: Cast) -> None:
    page = page_of(browser(cast, "owner").get(f"/api/v2/organizations/{cast.organization.pk}"))
    form = re.search(r'<section class="send" aria-label="Change">.*?</section>', page, re.DOTALL)
    assert form
    assert "&quot;name&quot;: &quot;Acme&quot;" in form.group()
    assert "PATCH" in form.group()


@pytest.mark.parametrize(
    ("body", "kept"), [(b'{"name": "", "other": 1}', "&quot;other&quot;: 1"), (b"{broken", "&quot;Acme&quot;")]
)
def test_a_refused_body_can_be_mended(cast: Cast, body: bytes, kept: str) -> None:
    response = browser(cast).post("/api/v2/organizations", body, "application/json")
    assert response.status_code in (400, 422)
    form = re.search(r'<section class="send" aria-label="POST">.*?</section>', page_of(response), re.DOTALL)
    assert form
    assert kept in form.group()


def test_nothing_is_offered_to_someone_who_may_not(cast: Cast) -> None:
    page = page_of(browser(cast, None).get("/api/v2/organizations"))
    assert '<section class="send"' not in page


def test_posting_needs_the_token_against_forgery(cast: Cast) -> None:
    client = browser(cast, "owner", enforce_csrf_checks=True)
    body = b'{"name": "Made by hand"}'
    refused = client.post("/api/v2/organizations", body, "application/json")
    assert refused.status_code == 401
    token = csrf_token(page_of(client.get("/api/v2/organizations")))
    made = client.post("/api/v2/organizations", body, "application/json", HTTP_X_CSRFTOKEN=token)
    assert made.status_code == 201
    assert "HTTP 201 Created" in page_of(made)
    assert Organization.objects.filter(name="Made by hand").exists()


@pytest.mark.parametrize("header", [{"HTTP_ORIGIN": "https://other.test"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}])
def test_the_session_counts_for_nothing_from_another_origin(cast: Cast, header: dict[str, str]) -> None:
    assert browser(cast, "owner", **header).get("/api/v2/organizations").status_code == 401


def test_a_session_does_not_get_in_the_way_of_open_operations(cast: Cast) -> None:
    client = browser(cast, "admin", enforce_csrf_checks=True)
    body = b'{"email": "nobody@example.test", "password": "wrong-password"}'
    response: Any = client.post("/api/v2/auth/login", body, "application/json", HTTP_ACCEPT="application/json")
    assert response.json()["title"] == "Login failed."


def test_pages_of_a_list_are_linked(cast: Cast) -> None:
    for number in range(3):
        cast.organization.projects.create(name=f"More {number}")
    page = page_of(browser(cast, "owner").get("/api/v2/projects?limit=2&page=1"))
    assert 'rel="next"' in page
    assert "page=2" in page


def test_the_trail_leads_back_through_what_can_be_read(cast: Cast) -> None:
    address = f"/api/v2/organizations/{cast.organization.pk}/projects"
    page = page_of(browser(cast, "owner").get(address))
    trail = re.search(r'<ol class="trail">.*?</ol>', page, re.DOTALL)
    assert trail
    assert re.findall(r'href="([^"]+)"', trail.group()) == [
        "/api/v2/",
        "/api/v2/organizations",
        f"/api/v2/organizations/{cast.organization.pk}",
        address,
    ]


def test_what_an_answer_holds_is_shown_as_text(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(name="<script>alert(1)</script>")
    page = page_of(browser(cast, "owner").get("/api/v2/organizations"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_signing_out_leads_back(cast: Cast) -> None:
    client = browser(cast, "admin")
    response = client.post("/admin/logout/", {"next": "/api/v2/"})
    assert response["Location"] == "/api/v2/"
    assert "Sign in" in page_of(client.get("/api/v2/"))
