"""What processes remember of rows: for a moment, so many, and never against a change of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Organization
from exceptionless_site.core import memory as memory_module
from exceptionless_site.core.memory import Memory
from tests.conftest import Cast


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(memory_module, "time", clock)
    return clock


class Reader:
    """Answers with the number of its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_a_value_is_read_again_after_its_time(clock: Clock) -> None:
    memory, read = Memory[str, int](seconds=1.0), Reader()
    assert [memory.get("a", read), memory.get("a", read), memory.get("b", read)] == [1, 1, 2]
    clock.now += 0.9
    assert memory.get("a", read) == 1
    clock.now += 0.2
    assert memory.get("a", read) == 3


def test_what_is_not_found_is_not_remembered() -> None:
    memory = Memory[str, int]()
    assert memory.get("a", lambda: None) is None
    assert memory.get("a", lambda: 7) == 7


def test_it_never_holds_more_than_its_size() -> None:
    memory = Memory[int, int](size=10)
    for number in range(1_000):
        assert memory.get(number, lambda number=number: number) == number  # type: ignore[misc]
        assert len(memory._entries) <= 10


def test_what_was_read_while_it_changed_is_not_remembered() -> None:
    memory = Memory[str, int]()

    def read_old() -> int:
        memory.forget()
        return 1

    assert memory.get("a", read_old) == 1
    assert memory.get("a", lambda: 2) == 2


CHANGES: list[Callable[[Organization], Any]] = [
    lambda row: Organization.objects.filter(pk=row.pk).update(name="New"),
    lambda row: row.save(update_fields=["name"]),
    lambda row: Organization.objects.bulk_update([row], ["name"]),
    lambda row: row.delete(),
    lambda row: Organization.objects.filter(pk=row.pk).delete(),
]


@pytest.mark.parametrize("change", CHANGES, ids=["update", "save", "bulk_update", "delete", "delete of a query"])
def test_a_change_of_a_row_is_felt_at_once(cast: Cast, change: Callable[[Organization], Any]) -> None:
    memory, read = Memory[str, int](Organization), Reader()
    assert memory.get("a", read) == memory.get("a", read) == 1
    change(cast.foreign_organization)
    assert memory.get("a", read) == 2


@pytest.mark.django_db(transaction=True)
def test_what_others_read_until_the_commit_is_forgotten_with_it() -> None:
    organization = Organization.objects.create(name="Old")
    memory = Memory[str, str](Organization)
    with transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(name="New")
        # Another thread, to which the change is not there yet.
        assert memory.get("a", lambda: "Old") == "Old"
    assert connection.in_atomic_block is False
    assert memory.get("a", lambda: "New") == "New"
