"""Filling a database with a data set, several thousand events a second."""

from __future__ import annotations

import multiprocessing
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from django.db import connection, connections, transaction

from accounts.models import Membership, Organization, User
from accounts.plans import UNLIMITED
from events.benchmarks.search.documents import TAGS, StackShape, event_document, stack_shape
from events.documents import pack
from events.ingest.rows import document_columns
from events.models import Event, NewEvent, Stack
from events.rollups.storage import FILL
from events.search.sql import fts5, tsvector
from events.search.sql.storage import SearchableEvent, Values, insert_rows, searchable, values
from events.search.sql.vendor import is_postgresql
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import SEQUENCE_BITS, from_milliseconds, to_milliseconds
from projects.models import Project
from tokens.models import Token, TokenType

STACKS = 3_000
DAYS = 90
PROJECTS = (0.70, 0.12, 0.08, 0.06, 0.04)
"""The share of each project in the stacks."""

_VERSION = 1
_EVENTS_PER_CHUNK = 2_000
_STACKS_AT_ONCE = 500
_DENSITY = 1.3
"""Above 1: the nearer to now, the more events."""

Progress = Callable[[int], object]


class Plan(NamedTuple):
    """What a process needs to make events; the same plan gives the same events."""

    size: int
    end: int
    """Milliseconds since 1970."""
    organization_id: str
    project_ids: Sequence[str]
    stack_ids: Sequence[str]

    def moment(self, number: int) -> int:
        """The date of an event in milliseconds: numbers go from the oldest to the newest."""
        age = ((self.size - number) / self.size) ** _DENSITY
        return self.end - int(age * DAYS * 86_400_000)

    def key(self, number: int) -> int:
        return self.moment(number) << SEQUENCE_BITS | (self.size - number) & ((1 << SEQUENCE_BITS) - 1)

    def project_of(self, stack: int) -> str:
        # Far apart numbers, so that the large stacks are not all in one project.
        share = stack * 617 % 1_000 / 1_000
        return self.project_ids[bisect_left(list(accumulate(PROJECTS)), share + 1e-9)]


class DataSet(NamedTuple):
    """Where the questions go: the owner of everything and the ids to ask for."""

    token: str
    organization_id: str
    project_id: str
    """The project with most events."""
    stack_id: str
    """The stack with most events."""
    end: datetime


def existing(count: int) -> DataSet | None:
    """The data set of that size, if it is there as a whole."""
    organization = Organization.objects.filter(name=_name(count)).first()
    token = Token.objects.filter(type=TokenType.AUTHENTICATION, user__email_address="bench@example.test").first()
    newest = Event.objects.order_by("-key").values_list("key", flat=True).first()
    if organization is None or token is None or newest is None:
        return None
    project = Project.objects.filter(organization=organization).order_by("name").first()
    stack = Stack.objects.filter(organization=organization).order_by("-total_occurrences").first()
    if project is None or stack is None:
        return None
    return DataSet(token.secret, organization.pk, project.pk, stack.pk, from_milliseconds(newest >> SEQUENCE_BITS))


def build(count: int, progress: Progress) -> None:
    """Fill the empty database with that many events."""
    plan = _owners(count)
    stacks = _stacks_of_events(count)
    for rows in _made(plan, stacks):
        with transaction.atomic():
            insert_rows(rows)
        progress(len(rows))
    with transaction.atomic():
        _store_stacks(plan, stacks)
    _end()
    # The name says that the data set is whole.
    Organization.objects.filter(pk=plan.organization_id).update(name=_name(count))


def _name(count: int) -> str:
    return f"Benchmark {_VERSION} with {count} events"


# --- Owners and stacks --------------------------------------------------------------------------


def _owners(count: int) -> Plan:
    now = utc_now()
    organization = Organization(name="Benchmark in the making", created_utc=now - timedelta(days=2 * DAYS))
    organization.apply_plan(UNLIMITED)
    organization.save()
    projects = [
        Project.objects.create(
            organization=organization, name=f"Project {number}", created_utc=now - timedelta(days=2 * DAYS)
        )
        for number in range(len(PROJECTS))
    ]
    user = User.objects.create_user("bench@example.test", None, full_name="Benchmark")
    Membership.objects.create(organization=organization, user=user)
    Token.objects.create(type=TokenType.AUTHENTICATION, user=user)
    ids = [f"{number:024x}" for number in range(1, STACKS + 1)]
    return Plan(count, to_milliseconds(now), organization.pk, [project.pk for project in projects], ids)


