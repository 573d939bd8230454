"""`manage.py worker` and `manage.py scheduler` on their own: what they do, and that SIGTERM ends them."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.running import CHECKOUT, clean_environment, manage, wait_for


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of a server with an empty, migrated database."""
    values = {"EXCEPTIONLESS_DATA_DIR": str(tmp_path)}
    migration = manage("migrate", "-v0", **values)
    assert migration.returncode == 0, migration.stderr
    return values


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_a_signal_ends_it_cleanly(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", command],
        cwd=CHECKOUT,
        env=clean_environment(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert wait_for(lambda: _blocks_sigterm(process.pid))
        if command == "scheduler":
            assert wait_for(lambda: _finished_jobs(tmp_path) >= {"remove-expired-rate-counters"})
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert output == ""


def _blocks_sigterm(pid: int) -> bool:
    """Whether the process has come as far as taking its signals itself."""
    lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    mask = next(int(line.split()[1], 16) for line in lines if line.startswith("SigBlk:"))
    return bool(mask >> (signal.SIGTERM - 1) & 1)


def _finished_jobs(data_dir: Path) -> set[str]:
    database = sqlite3.connect(data_dir / "exceptionless.sqlite3")
    try:
        rows = database.execute("SELECT name FROM core_scheduledjob WHERE last_finished_utc IS NOT NULL")
        return {name for (name,) in rows}
    finally:
        database.close()
