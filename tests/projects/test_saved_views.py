"""Saved views of people and organizations."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.services.memberships import remove_user
from accounts.services.organizations import delete_organizations
from projects.models import SavedView
from projects.saved_view_rules import slug_of
from projects.services import saved_views
from tests.conftest import Cast

URL = "/api/v2/saved-views"
PREDEFINED = {
    ("events", "All"),
    ("events", "Errors"),
    ("events", "Logs"),
    ("stacks", "All"),
    ("stacks", "Most Frequent 404s"),
    ("stacks", "Most Frequent Errors"),
    ("stacks", "Most Used Features"),
}


def list_url(cast: Cast, rest: str = "") -> str:
    return f"/api/v2/organizations/{cast.organization.pk}/saved-views{rest}"


def create(cast: Cast, who: str = "owner", **members: Any) -> Any:
    body = {"name": "Checkout errors", "view_type": "stacks"} | members
    return cast.client(getattr(cast, who)).post(list_url(cast), body, format="json")


def a_view(cast: Cast, name: str = "Mine", *, owner: Any = None, **members: Any) -> SavedView:
    values = {"view_type": "events", "slug": slug_of(name), "created_by_user_id": cast.owner.pk} | members
    return SavedView.objects.create(
        organization=cast.organization, name=name, user_id=owner.pk if owner else "", **values
    )


def patch(cast: Cast, view: SavedView, body: Any, who: str = "owner", method: str = "patch") -> Any:
    return getattr(cast.client(getattr(cast, who)), method)(f"{URL}/{view.pk}", body, format="json")


def test_a_view_is_made_and_read(cast: Cast) -> None:
    columns = {"summary": {"auto_fill": True, "position": 0}, "events": {"width": 120, "visible": None}}
    members = {
        "filter": "type:error",
        "time": "[now-7d TO now]",
        "sort": "-date",
        "filter_definitions": '[{"type": "type"}]',
        "columns": columns,
        "show_stats": False,
        "organization_id": cast.foreign_organization.pk,
    }
    response = create(cast, **members)
    assert response.status_code == 201
    shown = response.json()
    assert response["Location"] == f"http://testserver{URL}/{shown['id']}"
    assert shown == {
        "id": shown["id"],
        "organization_id": cast.organization.pk,
        "created_by_user_id": cast.owner.pk,
        "filter": "type:error",
        "filter_definitions": '[{"type": "type"}]',
        "columns": {"summary": {"auto_fill": True, "position": 0}, "events": {"width": 120}},
        "show_stats": False,
        "name": "Checkout errors",
        "slug": "checkout-errors",
        "time": "[now-7d TO now]",
        "sort": "-date",
        "version": 1,
        "view_type": "stacks",
        "created_utc": shown["created_utc"],
        "updated_utc": shown["updated_utc"],
    }
    assert cast.client(cast.mate).get(response["Location"]).json() == shown


def test_the_first_list_has_the_predefined_views_and_makes_them_once(cast: Cast) -> None:
    for _ in range(2):
        response = cast.client(cast.owner).get(list_url(cast))
        assert {(row["view_type"], row["name"]) for row in response.json()} == PREDEFINED
        assert response["X-Result-Count"] == "7"
    cast.organization.refresh_from_db()
    assert len(cast.organization.data["@@PredefinedSavedViewsContentHash"]) == 64
    assert cast.client(cast.stranger).get(list_url(cast)).status_code == 404


def test_a_list_shows_shared_views_and_the_callers_own_by_name(cast: Cast) -> None:
    cast.client(cast.owner).get(list_url(cast))
    a_view(cast, "Before all")
    a_view(cast, "Own", owner=cast.owner)
    a_view(cast, "Not shown", owner=cast.mate)
    names = [row["name"] for row in cast.client(cast.owner).get(list_url(cast, "/events")).json()]
    assert names == ["All", "Before all", "Errors", "Logs", "Own"]


def test_a_list_has_25_views_unless_asked(cast: Cast) -> None:
    for number in range(30):
        a_view(cast, f"View {number:02}")
    response = cast.client(cast.owner).get(list_url(cast, "/events"))
    assert (len(response.json()), response["X-Result-Count"]) == (25, "33")
    assert len(cast.client(cast.owner).get(list_url(cast, "/events?limit=2&page=2")).json()) == 2


@pytest.mark.parametrize("view_type", ["Events", "other", "0" * 24])
def test_an_unknown_view_type_is_a_404(cast: Cast, view_type: str) -> None:
    response = cast.client(cast.owner).get(list_url(cast, f"/{view_type}"))
    assert (response.status_code, response.json()["title"]) == (404, "Organization not found.")


def test_a_private_view_is_its_owners_alone(cast: Cast) -> None:
    shown = create(cast, is_private=True).json()
    assert shown["user_id"] == cast.owner.pk
    view = SavedView.objects.get()
    for who in ("mate", "stranger", "admin"):
        client = cast.client(getattr(cast, who))
        assert client.get(f"{URL}/{view.pk}").status_code == 404
        assert patch(cast, view, {"name": "Taken over"}, who).status_code == 404
        assert client.delete(f"{URL}/{view.pk}").status_code == 404
    view.refresh_from_db()
    assert view.name == "Checkout errors"


@pytest.mark.parametrize("who", ["stranger", "admin"])
def test_a_shared_view_is_its_organizations_alone(cast: Cast, who: str) -> None:
    view = a_view(cast)
    client = cast.client(getattr(cast, who))
    response = client.get(f"{URL}/{view.pk}")
    assert (response.status_code, response.json()["title"]) == (404, "Saved view not found.")
    assert patch(cast, view, {"name": "Taken over"}, who).status_code == 404
    assert create(cast, who).json()["title"] == "Invalid organization."
    assert client.delete(f"{URL}/{view.pk}").status_code == (404 if who == "stranger" else 202)


def test_keys_without_a_person_read_but_do_not_write(cast: Cast) -> None:
    view = a_view(cast)
    client = cast.client(cast.user_key)
    assert client.get(f"{URL}/{view.pk}").status_code == 200
    assert create(cast, "user_key").status_code == 401
    assert patch(cast, view, {"name": "New"}, "user_key").status_code == 401
    assert cast.client(cast.key).get(f"{URL}/{view.pk}").status_code == 403
    assert cast.client(None).get(f"{URL}/{view.pk}").status_code == 401


@pytest.mark.parametrize(
    ("members", "field", "text"),
    [
        ({"name": ""}, "name", "The Name field is required."),
        ({"name": " "}, "name", "The Name field is required."),
        ({"name": "x" * 101}, "name", "with a maximum length of '100'"),
        ({"name": "日本"}, "slug", "The field Slug must match the regular expression"),
        ({"name": "a" * 24}, "slug", "The field Slug must match the regular expression"),
        ({"slug": "Upper"}, "slug", "The field Slug must match the regular expression"),
        ({"slug": "a--b"}, "slug", "The field Slug must match the regular expression"),
        ({"slug": "a" * 101}, "slug", "with a maximum length of '100'"),
        ({"slug": "0123456789abcdef01234567"}, "slug", "The field Slug must match the regular expression"),
        ({"view_type": "other"}, "view_type", "View type must be one of: events, stacks, stream"),
        ({"filter": "x" * 2_001}, "filter", "with a maximum length of '2000'"),
        ({"time": "x" * 101}, "time", "with a maximum length of '100'"),
        ({"sort": "x" * 101}, "sort", "with a maximum length of '100'"),
        ({"filter_definitions": "{}"}, "filter_definitions", "must be a JSON array"),
        ({"filter_definitions": "[" * 50_000}, "filter_definitions", "must be a JSON array"),
        (
            {"filter_definitions": f'["{"x" * 100_000}"]'},
            "filter_definitions",
            "with a maximum length of '100000'",
        ),
        ({"columns": {"level": {}}}, "columns", "'level' is not a column of stacks."),
        ({"columns": {"events": {"position": 50}}}, "columns.events.position", "between 0 and 49"),
        ({"columns": {"events": {"width": 47}}}, "columns.events.width", "between 48 and 1200"),
        ({"columns": {"events": {"width": 1201}}}, "columns.events.width", "between 48 and 1200"),
        ({"columns": {"events": {"position": 1}, "users": {"position": 1}}}, "columns", "positions must be unique"),
        ({"columns": {"events": {"auto_fill": True}, "users": {"auto_fill": True}}}, "columns", "Only one column"),
        ({"columns": {"events": {"auto_fill": True, "width": 100}}}, "columns", "cannot have a width"),
        ({"columns": {"events": {"auto_fill": True, "visible": False}}}, "columns", "must be visible"),
        ({"columns": {f"column{number}": {} for number in range(51)}}, "columns", "more than 50 columns"),
    ],
)
def test_what_a_view_may_not_hold_is_a_422(cast: Cast, members: dict[str, Any], field: str, text: str) -> None:
    response = create(cast, **members)
    assert response.status_code == 422, response.content
    (message,) = response.json()["errors"][field]
    assert text in message
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "members", [{"name": 5}, {"name": None}, {"columns": []}, {"show_stats": "yes"}, {"is_private": 1}, {"filter": {}}]
)
def test_what_cannot_be_read_is_a_400(cast: Cast, members: dict[str, Any]) -> None:
    assert create(cast, **members).status_code == 400


@pytest.mark.parametrize("columns", [{"events": 5}, {"events": {"width": "wide"}}, {"events": {"position": 1e300}}])
def test_columns_of_a_wrong_type_are_refused(cast: Cast, columns: Any) -> None:
    assert create(cast, columns=columns).status_code in (400, 422)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"name": "MINE", "slug": "other"}, "A saved view named 'MINE' already exists."),
        ({"name": "Other", "slug": "mine"}, "A saved view with URL name 'mine' already exists."),
    ],
)
def test_a_taken_name_or_slug_is_a_409(cast: Cast, members: dict[str, Any], text: str) -> None:
    a_view(cast)
    response = create(cast, view_type="events", **members)
    assert (response.status_code, response.json()["title"]) == (409, text)
    assert create(cast, view_type="stacks", **members).status_code == 201


def test_private_views_of_others_do_not_take_names(cast: Cast) -> None:
    a_view(cast, owner=cast.mate)
    assert create(cast, name="Mine", view_type="events").status_code == 201


def test_an_organization_has_a_limited_number(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MAXIMUM_PER_ORGANIZATION", 1)
    assert create(cast).status_code == 201
    response = create(cast, name="Second")
    assert (response.status_code, response.json()["title"]) == (400, "Organization is limited to 100 saved views.")


@pytest.mark.parametrize("method", ["patch", "put"])
def test_a_member_changes_what_is_sent(cast: Cast, method: str) -> None:
    view = a_view(cast, filter="type:log", columns={"level": {"width": 100}})
    response = patch(
        cast, view, {"filter": "", "columns": {}, "Name": " New ", "id": "x", "user_id": "y"}, "mate", method
    )
    assert response.status_code == 200
    shown = response.json()
    assert (shown["name"], shown["filter"], shown["columns"], shown["slug"]) == ("New", "", {}, "mine")
    assert (shown["updated_by_user_id"], shown["created_by_user_id"]) == (cast.mate.pk, cast.owner.pk)
    assert "user_id" not in shown
    view.refresh_from_db()
    assert (view.name, view.filter, view.columns) == ("New", "", {})


@pytest.mark.parametrize("body", [{}, {"other": 1}, {"filter": None, "columns": None, "name": None}])
def test_what_changes_nothing_is_a_200(cast: Cast, body: Any) -> None:
    view = a_view(cast, filter="type:log")
    response = patch(cast, view, body)
    assert (response.status_code, response.json()["filter"]) == (200, "type:log")
    view.refresh_from_db()
    assert (view.name, view.updated_by_user_id) == ("Mine", "")


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"name": " "}, "name", "The Name field is required."),
        ({"name": "x" * 101}, "name", "Name cannot exceed 100 characters."),
        ({"slug": ""}, "slug", "regular expression"),
        ({"slug": None}, "slug", "regular expression"),
        (
            {"filter_definitions": "x" * 100_001},
            "filterdefinitions",
            "FilterDefinitions cannot exceed",
        ),
        ({"filter_definitions": "5"}, "filter_definitions", "must be a JSON array"),
        ({"columns": {"events": {}}}, "columns", "'events' is not a column of events."),
    ],
)
def test_a_wrong_change_is_a_422(cast: Cast, body: Any, field: str, text: str) -> None:
    view = a_view(cast)
    response = patch(cast, view, body)
    assert response.status_code == 422
    (message,) = response.json()["errors"][field]
    assert text in message


@pytest.mark.parametrize("body", [None, [], "text", {"show_stats": 5}])
def test_a_change_that_cannot_be_read_is_a_400(cast: Cast, body: Any) -> None:
    assert patch(cast, a_view(cast), body).status_code == 400


def test_a_change_to_a_taken_name_is_a_409_and_changes_nothing(cast: Cast) -> None:
    a_view(cast, "Other")
    view = a_view(cast)
    assert patch(cast, view, {"name": "other"}).status_code == 409
    assert patch(cast, view, {"name": "MINE"}).status_code == 200
    view.refresh_from_db()
    assert view.name == "MINE"


def test_views_are_removed_also_shared_ones_of_others(cast: Cast) -> None:
    views = [a_view(cast, "One"), a_view(cast, "Two", owner=cast.mate)]
    response = cast.client(cast.mate).delete(f"{URL}/{views[0].pk},{views[1].pk}")
    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert not SavedView.objects.exists()
    response = cast.client(cast.mate).delete(f"{URL}/{views[0].pk}")
    assert (response.status_code, response.json()["title"]) == (404, "No saved views found.")


def test_private_views_go_with_their_owner_and_all_with_the_organization(cast: Cast) -> None:
    a_view(cast, "Left behind", owner=cast.mate)
    shared, own = a_view(cast, "Shared"), a_view(cast, "Own", owner=cast.owner)
    remove_user(organization=cast.organization, email_address=cast.mate.email_address)
    assert set(SavedView.objects.values_list("pk", flat=True)) == {shared.pk, own.pk}
    delete_organizations(organizations=[cast.organization], deleted_by=None)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Most Frequent 404s", "most-frequent-404s"), (" -A_b- ", "a-b"), ("é", ""), ("x" * 120, "x" * 100)],
)
def test_slugs(name: str, slug: str) -> None:
    assert slug_of(name) == slug
