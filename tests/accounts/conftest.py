"""What the tests of accounts share."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.conftest import Cast


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def mate(cast: Cast) -> APIClient:
    return cast.client(cast.mate)


@pytest.fixture
def stranger(cast: Cast) -> APIClient:
    return cast.client(cast.stranger)


@pytest.fixture
def admin(cast: Cast) -> APIClient:
    return cast.client(cast.admin)


@pytest.fixture
def anonymous(cast: Cast) -> APIClient:
    return cast.client(None)
