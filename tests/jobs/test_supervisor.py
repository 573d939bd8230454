"""Processes that are kept running, with toy programs in place of the server's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from exceptionless_site.jobs.supervisor import Patience
from tests.commands.running import CHECKOUT, clean_environment, is_alive, wait_for


@dataclass
class Toy:
    process: subprocess.Popen[str]
    log: Path

    def notes(self, text: str) -> list[int]:
        """The process ids that noted that text."""
        lines = self.log.read_text().split("\n") if self.log.exists() else []
        return [int(line.split()[1]) for line in lines if line.startswith(text)]

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Signal it; its status and what it wrote."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output


@contextmanager
def supervised(kind: str, folder: Path) -> Iterator[Toy]:
    log = folder / "log"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.supervised", kind, str(log)],
        cwd=CHECKOUT,
        env=clean_environment(DJANGO_SETTINGS_MODULE="tests.settings"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    toy = Toy(process, log)
    try:
        assert wait_for(lambda: bool(toy.notes("started")))
        yield toy
    finally:
        for pid in [process.pid, *toy.notes("started")]:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_programs_in_their_own_time(number: signal.Signals, tmp_path: Path) -> None:
    with supervised("polite", tmp_path) as toy:
        status, output = toy.end(number)
        assert (status, output) == (0, "")
        assert toy.notes("stopped") == toy.notes("started")


def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    with supervised("polite", tmp_path) as toy:
        os.kill(toy.notes("started")[0], signal.SIGKILL)
        assert wait_for(lambda: len(toy.notes("started")) == 2)
        status, output = toy.end()
    assert status == 0
    assert "was ended by SIGKILL; starting it again in 0.1 s" in output
    assert len(set(toy.notes("started"))) == 2


def test_a_program_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    with supervised("stubborn", tmp_path) as toy:
        status, output = toy.end()
        assert status == 0
        assert "Killing what did not stop" in output
        assert not is_alive(toy.notes("started")[0])


@pytest.mark.parametrize(("kind", "reason"), [("hopeless", "status 1"), ("leaving", "status 3")])
def test_a_program_that_dies_at_once_again_and_again_ends_the_supervisor(
    kind: str, reason: str, tmp_path: Path
) -> None:
    with supervised(kind, tmp_path) as toy:
        status, output = toy.wait()
        assert status == 1
        assert len(toy.notes("started")) == 4
        assert f"failed with {reason}, 4 times in a row; giving up" in output


def test_the_programs_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    with supervised("polite", tmp_path) as toy:
        child = toy.notes("started")[0]
        toy.process.kill()
        assert wait_for(lambda: not is_alive(child))
        assert toy.notes("stopped") == [child]


@pytest.mark.parametrize(("deaths", "pause"), [(1, 0.5), (2, 1.0), (3, 2.0), (5, 6.0), (7, 6.0), (8, None), (9, None)])
def test_pauses_double_up_to_a_limit_and_end(deaths: int, pause: float | None) -> None:
    assert Patience(first_pause=0.5, longest_pause=6.0, quick_deaths=8).pause(deaths) == pause
