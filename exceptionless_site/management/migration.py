"""Bringing the database up to date, by one process at a time."""

from __future__ import annotations

import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from exceptionless_site.jobs.stopping import STOP_SIGNALS

# Any number will do that nothing else locks in the same database.
_LOCK_NUMBER = 5_376_503
_LOCK_FILE = "migration.lock"


class DatabaseUnusable(Exception):  # noqa: N818 - its text is the sentence for the operator
    pass


def check_database() -> None:
    """Raises DatabaseUnusable, without the password that the address may hold."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = " ".join(str(error).split()).rstrip(".?") or type(error).__name__
        raise DatabaseUnusable(f"The database {_database_name()} cannot be reached: {reason}.") from None


def _database_name() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(values["NAME"])
    return f"{values['NAME']} at {values['HOST'] or 'localhost'}:{values['PORT'] or 5432}"


def bring_up_to_date() -> int:
    """Apply the migrations that are missing; how many. Raises DatabaseUnusable when one fails."""
    with only_one():
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            _migrate()
        return len(missing)


def _migrate() -> None:
    try:
        with _undisturbed():
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        raise DatabaseUnusable(f"The database {_database_name()} could not be brought up to date: {reason}.") from error


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Stop signals wait: one between a migration and the note that it is done would leave tables that the next
    start tries to make again.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def only_one() -> Iterator[None]:
    """Waits for its turn: machines that share PostgreSQL lock there, processes that share a file lock a file."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK_NUMBER])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_NUMBER])
        return
    with (settings.DATA_DIR / _LOCK_FILE).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