def _stacks_of_events(count: int) -> list[int]:
    """The number of each event's stack: the second stack has half as many events as the first, and so on."""
    weights = list(accumulate(1 / rank for rank in range(1, STACKS + 1)))
    random = Random(count)  # noqa: S311
    return random.choices(range(STACKS), cum_weights=weights, k=count)


def _store_stacks(plan: Plan, stacks: Sequence[int]) -> None:
    totals = Counter(stacks)
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for number, stack in enumerate(stacks):
        first.setdefault(stack, number)
        last[stack] = number
    rows = [
        _stack(plan, stack, totals[stack], plan.moment(first[stack]), plan.moment(last[stack]))
        for stack in sorted(totals)
    ]
    Stack.objects.bulk_create(rows, batch_size=_STACKS_AT_ONCE)


def _stack(plan: Plan, number: int, total: int, first: int, last: int) -> Stack:
    shape = stack_shape(number)
    return Stack(
        pk=plan.stack_ids[number],
        organization_id=plan.organization_id,
        project_id=plan.project_of(number),
        type=shape.type,
        status=("open", "open", "open", "regressed", "fixed", "ignored")[number % 6],
        signature_hash=f"{number:040x}",
        title=shape.message,
        tags=list(TAGS),
        total_occurrences=total,
        first_occurrence=from_milliseconds(first),
        last_occurrence=from_milliseconds(last),
    )


# --- Events -------------------------------------------------------------------------------------


class _Chunk(NamedTuple):
    plan: Plan
    start: int
    stacks: Sequence[int]
    first_of_stack: frozenset[int]


def _made(plan: Plan, stacks: Sequence[int]) -> Iterator[list[Values]]:
    """The rows in the order of their dates; making them is spread over all processors."""
    seen: set[int] = set()

    def chunks() -> Iterator[_Chunk]:
        for start in range(0, plan.size, _EVENTS_PER_CHUNK):
            part = stacks[start : start + _EVENTS_PER_CHUNK]
            first: dict[int, int] = {}
            for number, stack in enumerate(part, start):
                first.setdefault(stack, number)
            new = frozenset(number for stack, number in first.items() if stack not in seen)
            seen.update(first)
            yield _Chunk(plan, start, part, new)

    # The processes must not share the connection.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool() as pool:
        _begin()
        waiting: list[multiprocessing.pool.AsyncResult[list[Values]]] = []
        for chunk in chunks():
            waiting.append(pool.apply_async(_rows, (chunk,)))
            if len(waiting) > _CHUNKS_AHEAD:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()


_CHUNKS_AHEAD = 6


def _rows(chunk: _Chunk) -> list[Values]:
    return [
        values(_event(chunk.plan, number, stack, is_first=number in chunk.first_of_stack))
        for number, stack in enumerate(chunk.stacks, chunk.start)
    ]


def _event(plan: Plan, number: int, stack: int, *, is_first: bool) -> SearchableEvent:
    moment = from_milliseconds(plan.moment(number))
    document = event_document(number, _shape(stack), moment)
    row = NewEvent(
        key=plan.key(number),
        event_id=f"{int(moment.timestamp()):08x}{number:016x}",
        organization_id=plan.organization_id,
        project_id=plan.project_of(stack),
        stack_id=plan.stack_ids[stack],
        is_first_occurrence=is_first,
        created_utc=moment,
        document=pack(document),
        **document_columns(document),
    )
    return searchable(row, document)


@cache
def _shape(number: int) -> StackShape:
    return stack_shape(number)


# --- Before and after ---------------------------------------------------------------------------


def _begin() -> None:
    if is_postgresql():
        _run("DROP INDEX IF EXISTS event_search")
    else:
        _run("PRAGMA synchronous = OFF", "PRAGMA cache_size = -512000", fts5.DELETE_ALL)


def _end() -> None:
    """Indexes, rollups and statistics, as a database has them that has been used for long."""
    _run(FILL)
    if is_postgresql():
        _run("SET maintenance_work_mem = '512MB'", tsvector.CREATE[1], "VACUUM (ANALYZE)")
    else:
        _run("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
