"""One cast with one tenant for a whole module; what a test changes is taken back.

Hundreds of cases ask about the same rows: making them anew for each would take longer than asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Membership
from exceptionless_site.core.memory import forget_everything
from tests.conftest import Cast, make_cast
from tests.contract.addresses import Tenant, make_tenant


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_everything()


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock(), undone():
        yield make_cast()


@pytest.fixture(scope="module")
def tenant(cast: Cast) -> Tenant:
    # People without an organization are refused at the gate of events.
    Membership.objects.create(organization=cast.organization, user=cast.admin)
    return make_tenant(cast.project, cast.owner, cast.key)


@pytest.fixture(autouse=True)
def _each_test_is_undone(db: None) -> None:
    """`db` takes back what the test changes, and leaves what the module's fixtures made."""
