"""Requests made of our own OpenAPI document, sensible and otherwise: reading never fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from exceptionless_site.pages import openapi_document
from exceptionless_site.wsgi import application
from tests.conftest import Cast

ADDRESSES = r"^/api/v2/(events|stacks|search)(/.*)?$"
"""Those below an organization or a project run the same code."""
HEARTBEAT = "/api/v2/events/session/heartbeat"
"""It needs a key of a project."""
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "6"))
"""Requests to each address; more of them for a longer hunt."""

schema = schemathesis.openapi.from_dict(openapi_document())
schema.app = application
reading = schema.include(method="GET", path_regex=ADDRESSES)


@pytest.fixture
def open_connection(cast: Cast) -> Iterator[Cast]:
    """The cast, in a test whose requests leave its transaction open, as Django's own test client sees to."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield cast
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.filterwarnings("ignore")
@reading.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_reading_never_fails(case: Any, open_connection: Cast) -> None:
    secret: Any = open_connection.login_token(open_connection.owner).secret
    response = case.call(headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"})
    assert response.status_code < 500, (case.as_curl_command(), response.text)
    assert response.status_code in (200, 400, 404, 405, 426) or (response.status_code, case.path) == (401, HEARTBEAT)
