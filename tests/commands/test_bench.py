"""`manage.py bench`, in processes of its own: it measures beside the product's data and says what it could not ask."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.commands.running import manage


def bench(folder: Path, *arguments: str) -> str:
    values = {"EXCEPTIONLESS_DATA_DIR": str(folder), "COLUMNS": "150"}
    done = manage("bench", "search", "--repetitions", "3", *arguments, **values)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(file: Path, table: str) -> int:
    with sqlite3.connect(file) as database:
        return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def test_it_builds_a_data_set_asks_it_everything_and_keeps_it(tmp_path: Path) -> None:
    text = bench(tmp_path, "--sizes", "2500,300")
    assert "2,500 events" in text
    assert "300 events" in text
    lines = text.splitlines()
    for name in ("Newest events, 7 days", "Bare word, 30 days", "Top stacks, 7 days", "A stack"):
        (line,) = (line for line in lines if f" {name} " in line)
        assert "skipped" not in line
        assert line.count(" / ") == 4
    file = tmp_path / "bench" / "search-2500.sqlite3"
    assert rows(file, "events_event") == 2500
    # The product's own database is not even made.
    assert not list(tmp_path.glob("*.sqlite3"))
    written = file.stat().st_mtime_ns
    assert "Newest events" in bench(tmp_path, "--events", "2500", "--only", "newest events")
    assert file.stat().st_mtime_ns == written


def test_what_a_broken_off_run_has_left_is_built_anew(tmp_path: Path) -> None:
    bench(tmp_path, "--events", "300", "--only", "a stack")
    file = tmp_path / "bench" / "search-300.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("UPDATE accounts_organization SET name = 'Benchmark in the making'")
        database.execute("DELETE FROM events_event WHERE key > (SELECT MIN(key) FROM events_event)")
    database.close()
    assert "A stack" in bench(tmp_path, "--events", "300", "--only", "a stack")
    assert rows(file, "events_event") == 300


@pytest.mark.parametrize("arguments", [("--events", "0"), ("--sizes", "10,x"), ("--events", "5", "--sizes", "5")])
def test_sizes_that_are_none_are_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = manage("bench", "search", *arguments, EXCEPTIONLESS_DATA_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
