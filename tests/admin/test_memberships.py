"""Leaving an organization by the admin has the same consequences as by the API."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Membership
from accounts.services import memberships
from tests.conftest import Cast


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Whoever left, as the apps above are told."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(memberships, "on_leave", [lambda *who: told.append(who)])
    return told


def delete(cast: Cast, site: Client, way: str) -> None:
    row = Membership.objects.get(user=cast.mate)
    if way == "page":
        site.post(f"/admin/accounts/membership/{row.pk}/delete/", {"post": "yes"})
    elif way == "list":
        sent = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        site.post("/admin/accounts/membership/", sent)
    else:
        owner, page = {"user": (cast.mate, "user"), "organization": (cast.organization, "organization")}[way]
        form = site.get(f"/admin/accounts/{page}/{owner.pk}/change/").context["adminform"].form
        values = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in values.items() if value is not None and value is not False}
        rows = {
            "memberships-TOTAL_FORMS": 1,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": row.pk,
            "memberships-0-user": row.user_id,
            "memberships-0-organization": row.organization_id,
            "memberships-0-DELETE": "on",
            "external_accounts-TOTAL_FORMS": 0,
            "external_accounts-INITIAL_FORMS": 0,
            "invites-TOTAL_FORMS": 0,
            "invites-INITIAL_FORMS": 0,
        }
        assert site.post(f"/admin/accounts/{page}/{owner.pk}/change/", sent | rows).status_code == 302


@pytest.mark.parametrize("way", ["page", "list", "user", "organization"])
def test_the_apps_above_are_told_who_left(cast: Cast, site: Client, left: list[tuple[str, str]], way: str) -> None:
    delete(cast, site, way)
    assert not Membership.objects.filter(user=cast.mate).exists()
    assert left == [(cast.organization.pk, cast.mate.pk)]
