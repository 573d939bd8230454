"""The walk of the API usage page in a real browser: Swagger UI, the query string, and revoking in the admin."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.live.conftest import (
    EMAIL_ADDRESS,
    ORGANIZATION_ID,
    PASSWORD,
    PROJECT_ID,
    Product,
    eventually,
)

pytestmark = pytest.mark.browser

REFERENCE = "mission-page-0001"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    """A fresh browser profile; a request to any other host, or an error in the console, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    outside: list[str] = []
    errors: list[str] = []
    opened.on(
        "request",
        lambda request: None if request.url.startswith((product.url, "data:")) else outside.append(request.url),
    )
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert outside == []
    assert errors == []


class Swagger:
    """What a reader of the page does in Swagger UI."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page = page
        page.goto(product.url)
        page.get_by_role("link", name="API Documentation").first.click()
        page.locator(".opblock").first.wait_for()

    def authorize(self, token: str) -> None:
        """Put the token into the `access_token` field of the Authorize dialog."""
        self.page.locator(".auth-wrapper .btn.authorize").first.click()
        form = self.page.locator(".auth-container").filter(has=self.page.locator("text=access_token"))
        if form.get_by_role("button", name="Remove authorization").count():
            form.get_by_role("button", name="Remove authorization").click()
        form.locator("input").fill(token)
        form.get_by_role("button", name="Apply credentials").click()
        self.page.locator(".close-modal").first.click()

    def operation(self, method: str, path: str, tag: str) -> Locator:
        section = self.page.locator(".opblock-tag-section").filter(has=self.page.locator(f'h3[data-tag="{tag}"]'))
        summary = section.locator(f".opblock-{method.lower()}").filter(has=self.page.locator(f'[data-path="{path}"]'))
        if "is-open" not in (summary.first.get_attribute("class") or ""):
            summary.first.locator(".opblock-summary-control").click()
        return summary.first

    def execute(self, method: str, path: str, tag: str, *, body: Any = None, **parameters: str) -> tuple[int, Any]:
        """Try the operation out; the status and the parsed body of the answer."""
        block = self.operation(method, path, tag)
        if block.get_by_role("button", name="Try it out").count():
            block.get_by_role("button", name="Try it out").click()
        for name, value in parameters.items():
            block.locator(f'tr[data-param-name="{name}"] input').first.fill(value)
        if body is not None:
            block.locator("textarea.body-param__text").fill(json.dumps(body))
        block.get_by_role("button", name="Execute").click()
        live = block.locator(".live-responses-table .response")
        live.wait_for()
        self.page.wait_for_timeout(300)
        status = int(live.locator(".response-col_status").inner_text().split()[0])
        content = live.locator(".highlight-code code, pre.microlight")
        text = content.first.inner_text() if content.count() else ""
        return status, json.loads(text) if text.strip().startswith(("{", "[")) else None


@pytest.fixture
def swagger(page: Page, product: Product) -> Swagger:
    return Swagger(page, product)


def test_the_start_page_leads_to_all_faces(page: Page, product: Product) -> None:
    page.goto(product.url)
    for name, path in (("API Documentation", "/docs"), ("Admin", "/admin/"), ("Browsable API", "/api/v2")):
        link = page.get_by_role("link", name=name).first
        assert path in (link.get_attribute("href") or "")
        assert httpx.get(product.url + path, follow_redirects=True).status_code in (200, 401)


def test_the_login_operation_shows_a_filled_body_and_its_possible_answers(swagger: Swagger) -> None:
    block = swagger.operation("POST", "/api/v2/auth/login", "Auth")
    statuses = block.locator(".responses-table").first.locator("tr.response td.response-col_status").all_inner_texts()
    assert {"200", "401", "422"} <= {text.strip() for text in statuses}
    block.get_by_role("button", name="Try it out").click()
    filled = json.loads(block.locator("textarea.body-param__text").input_value())
    assert {"email", "password"} <= set(filled)


def test_a_wrong_password_is_a_401(swagger: Swagger) -> None:
    wrong = {"email": "nobody@example.test", "password": "wrong-password"}
    status, body = swagger.execute("POST", "/api/v2/auth/login", "Auth", body=wrong)
    assert (status, body["title"]) == (401, "Login failed.")


def test_posting_offers_several_examples_and_explains_itself(swagger: Swagger) -> None:
    block = swagger.operation("POST", "/api/v2/events", "Event")
    expect(block.locator(".opblock-description")).to_contain_text("reference_id")
    examples = block.locator(".examples-select-element option").all_inner_texts()
    assert len(examples) >= 4
    assert any("reference id" in text.lower() for text in examples)


def test_the_walk_of_the_page(swagger: Swagger, product: Product, page: Page) -> None:
    login = {"email": EMAIL_ADDRESS, "password": PASSWORD}
    status, body = swagger.execute("POST", "/api/v2/auth/login", "Auth", body=login)
    assert status == 200
    swagger.authorize(body["token"])

    notes = "made by the mission page"
    new_token = {"scopes": ["user"], "notes": notes}
    status, key = swagger.execute(
        "POST", "/api/v2/projects/{projectId}/tokens", "Token", body=new_token, projectId=PROJECT_ID
    )
    assert status == 201
    assert key["notes"] == notes
    assert set(key["scopes"]) == {"user", "client"}
    swagger.authorize(key["id"])

    event = {"type": "log", "message": "A simple log event", "reference_id": REFERENCE}
    status, _ = swagger.execute("POST", "/api/v2/events", "Event", body=event)
    assert status == 202
    eventually(lambda: product.get(f"/api/v2/events/by-ref/{REFERENCE}", key["id"]))

    path = "/api/v2/events/by-ref/{referenceId}"
    status, events = swagger.execute("GET", path, "Event", referenceId=REFERENCE)
    assert (status, [found["message"] for found in events]) == (200, ["A simple log event"])

    status, events = swagger.execute("GET", "/api/v2/events", "Event", filter=f"reference:{REFERENCE}")
    assert (status, [found["reference_id"] for found in events]) == (200, [REFERENCE])

    status, organizations = swagger.execute("GET", "/api/v2/organizations", "Organization")
    assert (status, organizations[0]["id"]) == (200, ORGANIZATION_ID)
    status, projects = swagger.execute("GET", "/api/v2/projects", "Project")
    assert status == 200
    assert PROJECT_ID in [project["id"] for project in projects]

    page.goto(f"{product.url}/api/v2/organizations?access_token={key['id']}")
    expect(page.locator("body")).to_contain_text(ORGANIZATION_ID)

    revoke_in_the_admin(page, product, notes)
    answer = httpx.get(f"{product.url}/api/v2/organizations", params={"access_token": key["id"]})
    assert answer.status_code == 401
    assert answer.json()["title"] == "Unauthorized"


def revoke_in_the_admin(page: Page, product: Product, notes: str) -> None:
    sign_in(page, product)
    page.goto(f"{product.url}/admin/tokens/token/?q={notes.replace(' ', '+')}")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list input[name=_selected_action]").first.check()
    page.get_by_label("Select action to run").select_option(value="revoke")
    page.get_by_role("button", name="Run").first.click()
    expect(page.locator("body")).to_contain_text("revoked")


def sign_in(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/admin/login/")
    page.locator("input[name=username]").fill(EMAIL_ADDRESS)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    expect(page).to_have_url(f"{product.url}/admin/")


def test_a_token_stays_authorized_over_a_reload(swagger: Swagger, product: Product, page: Page) -> None:
    swagger.authorize(product.login())
    page.reload()
    page.locator(".opblock").first.wait_for()
    status, user = swagger.execute("GET", "/api/v2/users/me", "User")
    assert (status, user["email_address"]) == (200, EMAIL_ADDRESS)


def test_the_browsable_api_works_for_a_signed_in_admin(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/api/v2/projects")
    expect(page.locator("body")).to_contain_text("Unauthorized")
    sign_in(page, product)
    page.goto(f"{product.url}/api/v2/projects")
    expect(page.get_by_role("region", name="Request and response")).to_contain_text("Disintegrating Pistol")
    body = page.get_by_role("region", name="POST").get_by_label("Body")
    assert "name" in json.loads(body.input_value())


def test_an_event_can_be_posted_from_the_browsable_api(page: Page, product: Product) -> None:
    sign_in(page, product)
    page.goto(f"{product.url}/api/v2/projects/{PROJECT_ID}/events")
    form = page.get_by_role("region", name="POST")
    form.get_by_label("Body").fill('{"message": "From the browsable API", "reference_id": "browsable-0001"}')
    form.get_by_role("button", name="POST").click()
    expect(page.get_by_role("region", name="Request and response")).to_contain_text("202 Accepted")
    eventually(lambda: product.get("/api/v2/events/by-ref/browsable-0001", product.login()))


def test_a_session_cookie_does_not_count_for_other_origins(page: Page, product: Product) -> None:
    """CORS lets every page read answers, so the cookie must not let it in."""
    sign_in(page, product)
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    foreign = httpx.get(f"{product.url}/api/v2/users/me", cookies=cookies, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 401
    unsafe = httpx.post(f"{product.url}/api/v2/organizations", cookies=cookies, json={"name": "Forged"})
    assert unsafe.status_code == 401
    assert "Forged" not in httpx.get(f"{product.url}/api/v2/organizations", cookies=cookies).text
