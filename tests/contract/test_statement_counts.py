"""How many SQL statements each list takes: a committed number, whatever the number of rows.

Counted with everything that a request does: authentication (three statements), the page, its total.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Invite, Membership, Organization, User
from events.models import SourceMap
from projects.models import Project, SavedView, WebHook
from projects.models.web_hook import NEW_ERROR
from tests.conftest import Cast, make_key
from tests.contract.documents import ours
from tests.events.stack_rows import make_event, make_stack

STATEMENTS = {
    "/api/v2/organizations": 6,
    "/api/v2/organizations?mode=stats": 8,
    "/api/v2/organizations?filter=acme": 6,
    "/api/v2/organizations/{organization}/users": 7,
    "/api/v2/organizations/{organization}/plans": 4,
    "/api/v2/organizations/{organization}/projects": 7,
    "/api/v2/organizations/{organization}/tokens": 4,
    "/api/v2/organizations/{organization}/saved-views": 6,
    "/api/v2/organizations/{organization}/saved-views/stacks": 6,
    "/api/v2/organizations/{organization}/saved-views/export": 4,
    "/api/v2/organizations/{organization}/events": 4,
    "/api/v2/organizations/{organization}/events/sessions": 4,
    "/api/v2/organizations/{organization}/stacks": 4,
    "/api/v2/projects": 6,
    "/api/v2/projects?mode=stats": 7,
    "/api/v2/projects/{project}/tokens": 5,
    "/api/v2/projects/{project}/webhooks": 5,
    "/api/v2/projects/{project}/events": 4,
    "/api/v2/projects/{project}/events/sessions": 4,
    "/api/v2/projects/{project}/stacks": 4,
    "/api/v2/projects/{project}/source-maps": 4,
    "/api/v2/projects/{project}/events/by-ref/a-reference-id": 4,
    "/api/v2/projects/{project}/events/sessions/a-session-id": 4,
    "/api/v2/events": 5,
    "/api/v2/events?include=total": 6,
    "/api/v2/events?mode=summary": 6,
    "/api/v2/events?filter=type:log": 5,
    "/api/v2/events?mode=stack_frequent": 9,
    "/api/v2/events?mode=stack_new": 9,
    "/api/v2/events/by-ref/a-reference-id": 5,
    "/api/v2/events/sessions": 5,
    "/api/v2/events/sessions/a-session-id": 6,
    "/api/v2/stacks": 4,
    "/api/v2/stacks?mode=summary": 7,
    "/api/v2/stacks/{stack}/events": 4,
    "/api/v2/saved-views/predefined": 3,
    "/api/v2/admin/organizations": 7,
    "/api/v2/admin/organizations?mode=stats": 9,
    "/api/v2/admin/migrations": 3,
}
ON_POSTGRESQL = {
    # A search looks among the newest events first, in each of the two organizations, and then among all.
    "/api/v2/events/by-ref/a-reference-id": 7,
    "/api/v2/projects/{project}/events/by-ref/a-reference-id": 5,
}
_NOT_COUNTED = ("SAVEPOINT", "RELEASE", "SET ", "SELECT set_config")
"""PostgreSQL sets the time that a search may take."""


def fill(cast: Cast, number: int) -> dict[str, str]:
    """So many rows of every kind; the ids to put into the addresses."""
    stack = make_stack(cast.project)
    for index in range(number):
        Project.objects.create(organization=cast.organization, name=f"Shop {index}")
        make_event(make_stack(cast.project), index)
        make_event(stack, index, reference_id="a-reference-id", session_id="a-session-id")
        make_event(stack, index, type="session", is_session_open=True)
        make_key(cast.project, "client")
        address = f"person-{index}@example.test"
        person = User.objects.create_user(address, full_name=f"Person {index}")
        Membership.objects.create(organization=cast.organization, user=person)
        Invite.objects.create(organization=cast.organization, email_address=f"guest-{index}@example.test")
        WebHook.objects.create(
            organization=cast.organization, project=cast.project, url="https://hooks.test/a", event_types=[NEW_ERROR]
        )
        SavedView.objects.create(
            organization=cast.organization,
            created_by_user_id=cast.owner.pk,
            name=f"View {index}",
            slug=f"view-{index}",
            view_type="stacks",
        )
        SourceMap.objects.create(
            organization=cast.organization,
            project=cast.project,
            source_map_id=f"{index:064x}",
            generated_file_url=f"https://shop.test/{index}.js",
            content_hash="b" * 64,
            size=1,
        )
    return {"organization": cast.organization.pk, "project": cast.project.pk, "stack": stack.pk}


def add_organizations(cast: Cast, number: int) -> None:
    for index in range(number):
        organization = Organization.objects.create(name=f"Acme {index}")
        for user in (cast.owner, cast.admin):
            Membership.objects.create(organization=organization, user=user)
        project = Project.objects.create(organization=organization, name="Shop")
        make_event(make_stack(project), index)


def statements(client: Any, address: str) -> list[str]:
    if "saved-views" in address:
        # Who looks at the views for the first time gets the predefined ones.
        client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, response.content
    assert response.json(), address
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(_NOT_COUNTED)]


@pytest.mark.parametrize("number", [1, 7])
def test_a_list_takes_the_same_statements_whatever_its_length(cast: Cast, number: int) -> None:
    ids = fill(cast, number)
    found = {}
    # Lists of events walk along one index for each organization, so that number is the same here.
    add_organizations(cast, 1)
    for address in sorted(STATEMENTS, key=_is_of_organizations):
        if _is_of_organizations(address):
            add_organizations(cast, number - Organization.objects.count())
        client = cast.client(cast.admin if _is_for_admins(address) else cast.owner)
        found[address] = len(statements(client, address.format(**ids)))
    assert found == STATEMENTS | (ON_POSTGRESQL if connection.vendor == "postgresql" else {})


WITHOUT_ROWS = {
    "/api/v1/projecthook/test": "two lines that are always the same",
    "/api/v2/webhooks/test": "two lines that are always the same",
    "/api/v2/admin/assemblies": "the packages that are installed",
    "/api/v2/organizations/{id}/invoices": "billing is switched off",
    "/api/v2/users/me/oauth-grants": "there is no OAuth server",
}
"""Lists that read no table which grows."""


def test_each_list_of_the_document_has_its_number() -> None:
    counted = {_anonymous(address.partition("?")[0]) for address in STATEMENTS}
    lists = {
        path
        for path, operations in ours()["paths"].items()
        for content in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).values()
        if content.get("schema", {}).get("type") == "array"
    }
    assert {path for path in lists - WITHOUT_ROWS.keys() if _anonymous(path) not in counted} == set()
    assert WITHOUT_ROWS.keys() <= lists


def _anonymous(path: str) -> str:
    path = (
        path.replace("a-reference-id", "{}")
        .replace("a-session-id", "{}")
        .replace("saved-views/stacks", "saved-views/{}")
    )
    return re.sub(r"{\w*}", "{}", path)


def _is_for_admins(address: str) -> bool:
    return "/admin/" in address or address.endswith(("predefined", "export"))


def _is_of_organizations(address: str) -> bool:
    return not address.startswith("/api/v2/events")
