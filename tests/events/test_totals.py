"""`mode=stats` of organizations and projects counts their stacks and events."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exceptionless_site.core import json
from tests.conftest import Cast


@pytest.mark.parametrize("address", ["/api/v2/organizations/{organization}", "/api/v2/projects/{project}"])
def test_stats_count_living_stacks_and_events(cast: Cast, post: Callable[..., None], address: str) -> None:
    post({"message": "a"}, {"message": "b"}, {"type": "usage", "source": "x"})
    path = address.format(organization=cast.organization.pk, project=cast.project.pk)
    client = cast.client(cast.owner)
    plain = json.loads(client.get(path).content)
    stats = json.loads(client.get(path, {"mode": "stats"}).content)
    assert (plain["stack_count"], plain["event_count"]) == (0, 0)
    assert (stats["stack_count"], stats["event_count"]) == (2, 3)
