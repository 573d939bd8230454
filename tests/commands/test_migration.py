"""Bringing the database up to date by one process at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from exceptionless_site.management import migration
from exceptionless_site.management.migration import DatabaseUnusable, bring_up_to_date, only_one
from tests.commands.running import CHECKOUT, clean_environment, free_port, manage, wait_for


@pytest.mark.django_db
def test_a_database_that_is_up_to_date_is_left_alone() -> None:
    assert bring_up_to_date() == 0


def test_a_start_that_is_stopped_while_it_migrates_leaves_a_database_that_the_next_can_use(tmp_path: Path) -> None:
    values = {"EXCEPTIONLESS_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "up", "--port", str(free_port())]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=clean_environment(**values), stdout=subprocess.DEVNULL)
    try:
        assert wait_for((tmp_path / "migration.lock").exists)
        time.sleep(0.1)
        process.terminate()
        process.wait(20)
    finally:
        process.kill()
        process.wait()
    assert manage("migrate", "-v0", **values).returncode == 0


@pytest.mark.django_db
def test_a_failing_migration_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OperationalError("disk is full")

    monkeypatch.setattr(migration, "call_command", fail)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *arguments: [object()])
    with pytest.raises(DatabaseUnusable, match="could not be brought up to date: disk is full"):
        bring_up_to_date()


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
