"""Every searchable field of events, under all of its names: what finds an event, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from events.search.fields import EVENT_FIELDS, STACK_FIELDS
from exceptionless_site.core import json
from tests.conftest import make_user
from tests.search_sql.field_expectations import (
    EVENT,
    EXPECTATIONS,
    NOW,
    ORGANIZATION,
    OTHER,
    OTHER_PROJECT,
    OTHER_STACK,
    PROJECT,
    STACK,
    Document,
    Expectation,
)
from tests.search_sql.wire_rows import moment, store_events, store_organizations, store_stacks
from tokens.models import Token, TokenType


def store(members: Document) -> None:
    owner = {"id": ORGANIZATION, "projects": [PROJECT, OTHER_PROJECT]}
    store_organizations([owner], moment("2025-12-01T00:00:00Z"))
    shared = {name: members[name] for name in ("type", "tags") if name in members}
    stacks = [{"id": STACK, "project_id": PROJECT} | shared, {"id": OTHER_STACK, "project_id": OTHER_PROJECT}]
    dates = {"first_occurrence": "2026-01-01T00:00:00Z", "last_occurrence": NOW, "organization_id": ORGANIZATION}
    store_stacks([dates | {"signature_hash": stack["id"]} | stack for stack in stacks])
    usual = {"type": "log", "organization_id": ORGANIZATION, "date": "2026-01-02T00:00:00Z"}
    store_events(
        [
            usual | {"id": EVENT, "project_id": PROJECT, "stack_id": STACK} | members,
            usual | {"id": OTHER, "project_id": OTHER_PROJECT, "stack_id": OTHER_STACK, "message": "another"},
        ]
    )


@pytest.fixture
def reader(db: None, time_machine: Any) -> APIClient:
    time_machine.move_to(moment(NOW), tick=False)
    token = Token.objects.create(user=make_user("reader"), type=TokenType.AUTHENTICATION)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
    return client


def found(reader: APIClient, text: str) -> list[str]:
    response = reader.get("/api/v2/events", {"filter": text})
    assert response.status_code == 200, f"{text}: {response.content!r}"
    return [event["id"] for event in json.loads(response.content)]


@pytest.mark.parametrize("expectation", EXPECTATIONS.values(), ids=EXPECTATIONS.keys())
def test_the_event_is_found_by_what_it_holds_and_by_nothing_else(expectation: Expectation, reader: APIClient) -> None:
    store(expectation.members)
    Membership.objects.create(organization=Organization.objects.get(), user=User.objects.get())
    wrong = [f"{text} does not find it" for text in expectation.finding if found(reader, text) != [EVENT]]
    wrong += [f"{text} finds it" for text in expectation.missing if EVENT in found(reader, text)]
    assert not wrong, "\n".join(wrong)


def test_every_field_has_an_expectation() -> None:
    asked = " ".join(text for one in EXPECTATIONS.values() for text in one.finding).lower()
    unasked = [
        field.name for field in EVENT_FIELDS.fields if not any(f"{name.lower()}:" in asked for name in field.names)
    ]
    assert not unasked
    assert len({field.storage for field in STACK_FIELDS.fields}) == len(STACK_FIELDS.fields)
