"""How many SQL statements each list takes: a committed number, whatever the number of rows.

Counted with everything that a request does: authentication (three statements), the page, its total.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Invite, Membership, Organization, User
from events.models import SourceMap
from projects.models import Project
from tests.conftest import Cast, make_key
from tests.events.stack_rows import make_event, make_stack

STATEMENTS = {
    "/api/v2/organizations": 0,
    "/api/v2/organizations?mode=stats": 0,
    "/api/v2/organizations?filter=acme": 0,
    "/api/v2/organizations/{organization}/users": 0,
    "/api/v2/organizations/{organization}/plans": 0,
    "/api/v2/organizations/{organization}/projects": 0,
    "/api/v2/organizations/{organization}/tokens": 0,
    "/api/v2/organizations/{organization}/events": 0,
    "/api/v2/organizations/{organization}/events/sessions": 0,
    "/api/v2/organizations/{organization}/stacks": 0,
    "/api/v2/projects": 0,
    "/api/v2/projects?mode=stats": 0,
    "/api/v2/projects/{project}/tokens": 0,
    "/api/v2/projects/{project}/events": 0,
    "/api/v2/projects/{project}/events/sessions": 0,
    "/api/v2/projects/{project}/stacks": 0,
    "/api/v2/projects/{project}/source-maps": 0,
    "/api/v2/events": 0,
    "/api/v2/events?include=total": 0,
    "/api/v2/events?mode=summary": 0,
    "/api/v2/events?filter=type:log": 0,
    "/api/v2/events?mode=stack_frequent": 0,
    "/api/v2/events?mode=stack_new": 0,
    "/api/v2/events/by-ref/a-reference-id": 0,
    "/api/v2/events/sessions": 0,
    "/api/v2/events/sessions/a-session-id": 0,
    "/api/v2/stacks": 0,
    "/api/v2/stacks?mode=summary": 0,
    "/api/v2/stacks/{stack}/events": 0,
    "/api/v2/admin/organizations": 0,
    "/api/v2/admin/organizations?mode=stats": 0,
    "/api/v2/admin/migrations": 0,
}
_NOT_COUNTED = ("SAVEPOINT", "RELEASE", "SET ", "SELECT set_config")
"""PostgreSQL sets the time that a search may take."""


def fill(cast: Cast, number: int) -> dict[str, str]:
    """So many rows of every kind; the ids to put into the addresses."""
    stack = make_stack(cast.project)
    for index in range(number):
        organization = Organization.objects.create(name=f"Acme {index}")
        for user in (cast.owner, cast.admin):
            Membership.objects.create(organization=organization, user=user)
        project = Project.objects.create(organization=organization, name="Shop")
        Project.objects.create(organization=cast.organization, name=f"Shop {index}")
        make_event(make_stack(project), index)
        make_event(make_stack(cast.project), index)
        make_event(stack, index, reference_id="a-reference-id", session_id="a-session-id")
        make_event(stack, index, type="session", is_session_open=True)
        make_key(cast.project, "client")
        address = f"person-{index}@example.test"
        person = User.objects.create_user(address, full_name=f"Person {index}")
        Membership.objects.create(organization=cast.organization, user=person)
        Invite.objects.create(organization=cast.organization, email_address=f"guest-{index}@example.test")
        SourceMap.objects.create(
            organization=cast.organization,
            project=cast.project,
            source_map_id=f"{index:064x}",
            generated_file_url=f"https://shop.test/{index}.js",
            content_hash="b" * 64,
            size=1,
        )
    return {"organization": cast.organization.pk, "project": cast.project.pk, "stack": stack.pk}


def statements(client: Any, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, response.content
    assert response.json(), address
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(_NOT_COUNTED)]


@pytest.mark.parametrize("number", [1, 7])
def test_a_list_takes_the_same_statements_whatever_its_length(cast: Cast, number: int) -> None:
    ids = fill(cast, number)
    found = {}
    for address in STATEMENTS:
        client = cast.client(cast.admin if "/admin/" in address else cast.owner)
        found[address] = len(statements(client, address.format(**ids)))
    import json as j; open('/tmp/counts.json','w').write(j.dumps(found))
    assert found == STATEMENTS
