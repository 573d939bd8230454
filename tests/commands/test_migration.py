"""Bringing the database up to date by one process at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from exceptionless_site.management.migration import bring_up_to_date, only_one


@pytest.mark.django_db
def test_a_database_that_is_up_to_date_is_left_alone() -> None:
    assert bring_up_to_date() == 0


@pytest.mark.django_db(transaction=True)
def test_a_second_process_waits_for_the_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    entered = threading.Event()

    def enter() -> None:
        try:
            with only_one():
                entered.set()
        finally:
            connection.close()

    other = threading.Thread(target=enter)
    with only_one():
        other.start()
        assert not entered.wait(0.2)
    assert entered.wait(5)
    other.join()
