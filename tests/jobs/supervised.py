"""A supervisor with toy programs, for a process of its own: `python -m tests.jobs.supervised KIND LOG`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

from exceptionless_site.jobs.stopping import stop_on_signals
from exceptionless_site.jobs.supervisor import Patience, Program, Supervisor

PATIENCE = Patience(first_pause=0.05, longest_pause=0.2, stable_after=1.0, quick_deaths=4, grace=0.5)


def note(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(f"{text} {os.getpid()}\n")


def polite(log: Path) -> None:
    stop = stop_on_signals()
    note(log, "started")
    stop.wait(60)
    note(log, "stopped")


def stubborn(log: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(log, "started")
    time.sleep(60)


def hopeless(log: Path) -> None:
    note(log, "started")
    raise RuntimeError("no chance")


def leaving(log: Path) -> None:
    note(log, "started")
    sys.exit(3)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run = {"polite": polite, "stubborn": stubborn, "hopeless": hopeless, "leaving": leaving}[sys.argv[1]]
    supervisor = Supervisor([Program("toy", partial(run, Path(sys.argv[2])))], PATIENCE)
    supervisor.start()
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
