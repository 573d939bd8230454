"""No operation shows or changes anything of another organization: generated from our OpenAPI document.

Whoever does not belong to the organization calls every address with the ids of its rows. The answer is the
contract's, which is a 404 almost everywhere, and not one row of any table is different afterwards.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from rest_framework.test import APIClient

from exceptionless_site.core.models import RateCounter
from tests.conftest import Cast, make_key
from tests.contract.addresses import Tenant, documented, example_body, make_tenant
from tests.contract.documents import ours
from tests.contract.openapi_comparison import operations

OTHER_ANSWERS: dict[str, set[int]] = {
    # The image is open to who knows its address.
    "GET /api/v2/organizations/{id}/icon/{fileName}": {200},
    "GET /api/v2/users/{id}/avatar/{fileName}": {200, 404},
    # Making something inside a foreign organization is a 400.
    "POST /api/v2/organizations/{organizationId}/tokens": {400},
    "POST /api/v2/organizations/{organizationId}/saved-views": {400, 404},
    # An id of no object that anybody owns.
    "GET /api/v2/auth/check-email-address/{email}": {201},
    # Says the same of every name.
    "GET /api/v2/organizations/{organizationId}/projects/check-name": {201},
    # Events that cannot be seen are simply not found by what they refer to.
    "GET /api/v2/events/by-ref/{referenceId}": {200},
    "GET /api/v2/events/sessions/{sessionId}": {200},
    # The address says what the event is, not whose.
    "GET /api/v2/events/submit/{type}": {200},
    "GET /api/v1/events/submit/{type}": {200},
}
QUERIES = {
    # What an operation has to be given before it looks for the object.
    "config": "key=color",
    "data": "key=color",
    "mark-snoozed": "snoozeUntilUtc=2040-01-01T00:00:00Z",
    "submit": "message=hello",
    "log": "message=hello",
    "promotedtabs": "name=color",
    "slack": "code=abc",
}
FOR_ADMINS = {
    "GET /api/v2/organizations/{organizationId}/saved-views/export",
    "GET /api/v2/projects/{id}/notifications",
}
WITHOUT_ROWS = {
    "GET /api/v2/organizations/invoice/{id}",
    "GET /api/v2/organizations/{id}/invoices",
}
OWN_PLACE = {
    # These write, but into the caller's own project: a description waits there for an event with that id.
    "POST /api/v2/events/by-ref/{referenceId}/user-description",
    "PATCH /api/v1/error/{id}",
    "GET /api/v2/events/submit/{type}",
    "GET /api/v1/events/submit/{type}",
}
_ID = re.compile(r"\{(id|ids|\w+Id|email|token|fileName|type)\}")
_NOT_TENANTS = re.compile(r"/api/v2/(admin|auth|users/verify-email-address|users/me)/")


def names() -> list[str]:
    return sorted(name for name in operations(ours()) if _ID.search(name) and not _NOT_TENANTS.search(name))


@pytest.fixture(scope="module")
def strangers(cast: Cast, tenant: Tenant) -> list[APIClient]:
    foreign_user_key = make_key(cast.foreign_project, "user", "client")
    return [cast.client(who) for who in (cast.stranger, cast.foreign_key, foreign_user_key)]


@pytest.fixture(scope="module")
def before(strangers: list[APIClient]) -> dict[str, str]:
    return fingerprint()


def fingerprint() -> dict[str, str]:
    """A hash of the rows of every table but the counters of requests."""
    tables: list[type[models.Model]] = [model for model in apps.get_models() if model is not RateCounter]
    return {model._meta.label: _hash(model) for model in tables if model._meta.managed}


def _hash(model: type[models.Model]) -> str:
    rows = model._base_manager.order_by("pk").values_list()
    return hashlib.sha256("\n".join(map(_text, rows)).encode()).hexdigest()


def _text(row: tuple[Any, ...]) -> str:
    return repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


@pytest.mark.parametrize("name", names())
def test_a_stranger_finds_and_changes_nothing(
    name: str, cast: Cast, tenant: Tenant, strangers: list[APIClient], before: dict[str, str]
) -> None:
    method, path = name.split(" ", 1)
    body, body_format = example_body(documented(method, path))
    address = tenant.address(path)
    query = QUERIES.get(address.rpartition("/")[2])
    for client in strangers:
        response = getattr(client, method.lower())(f"{address}?{query}" if query else address, body, format=body_format)
        check_answer(name, response)
    if name not in OWN_PLACE:
        assert fingerprint() == before


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("GET ")])
def test_a_member_finds_what_the_stranger_does_not(name: str, cast: Cast, tenant: Tenant) -> None:
    """Otherwise the test above would find nothing wherever nothing is to be found."""
    if name in WITHOUT_ROWS | OWN_PLACE:
        pytest.skip("there is nothing to find")
    address = tenant.address(name.split(" ", 1)[1])
    query = QUERIES.get(address.rpartition("/")[2], "name=free")
    response = cast.client(cast.admin if name in FOR_ADMINS else cast.owner).get(f"{address}?{query}")
    assert response.status_code in (200, 201, 202, 204), response.content
    if "/by-ref/" in name or "/sessions/" in name:
        assert len(response.json()) == 1


def check_answer(name: str, response: Any) -> None:
    status = response.status_code
    if status in (401, 403):
        return  # the policy of the route keeps this caller out, which test_manifest.py looks at
    allowed = OTHER_ANSWERS.get(name, {404})
    if name in OWN_PLACE:
        allowed = allowed | {200, 202, 404, 415, 400}
    assert status in allowed, response.content[:300]
    if status == 200 and name.startswith("GET ") and "/events/" in name and name not in OWN_PLACE:
        assert response.json() == []


def test_of_several_ids_only_the_own_ones_are_deleted(cast: Cast, tenant: Tenant) -> None:
    own = make_tenant(cast.foreign_project, cast.stranger, cast.foreign_key)
    client = cast.client(cast.stranger)
    for collection in ("events", "stacks", "projects"):
        mine, foreign = own.ids[collection], tenant.ids[collection]
        response = client.delete(f"/api/v2/{collection}/{mine},{foreign}")
        assert response.status_code == 400
        assert response.json()["success"] == [mine]
        assert cast.client(cast.owner).get(f"/api/v2/{collection}/{foreign}").status_code == 200


def test_filters_reach_no_other_organization(cast: Cast, tenant: Tenant) -> None:
    client = cast.client(cast.stranger)
    for filter_ in (
        f"project:{cast.project.pk}",
        f"organization:{cast.organization.pk}",
        f"stack:{tenant.ids['stacks']}",
        f"id:{tenant.ids['events']}",
        f"reference:{tenant.values['referenceId']}",
        f"(type:log) OR project:{cast.project.pk}",
    ):
        for resource in ("events", "stacks", "events/sessions"):
            response = client.get(f"/api/v2/{resource}", {"filter": filter_})
            assert response.status_code in (200, 400)
            assert response.status_code == 400 or response.json() == []
        counted = client.get("/api/v2/events/count", {"filter": filter_})
        assert counted.json()["total"] == 0
