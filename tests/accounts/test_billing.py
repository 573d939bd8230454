"""Billing is switched off: the answers of the official server in that case."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.conftest import Cast

OFF = "Billing is not enabled on this server."


@pytest.mark.parametrize(("method", "path"), [("get", "invoices"), ("post", "change-plan")])
def test_there_is_nothing_to_pay(cast: Cast, owner: APIClient, stranger: APIClient, method: str, path: str) -> None:
    url = f"/api/v2/organizations/{cast.organization.pk}/{path}"
    own, foreign = getattr(owner, method)(url), getattr(stranger, method)(url)
    assert (own.status_code, own.json()["title"]) == (404, OFF)
    assert (foreign.status_code, foreign.json()["title"]) == (404, "Organization not found.")


def test_there_are_no_invoices(owner: APIClient) -> None:
    assert owner.get("/api/v2/organizations/invoice/in_0123456789").json()["title"] == OFF
    # A shorter id is no address.
    assert owner.get("/api/v2/organizations/invoice/in_01").json()["title"] == "Not Found"


def test_payment_events_are_refused(anonymous: APIClient) -> None:
    assert anonymous.post("/api/v2/stripe", {"type": "invoice.paid"}, format="json").status_code == 400


def test_there_is_no_assistant(cast: Cast, owner: APIClient, admin: APIClient) -> None:
    access = owner.get("/api/v2/assistant/access", {"organization_id": cast.organization.pk})
    assert access.json() == {"enabled": False, "has_access": False, "upgrade_required": False}
    assert owner.post("/api/v2/assistant/chat", {}, format="json").status_code == 404
    usage = admin.get("/api/v2/admin/assistant-usage?month=2026-05-17T12:00:00Z&limit=500")
    assert usage.json()["month"] == "2026-05-01T00:00:00Z"
    assert usage.json()["organizations"] == []
    assert admin.get("/api/v2/admin/assistant-usage?month=May").status_code == 400
    assert owner.get("/api/v2/admin/assistant-usage").status_code == 403
