"""`manage.py up`: what it refuses, what it starts, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.commands.running import RunningServer, free_port, is_alive, manage, wait_for


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": 70_000}, "--port must be between 1 and 65535, not 70000."),
        ({"workers": 0}, "--workers must be at least 1, not 0."),
        ({"host": "203.0.113.7"}, "203.0.113.7 is no address of this machine."),
        ({"host": "no such host"}, "no such host is no address of this machine."),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        call_command("up", **options)


@pytest.mark.django_db
def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1 is taken by another program"):
            call_command("up", port=port)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("EXCEPTIONLESS_DEBUG", "perhaps", "EXCEPTIONLESS_DEBUG must be true or false, not 'perhaps'."),
        (
            "DATABASE_URL",
            "mysql://someone:secret@localhost/x",
            "DATABASE_URL must name a PostgreSQL or SQLite database.",
        ),
        ("DATABASE_URL", "postgres://me:secret@127.0.0.1:1/lost", "The database lost at 127.0.0.1:1 cannot be reached"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(
    setting: str, value: str, sentence: str, tmp_path: Path
) -> None:
    result = manage("up", "--data-dir", str(tmp_path), "--port", str(free_port()), **{setting: value})
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "secret" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    result = manage("up", "--data-dir", str(file / "data"))
    assert result.returncode == 1
    assert "EXCEPTIONLESS_DATA_DIR" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_secret_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    result = manage("up", "--data-dir", str(tmp_path))
    assert result.returncode == 1
    assert "cannot hold the secret key" in result.stderr
    assert "Traceback" not in result.stderr


def test_it_says_where_it_is_and_how_to_make_the_first_account(tmp_path: Path) -> None:
    server = RunningServer(tmp_path).start()
    try:
        output = server.output()
        assert f"http://localhost:{server.port}/docs" in output
        assert f"http://localhost:{server.port}/admin/" in output
        assert "POST /api/v2/auth/signup" in output
        assert "tester" not in output
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    finally:
        assert server.stop() == 0


def test_the_demo_names_its_accounts_and_accepts_events(server: RunningServer) -> None:
    assert "admin@exceptionless.test" in server.output()
    assert "tester" in server.output()
    status, body = server.request(
        "POST", "/api/v2/events", b'{"message":"hello"}', **{"Content-Type": "application/json"}
    )
    assert (status, body) == (202, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_all_processes(number: signal.Signals, tmp_path: Path) -> None:
    server = RunningServer(tmp_path).start()
    try:
        processes = server.children()
        assert len(processes) >= 4  # the web server and its one worker, the event worker, the scheduler
        server.process.send_signal(number)
        assert server.process.wait(10) == 0
        assert wait_for(lambda: not any(map(is_alive, processes)))
        assert "Traceback" not in server.output()
    finally:
        server.stop()


def test_each_process_is_started_again_when_it_is_killed(tmp_path: Path) -> None:
    server = RunningServer(tmp_path).start()
    try:
        before = server.children()
        kills = 0
        # The web server's own worker comes first here; its parent goes with it, and the other way round.
        for victim in filter(is_alive, reversed(before)):
            os.kill(victim, signal.SIGKILL)
            kills += 1
            assert wait_for(lambda kills=kills: server.output().count("starting it again") >= kills)  # type: ignore[misc]
            assert wait_for(lambda: len(server.children()) >= len(before))
        assert kills >= 3
        assert "was ended by SIGKILL" in server.output()
        assert not before.keys() & server.children().keys()
        assert wait_for(server.answers)
    finally:
        assert server.stop() == 0


def test_the_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    server = RunningServer(tmp_path).start()
    try:
        processes = server.children()
        server.process.kill()
        server.process.wait()
        assert wait_for(lambda: not any(map(is_alive, processes)), 15)
    finally:
        for pid in filter(is_alive, processes):
            os.kill(pid, signal.SIGKILL)


def test_two_starts_on_one_empty_database_do_not_collide(tmp_path: Path) -> None:
    servers = [RunningServer(tmp_path, ("--demo",)) for _ in range(2)]
    try:
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_until_running()
            assert "Traceback" not in server.output()
    finally:
        assert [server.stop() for server in servers] == [0, 0]
