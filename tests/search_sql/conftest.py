"""Official fixtures in the database, and the people who ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tests.conftest import make_user
from tests.events.conftest import post, work
from tests.search.cases import fixture
from tests.search_sql.wire_rows import (
    moment,
    store_events,
    store_organizations,
    store_owners,
    store_stacks,
)
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
        user = User.objects.filter(email_address=f"{name}@example.test").first() or _make_person(name)
        token = Token.objects.get_or_create(type=TokenType.AUTHENTICATION, user=user)[0]
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
        return client

    return run


def _make_person(name: str) -> User:
    """A member of the organization on the free plan, or of the others' first; an admin of an empty one as well."""
    is_admin = "admin" in name
    user = make_user(name, is_superuser=is_admin)
    Membership.objects.create(organization=_organization(is_free="free" in name), user=user)
    if is_admin:
        Membership.objects.create(organization=Organization.objects.create(name="Internal"), user=user)
    return user


def _organization(*, is_free: bool) -> Organization:
    usual = FREE_ORGANIZATION if is_free else TEST_ORGANIZATION
    rows = Organization.objects.filter(pk__in=Project.objects.values("organization_id")).order_by("pk")
    found = rows.filter(pk=usual).first() or rows.filter(has_premium_features=not is_free).first()
    if found is None:
        store_organizations([{"id": usual, "plan": "free" if is_free else "unlimited"}], utc_now())
        found = Organization.objects.get(pk=usual)
    return found
