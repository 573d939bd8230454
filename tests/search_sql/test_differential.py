"""The database finds what the conditions mean: random filters over random events, against the matcher in memory."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from accounts.models import Organization
from events.search.compile_stacks import compile_stack_tree
from events.search.custom_fields import type_custom_names
from events.search.dates import TimeRange
from events.search.errors import FilterValueError
from events.search.fields import EVENT_FIELDS, STACK_FIELDS
from events.search.nodes import Group
from events.search.parser import parse_filter
from events.search.plan import plan_filter
from events.search.split import split_filter
from events.selectors import EventQuery, Scope
from tests.search.matcher import matches
from tests.search_sql.random_events import (
    NOW,
    ORGANIZATION,
    PROJECTS,
    STACKS,
    random_event,
    random_filter,
    random_stack,
)
from tests.search_sql.wire_rows import store_events, store_organizations, store_stacks

FILTERS = 100
EVENTS = 60
EXAMPLES = int(os.environ.get("SEARCH_EXAMPLES", "150"))
"""More of them for a longer hunt."""


class World:
    """Random stacks and events, in memory and in the database."""

    def __init__(self, seed: int) -> None:
        r = random.Random(seed)
        self.stacks = [random_stack(r, number) for number in range(len(STACKS))]
        self.events = [random_event(r, number) for number in range(EVENTS)]
        owner = {"id": ORGANIZATION, "name": "Acme", "has_premium_features": True, "projects": PROJECTS}
        store_organizations([owner], NOW.replace(year=2025))
        store_stacks(self.stacks)
        store_events(self.events)
        self.scope = Scope([Organization.objects.get()])

    def expected(self, tree: Group) -> set[str]:
        parts = split_filter(tree)
        event = plan_filter(parts.event, EVENT_FIELDS, now=NOW)
        stack = plan_filter(parts.stack, STACK_FIELDS, now=NOW)
        living = {row["id"] for row in self.stacks if not row["is_deleted"] and matches(stack, row)}
        return {row["id"] for row in self.events if row["stack_id"] in living and matches(event, row)}

    def query(self, tree: Group) -> EventQuery:
        parts = split_filter(tree)
        stacks = compile_stack_tree(parts.stack) if parts.stack.items else None
        return EventQuery(self.scope, TimeRange(), NOW, plan_filter(parts.event, EVENT_FIELDS, now=NOW), stacks)


def readable_filters(r: random.Random, number: int) -> list[tuple[str, Group]]:
    found: list[tuple[str, Group]] = []
    while len(found) < number:
        text = random_filter(r)
        tree = type_custom_names(parse_filter(text))
        try:
            plan_filter(split_filter(tree).event, EVENT_FIELDS, now=NOW)
            compile_stack_tree(split_filter(tree).stack)
        except FilterValueError:
            continue
        found.append((text, tree))
    return found


def check(world: World, text: str, tree: Group) -> bool:
    query, expected = world.query(tree), world.expected(tree)
    found = {event.event_id for event in query.events()}
    assert found == expected, f"{text}\n too many {found - expected}\n too few {expected - found}"
    assert query.count() == len(expected)
    keys = sorted((event.key for event in query.events()), reverse=True)
    assert [event.key for event in query.newest(5)] == keys[:5]
    assert [event.key for event in query.oldest(5)] == keys[::-1][:5]
    return bool(found)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_database_finds_what_the_matcher_finds(seed: int, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    world = World(seed)
    found = [check(world, text, tree) for text, tree in readable_filters(random.Random(-seed), FILTERS)]
    assert sum(found) > FILTERS / 4


@pytest.fixture
def world(db: None, time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return World(99)


@given(r=st.randoms(use_true_random=False))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_filter_finds_what_the_matcher_finds(world: World, r: random.Random) -> None:
    text = random_filter(r)
    tree = type_custom_names(parse_filter(text))
    try:
        world.query(tree)
    except FilterValueError:
        reject()
    check(world, text, tree)
