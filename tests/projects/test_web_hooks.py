"""Web hooks over the API, and the routes of Zapier."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Membership, Organization
from accounts.services.organizations import delete_organizations
from projects.models import Project, WebHook, WebHookDelivery
from projects.services import web_hooks
from tests.conftest import Cast
from tokens.models import Token

URL = "/api/v2/webhooks"
ZAP = "https://hooks.zapier.com/hooks/standard/1/abc/"


def body(cast: Cast, **members: Any) -> dict[str, Any]:
    usual = {
        "organization_id": cast.organization.pk,
        "project_id": cast.project.pk,
        "url": "https://example.test/hook",
        "event_types": ["NewError"],
    }
    return usual | members


def create(cast: Cast, who: Any = None, **members: Any) -> Any:
    return cast.client(who or cast.owner).post(URL, body(cast, **members), format="json")


def a_hook(project: Project, **members: Any) -> WebHook:
    values = {"url": "https://example.test/hook", "event_types": ["NewError"]} | members
    return WebHook.objects.create(organization=project.organization, project=project, **values)


def test_a_web_hook_is_made_and_read(cast: Cast) -> None:
    response = create(cast, version="1.0", event_types=["NewError", "StackPromoted", "NewError"])
    assert response.status_code == 201
    shown = response.json()
    row = WebHook.objects.get()
    assert response["Location"] == f"http://testserver{URL}/{row.pk}"
    assert list(shown) == [
        "id",
        "organization_id",
        "project_id",
        "url",
        "event_types",
        "is_enabled",
        "version",
        "created_utc",
    ]
    assert (shown["version"], shown["is_enabled"], shown["event_types"]) == ("v2", True, ["NewError", "StackPromoted"])
    assert cast.client(cast.mate).get(response["Location"]).json() == shown


@pytest.mark.parametrize("name", ["organization_id", "project_id", "url", "event_types"])
@pytest.mark.parametrize("is_null", [True, False])
def test_what_is_missing_is_a_400_that_names_it(cast: Cast, name: str, is_null: bool) -> None:
    members = body(cast, **{name: None})
    if not is_null:
        del members[name]
    response = cast.client(cast.owner).post(URL, members, format="json")
    pascal = "".join(part.capitalize() for part in name.split("_"))
    assert response.status_code == 400
    assert response.json()["errors"] == {name: [f"The {pascal} field is required."]}
    assert response.json()["title"] == "One or more validation errors occurred."


@pytest.mark.parametrize(
    ("members", "status", "text"),
    [
        ({"organization_id": "short"}, 422, "organization_id"),
        ({"project_id": "short"}, 422, "project_id"),
        ({"url": "mailto:a@b.test"}, 422, "url"),
        ({"url": "javascript:alert(1)"}, 422, "url"),
        ({"url": "https://example.test/" + "x" * 2_000}, 422, "url"),
        ({"url": ""}, 400, "Url and EventTypes are required."),
        ({"event_types": []}, 400, "Url and EventTypes are required."),
        ({"version": "two"}, 400, "Invalid version."),
        ({"organization_id": "0" * 24}, 400, "Invalid organization id specified."),
        ({"project_id": "0" * 24}, 400, "Invalid project id specified."),
        ({"event_types": ["NewError", "Other"]}, 422, "'Other' is not a valid event type."),
        ({"event_types": ["NewError"] * 7}, 422, "event_types"),
        ({"event_types": [""]}, 422, "event_types"),
        ({"event_types": "NewError"}, 400, "event_types"),
        ({"url": 5}, 400, "url"),
        ({"url": "https://exa\x00mple.test"}, 201, ""),
    ],
)
def test_other_refusals(cast: Cast, members: dict[str, Any], status: int, text: str) -> None:
    response = create(cast, **members)
    assert response.status_code == status, response.content
    assert text in str(response.json())
    assert WebHook.objects.exists() is (status == 201)


def test_a_free_plan_is_a_426(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(has_premium_features=False)
    response = create(cast)
    assert (response.status_code, response.json()["title"]) == (426, "Please upgrade your plan to add integrations.")


def test_a_project_has_a_limited_number(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_hooks, "MAXIMUM_PER_PROJECT", 1)
    assert create(cast).status_code == 201
    assert create(cast).status_code == 400
    assert WebHook.objects.count() == 1


def test_foreign_organizations_and_projects_are_refused(cast: Cast) -> None:
    foreign = {"organization_id": cast.foreign_organization.pk, "project_id": cast.foreign_project.pk}
    assert create(cast, **foreign).json()["title"] == "Invalid organization id specified."
    assert create(cast, project_id=cast.foreign_project.pk).json()["title"] == "Invalid project id specified."
    assert create(cast, cast.admin).json()["title"] == "Invalid organization id specified."
    # A member of both may still not tie a hook of one to a project of the other.
    Membership.objects.create(organization=cast.foreign_organization, user=cast.owner)
    assert create(cast, project_id=cast.foreign_project.pk).status_code == 400
    assert not WebHook.objects.exists()


def test_a_list_has_the_projects_own_oldest_first_in_pages(cast: Cast) -> None:
    rows = [a_hook(cast.project) for _ in range(3)]
    a_hook(cast.foreign_project)
    a_hook(Project.objects.create(organization=cast.organization, name="Other"))
    address = f"/api/v2/projects/{cast.project.pk}/webhooks"
    response = cast.client(cast.owner).get(f"{address}?limit=2")
    assert [row["id"] for row in response.json()] == [row.pk for row in rows[:2]]
    assert response["X-Result-Count"] == "3"
    assert 'rel="next"' in response["Link"]
    assert len(cast.client(cast.owner).get(f"{address}?limit=2&page=2").json()) == 1


@pytest.mark.parametrize("who", ["stranger", "admin"])
def test_only_members_reach_a_web_hook(cast: Cast, who: str) -> None:
    web_hook = a_hook(cast.project)
    client = cast.client(getattr(cast, who))
    response = client.get(f"{URL}/{web_hook.pk}")
    assert (response.status_code, response.json()["title"]) == (404, "Web hook not found.")
    response = client.delete(f"{URL}/{web_hook.pk}")
    assert (response.status_code, response.json()["title"]) == (404, "No web hooks found.")
    assert WebHook.objects.exists()


@pytest.mark.parametrize(("scopes", "status"), [(["client"], 403), (["user"], 200), (["projects:read"], 403)])
def test_a_key_needs_the_user_scope(cast: Cast, scopes: list[str], status: int) -> None:
    web_hook = a_hook(cast.project)
    key = Token.objects.create(organization=cast.organization, project=cast.project, scopes=[*scopes])
    assert cast.client(key).get(f"{URL}/{web_hook.pk}").status_code == (403 if scopes == ["user"] else status)
    key = Token.objects.create(organization=cast.organization, project=cast.project, scopes=[*scopes, "client"])
    assert cast.client(key).get(f"{URL}/{web_hook.pk}").status_code == status


@pytest.mark.parametrize(("method", "path"), [("get", URL + "/{}"), ("delete", URL + "/{}"), ("post", URL)])
def test_the_anonymous_are_refused(cast: Cast, method: str, path: str) -> None:
    web_hook = a_hook(cast.project)
    assert getattr(cast.client(None), method)(path.format(web_hook.pk), {}, format="json").status_code == 401


def test_web_hooks_are_removed_with_their_waiting_calls(cast: Cast) -> None:
    rows = [a_hook(cast.project), a_hook(cast.project), a_hook(cast.foreign_project)]
    for row in rows:
        WebHookDelivery.objects.create(
            organization_id=row.organization_id, project_id=row.project_id, web_hook=row, payload=b"{}"
        )
    response = cast.client(cast.owner).delete(f"{URL}/{rows[0].pk},{rows[1].pk}")
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert WebHook.objects.get().pk == WebHookDelivery.objects.get().web_hook_id == rows[2].pk


def test_a_foreign_one_among_several_is_reported_and_stays(cast: Cast) -> None:
    own, foreign = a_hook(cast.project), a_hook(cast.foreign_project)
    response = cast.client(cast.owner).delete(f"{URL}/{own.pk},{foreign.pk}")
    assert (response.status_code, response.json()["success"]) == (400, [own.pk])
    assert WebHook.objects.get().pk == foreign.pk


def test_they_go_with_their_organization(cast: Cast) -> None:
    a_hook(cast.project)
    kept = a_hook(cast.foreign_project)
    delete_organizations(organizations=[cast.organization], deleted_by=None)
    assert WebHook.objects.get().pk == kept.pk


# --- Zapier -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/api/v2/webhooks/subscribe", "v2"),
        ("/api/v1/webhooks/subscribe", "v1"),
        ("/api/v3/webhooks/subscribe", "v2"),
        ("/api/v1/projecthook/subscribe", "v1"),
    ],
)
def test_a_client_key_subscribes_zapier(cast: Cast, path: str, version: str) -> None:
    response = cast.client(cast.key).post(path, {"event": "NewError", "target_url": ZAP}, format="json")
    assert response.status_code == 201
    row = WebHook.objects.get()
    assert (row.project_id, row.organization_id, row.version) == (cast.project.pk, cast.organization.pk, version)
    assert (row.url, row.event_types) == (ZAP, ["NewError"])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.test/hook",
        "https://hooks.zapier.com.example.test/hook",
        "http://hooks.zapier.com/hook",
        "https://hooks.zapier.com@example.test/",
        "https://hooks.zapier.com:8443/",
    ],
)
def test_other_targets_are_a_404(cast: Cast, url: str) -> None:
    a_hook(cast.project, url=url)
    response = cast.client(cast.key).post(f"{URL}/subscribe", {"event": "NewError", "target_url": url}, format="json")
    assert (response.status_code, response.json()["title"]) == (404, "Webhook target not found.")
    response = cast.client(None).post(f"{URL}/unsubscribe", {"target_url": url}, format="json")
    assert response.status_code == 404
    assert WebHook.objects.count() == 1


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"target_url": ZAP}, 400),
        ({"event": "NewError"}, 400),
        ({"Event": "NewError", "Target_Url": ZAP}, 400),
        ({"event": 5, "target_url": ZAP}, 400),
        ({"event": "Other", "target_url": ZAP}, 422),
        ([], 400),
        ("text", 400),
    ],
)
def test_a_wrong_subscription_is_refused(cast: Cast, members: Any, status: int) -> None:
    assert cast.client(cast.key).post(f"{URL}/subscribe", members, format="json").status_code == status
    assert not WebHook.objects.exists()


def test_a_login_without_a_project_cannot_subscribe(cast: Cast) -> None:
    response = cast.client(cast.owner).post(f"{URL}/subscribe", {"event": "NewError", "target_url": ZAP}, format="json")
    assert response.status_code == 400
    assert cast.client(None).post(f"{URL}/subscribe", {}, format="json").status_code == 401


@pytest.mark.parametrize("path", ["/api/v2/webhooks/unsubscribe", "/api/v1/projecthook/unsubscribe"])
def test_zapier_unsubscribes_without_credentials(cast: Cast, path: str) -> None:
    a_hook(cast.project, url=ZAP)
    kept = a_hook(cast.project, url=f"{ZAP}other")
    response = cast.client(None).post(path, {"target_url": ZAP}, format="json")
    assert (response.status_code, response.content) == (200, b"")
    assert WebHook.objects.get().pk == kept.pk
    assert cast.client(None).post(path, {"target_url": ZAP}, format="json").status_code == 200


@pytest.mark.parametrize("path", ["/api/v2/webhooks/test", "/api/v1/projecthook/test"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_two_messages_to_try_with(cast: Cast, path: str, method: str) -> None:
    response = getattr(cast.client(cast.key), method)(path)
    assert response.json() == [{"id": 1, "message": "Test message 1."}, {"id": 2, "message": "Test message 2."}]
    assert getattr(cast.client(None), method)(path).status_code == 401
