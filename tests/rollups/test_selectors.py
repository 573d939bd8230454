"""What rollups answer is what a look at every event answers."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organization
from events.models import Event, Stack
from events.rollups.selectors import Bucket, Rollups, StackTotals, Totals, rollups_of
from events.search.conditions import EVERYTHING, And, AnyToken, Condition, Equals, Not, Or, Phrase, Token
from events.search.dates import TimeRange
from events.search.fields import EVENT_FIELDS, Field
from events.selectors import EventQuery, Scope
from projects.models import Project
from tests.conftest import Cast
from tests.events.stack_rows import make_stack
from tests.rollups.rows import NOW, random_moment, store_random_events

pytestmark = pytest.mark.django_db


def field(name: str) -> Field:
    found = EVENT_FIELDS.resolve(name)
    assert found is not None
    return found


@pytest.fixture
def stacks(cast: Cast) -> list[Stack]:
    other = Project.objects.create(organization=cast.organization, name="Other")
    gone = Project.objects.create(organization=cast.organization, name="Gone", is_deleted=True)
    projects = (cast.project, cast.project, other, gone, cast.foreign_project)
    made = [make_stack(project, status=status) for project in projects for status in ("open", "fixed")]
    Stack.objects.filter(pk=made[1].pk).update(is_deleted=True)
    for organization in (cast.organization, cast.foreign_organization):
        organization.created_utc = NOW - timedelta(days=100)
    # Of one organization, only a day is shown.
    cast.foreign_organization.created_utc = NOW + timedelta(days=2)
    for organization in (cast.organization, cast.foreign_organization):
        organization.save(update_fields=["created_utc"])
    for project in Project.objects.all():
        project.created_utc = NOW - timedelta(days=100)
        project.save(update_fields=["created_utc"])
    return made


def random_query(r: random.Random, stacks: list[Stack]) -> EventQuery:
    organizations = list(Organization.objects.order_by("pk"))
    stack = r.choice(stacks)
    scopes = [
        Scope(organizations, is_global=True),
        Scope([stack.organization]),
        Scope([stack.organization], project=stack.project),
        Scope([stack.organization], project=stack.project, stack=stack),
    ]
    start, end = sorted((random_moment(r), random_moment(r)))
    time = TimeRange(r.choice((start, None)), r.choice((end, None)))
    condition = r.choice((EVERYTHING, random_condition(r, stacks)))
    return EventQuery(r.choice(scopes), time, NOW, condition, r.choice((None, Q(status="open"))))


def random_condition(r: random.Random, stacks: list[Stack]) -> Condition:
    leaves: list[Condition] = [
        AnyToken(field("type"), (Token(r.choice(("error", "log", "none"))),)),
        Equals(field("stack"), r.choice(stacks).pk),
        Equals(field("project"), r.choice(stacks).project_id),
    ]
    one, other = r.choice(leaves), r.choice(leaves)
    return r.choice((one, Not(one), And((one, Not(other))), Or((one, other))))


def answered(query: EventQuery) -> Rollups:
    found = rollups_of(query)
    assert found is not None
    return found


def occurrences(event: Event) -> int:
    return 1 if event.count is None else event.count


def totals_in_python(events: list[Event]) -> Totals:
    keys = [event.key for event in events]
    firsts = sum(event.is_first_occurrence for event in events)
    stacks = len({event.stack_id for event in events})
    ends = (min(keys), max(keys)) if keys else (None, None)
    return Totals(len(events), sum(map(occurrences, events)), firsts, stacks, *ends)


def histogram_in_python(events: list[Event], hours: int, offset: int) -> list[Bucket]:
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for event in events:
        hour = int(event.date.timestamp()) // 3600 + offset
        found[hour // hours * hours - offset].append(event)
    return [Bucket(start, *totals_in_python(found[start])[:4]) for start in sorted(found)]


def stacks_in_python(events: list[Event]) -> list[StackTotals]:
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.stack_id].append(event)
    rows = []
    for stack_id, its in found.items():
        sums = totals_in_python(its)
        assert sums.first_key is not None
        assert sums.last_key is not None
        rows.append(StackTotals(stack_id, *sums[:3], sums.first_key, sums.last_key))
    return rows


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_they_answer_as_the_events_do(stacks: list[Stack], seed: int) -> None:
    r = random.Random(seed)
    store_random_events(r, stacks, 30)
    query = random_query(r, stacks)
    rollups, events = answered(query), list(query.events())
    assert rollups.totals() == totals_in_python(events)
    hours, offset = r.choice((1, 24, 3)), r.choice((0, 5, -8))
    assert rollups.histogram(hours, offset) == histogram_in_python(events, hours, offset)
    expected = sorted(stacks_in_python(events), key=lambda row: (-row.occurrences, row.stack_id))
    assert rollups.stacks("occurrences", 3, 1) == expected[1:4]
    newest = sorted(stacks_in_python(events), key=lambda row: -row.last_key)
    assert rollups.stacks("last_key", 10) == newest[:10]


@pytest.mark.parametrize(
    "condition",
    [
        Equals(field("level"), "error"),
        Phrase(field("message"), ("a", "b")),
        AnyToken(field("type"), (Token("err", is_prefix=True),)),
        Or((Equals(field("stack"), "5a0000000000000000000001"), Equals(field("ip"), "1.2.3.4"))),
        Not(Equals(field("first"), True)),
    ],
    ids=["level", "phrase", "prefix", "or", "not"],
)
def test_what_only_events_know_is_not_asked_of_them(cast: Cast, condition: Condition) -> None:
    query = EventQuery(Scope([cast.organization]), TimeRange(), NOW, condition)
    assert rollups_of(query) is None


def test_nothing_is_found_in_no_organization_and_in_a_window_of_no_length(cast: Cast) -> None:
    nowhere = EventQuery(Scope([]), TimeRange(), NOW)
    never = EventQuery(Scope([cast.organization]), TimeRange(NOW, NOW - timedelta(hours=1)), NOW)
    for query in (nowhere, never):
        assert answered(query).totals() == (0, 0, 0, 0, None, None)
        assert answered(query).histogram() == []
        assert answered(query).stacks("occurrences", 10) == []
