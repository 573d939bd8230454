"""Official fixtures in the database, and the people who ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from tests.conftest import make_user
from tests.events.conftest import post, work
from tests.search.cases import fixture
from tests.search_sql.wire_rows import moment, store_events, store_organizations, store_owners, store_stacks
from tokens.models import Token, TokenType

TEST_ORGANIZATION = "537650f3b77efe23a47914f3"
FREE_ORGANIZATION = "537650f3b77efe23a47914f5"

__all__ = ["post", "work"]

Load = Callable[[str], Any]


@pytest.fixture
def load(db: None, time_machine: Any) -> Load:
    """Store a fixture, with the clock at its `now`, when the organizations are made; its documents come back."""

    def run(name: str) -> Any:
        documents = fixture(name)
        now = moment(documents["now"])
        time_machine.move_to(now, tick=False)
        store_organizations(documents["organizations"], now)
        store_owners([*documents["stacks"], *documents["events"]], now)
        store_stacks(documents["stacks"])
        store_events(documents["events"])
        return documents

    return run


@pytest.fixture
def people(db: None) -> Callable[[str], APIClient]:
    """A client of one of the people of the cases; call it when the organizations are there."""

    def run(name: str) -> APIClient:
        organization_id = FREE_ORGANIZATION if name == "free_org_user" else TEST_ORGANIZATION
        user = User.objects.filter(email_address=f"{name}@example.test").first()
        if user is None:
            user = make_user(name, is_superuser=name == "global_admin")
            Membership.objects.create(organization=Organization.objects.get(pk=organization_id), user=user)
        token = Token.objects.get_or_create(type=TokenType.AUTHENTICATION, user=user)[0]
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
        return client

    return run
