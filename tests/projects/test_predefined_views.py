"""The views that every organization starts with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Organization
from projects.models import SavedView
from projects.services.predefined_views import BUILT_IN
from tests.conftest import Cast

URL = "/api/v2/saved-views/predefined"
DEFINITION = {
    "key": "events-errors",
    "name": "Errors",
    "slug": "errors",
    "viewType": "events",
    "filter": "type:error level:fatal",
    "filterDefinitions": [{"b": 1, "a": [2]}],
    "columns": {"summary": {"auto_fill": True}},
    "showStats": True,
}


def listed(cast: Cast, who: str = "owner") -> dict[tuple[str, str], dict[str, Any]]:
    rows = cast.client(getattr(cast, who)).get(f"/api/v2/organizations/{cast.organization.pk}/saved-views").json()
    return {(row["view_type"], row["name"]): row for row in rows}


def replace(cast: Cast, *definitions: Any) -> Any:
    return cast.client(cast.admin).put(URL, list(definitions), format="json")


def test_the_definitions_are_read_and_replaced(cast: Cast) -> None:
    client = cast.client(cast.admin)
    assert client.get(URL).json() == list(BUILT_IN)
    response = replace(cast, DEFINITION | {"time": None})
    assert (response.status_code, response.json()) == (200, [DEFINITION])
    assert client.get(URL).json() == [DEFINITION]


@pytest.mark.parametrize("who", ["owner", "stranger", "key", "user_key"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", URL),
        ("put", URL),
        ("post", f"{URL}/force-update"),
        ("post", "/api/v2/saved-views/{}/predefined"),
        ("delete", "/api/v2/saved-views/{}/predefined"),
        ("get", "/api/v2/organizations/{}/saved-views/export"),
    ],
)
def test_only_a_global_admin_may(cast: Cast, who: str, method: str, path: str) -> None:
    address = path.format(cast.organization.pk)
    assert getattr(cast.client(getattr(cast, who)), method)(address, [], format="json").status_code == 403
    assert getattr(cast.client(None), method)(address, [], format="json").status_code == 401


def test_unchanged_copies_follow_and_changed_ones_stay(cast: Cast) -> None:
    views = listed(cast)
    errors, logs = views["events", "Errors"], views["events", "Logs"]
    cast.client(cast.owner).patch(f"/api/v2/saved-views/{logs['id']}", {"filter": "level:warn"}, format="json")
    logs_definition = BUILT_IN[2] | {"filter": "type:log level:error"}
    new = {"key": "stream-new", "name": "New", "slug": "new", "viewType": "stream"}
    assert replace(cast, DEFINITION, logs_definition, new).status_code == 200
    after = listed(cast)
    assert after["events", "Errors"]["id"] == errors["id"]
    assert after["events", "Errors"]["filter"] == DEFINITION["filter"]
    assert json.loads(after["events", "Errors"]["filter_definitions"]) == [{"b": 1, "a": [2]}]
    assert after["events", "Errors"]["columns"] == DEFINITION["columns"]
    assert after["events", "Logs"]["filter"] == "level:warn"
    assert ("stream", "New") in after
    # Views without a definition stay as they are, and nothing changes once more.
    assert ("events", "All") in after
    assert listed(cast) == after


def test_a_copy_that_was_removed_is_not_made_again_until_asked(cast: Cast) -> None:
    errors = listed(cast)["events", "Errors"]
    cast.client(cast.owner).delete(f"/api/v2/saved-views/{errors['id']}")
    assert ("events", "Errors") not in listed(cast)
    response = cast.client(cast.mate).post(f"/api/v2/organizations/{cast.organization.pk}/saved-views/predefined")
    assert response.status_code == 200
    assert [row["name"] for row in response.json()] == sorted(definition["name"] for definition in BUILT_IN)
    assert listed(cast)["events", "Errors"]["created_by_user_id"] == cast.mate.pk


def test_a_name_that_is_taken_is_left_to_whoever_has_it(cast: Cast) -> None:
    own = SavedView.objects.create(
        organization=cast.organization, view_type="events", name="errors", slug="mine", created_by_user_id=cast.owner.pk
    )
    assert ("events", "Errors") not in listed(cast)
    assert listed(cast)["events", "errors"]["id"] == own.pk


def test_an_organization_that_is_full_gets_no_more(cast: Cast) -> None:
    for number in range(98):
        SavedView.objects.create(
            organization=cast.organization,
            view_type="stream",
            name=f"View {number}",
            slug=f"view-{number}",
            created_by_user_id=cast.owner.pk,
        )
    listed(cast)
    assert SavedView.objects.count() == 100


def test_a_key_without_a_person_may_be_the_first_to_list(cast: Cast) -> None:
    assert listed(cast, "user_key")["events", "All"]["created_by_user_id"] == "0" * 24


def test_force_update_replaces_what_people_have_changed(cast: Cast) -> None:
    errors = listed(cast)["events", "Errors"]
    client = cast.client(cast.owner)
    client.patch(f"/api/v2/saved-views/{errors['id']}", {"filter": "mine", "name": "Mine"}, format="json")
    other = Organization.objects.create(name="Other")
    SavedView.objects.create(
        organization=other,
        view_type="events",
        name="Renamed",
        slug="renamed",
        created_by_user_id=cast.owner.pk,
        predefined_key="events-errors",
    )
    SavedView.objects.create(
        organization=other, view_type="events", name="ERRORS", slug="theirs", created_by_user_id=cast.owner.pk
    )
    response = cast.client(cast.admin).post(f"{URL}/force-update")
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert listed(cast)["events", "Errors"]["filter"] == "type:error"
    # There the name is another view's.
    assert SavedView.objects.get(organization=other, predefined_key="events-errors").name == "Renamed"


def test_a_view_becomes_a_predefined_one_and_no_longer(cast: Cast) -> None:
    view = cast.client(cast.owner).post(
        f"/api/v2/organizations/{cast.organization.pk}/saved-views",
        {"name": "Fatal", "view_type": "events", "filter": "level:fatal", "filter_definitions": "[1]"},
        format="json",
    )
    address = f"/api/v2/saved-views/{view.json()['id']}/predefined"
    client = cast.client(cast.admin)
    for _ in range(2):
        response = client.post(address)
        assert (response.status_code, response.json()["id"]) == (200, view.json()["id"])
    added = {
        "key": "events-fatal",
        "name": "Fatal",
        "slug": "fatal",
        "viewType": "events",
        "filter": "level:fatal",
        "filterDefinitions": [1],
    }
    assert client.get(URL).json() == [*BUILT_IN, added]
    response = client.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    assert client.get(URL).json() == list(BUILT_IN)
    response = client.delete(address)
    assert (response.status_code, response.json()["title"]) == (404, "Saved view not found.")


def test_private_views_are_no_model_for_others(cast: Cast) -> None:
    view = SavedView.objects.create(
        organization=cast.organization,
        view_type="events",
        name="Mine",
        slug="mine",
        user_id=cast.owner.pk,
        created_by_user_id=cast.owner.pk,
    )
    client = cast.client(cast.admin)
    assert client.post(f"/api/v2/saved-views/{view.pk}/predefined").status_code == 404
    exported = client.get(f"/api/v2/organizations/{cast.organization.pk}/saved-views/export")
    assert exported.json() == []


def test_an_export_can_be_sent_back_as_it_is(cast: Cast) -> None:
    listed(cast)
    client = cast.client(cast.admin)
    exported = client.get(f"/api/v2/organizations/{cast.organization.pk}/saved-views/export").json()
    assert sorted(exported, key=lambda row: str(row["key"])) == sorted(BUILT_IN, key=lambda row: str(row["key"]))
    assert replace(cast, *exported).status_code == 200
    assert client.get("/api/v2/organizations/" + "0" * 24 + "/saved-views/export").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": ""}, 422),
        ({"name": " "}, 422),
        ({"slug": "Errors"}, 422),
        ({"viewType": "other"}, 422),
        ({"filter": "x" * 2_001}, 422),
        ({"filterDefinitions": {}}, 422),
        ({"columns": {"users": {}}}, 422),
        ({"name": {}}, 422),
    ],
)
def test_a_wrong_definition_is_refused(cast: Cast, change: dict[str, Any], status: int) -> None:
    assert replace(cast, DEFINITION | change).status_code == status
    assert cast.client(cast.admin).get(URL).json() == list(BUILT_IN)


@pytest.mark.parametrize("body", [None, {}, "text"])
def test_a_body_that_is_no_list_is_a_400(cast: Cast, body: Any) -> None:
    assert cast.client(cast.admin).put(URL, body, format="json").status_code == 400


def test_too_many_or_equal_definitions_are_refused(cast: Cast) -> None:
    assert replace(cast, *[DEFINITION] * 101).status_code == 400
    response = replace(cast, DEFINITION, DEFINITION)
    assert (response.status_code, response.json()["errors"]) == (
        422,
        {"key": ["The predefined saved view definitions contain duplicate keys."]},
    )
