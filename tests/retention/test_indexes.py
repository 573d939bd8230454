"""Which index each batch reads: a purge of one project must not walk the events of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from events.models import Event
from events.services.event_deletion import _spans_left
from events.services.retention import expired_events
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import Statements

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL decides by statistics, which tests do not have"
)

READS: dict[str, Callable[[Cast], QuerySet[Any]]] = {
    "stack_id": lambda cast: Event.objects.filter(stack_id__in=["a", "b"]),
    "project_id": lambda cast: Event.objects.filter(project_id=cast.project.pk),
    "organization_id": lambda cast: expired_events(cast.organization, utc_now()),
}


@pytest.mark.parametrize("column", READS)
def test_a_batch_finds_its_events_by_an_index(cast: Cast, column: str) -> None:
    plan = READS[column](cast).order_by().values_list("key")[:100].explain()
    assert f"({column}=?" in plan
    assert "SCAN" not in plan


def test_what_is_left_of_a_stack_is_found_by_the_index_of_stacks(cast: Cast) -> None:
    stack = make_stack(cast.project)
    make_event(stack)
    with Statements() as statements:
        _spans_left([stack.pk])
    (statement,) = statements.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + statement["sql"])
        plan = [row[3] for row in cursor.fetchall()]
    assert sum("event_stack_counted (stack_id=?)" in step for step in plan) == 2
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan)
