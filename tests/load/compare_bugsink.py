"""Ours and Bugsink, measured side by side on this machine, with events of the same content.

    uv run python -m tests.load.compare_bugsink --events 2000 --rounds 3

Sets up Bugsink in a virtual environment of its own (it stays in the folder given by --folder, so that the next run is
faster), starts both servers, and measures in turn. Both are as their makers recommend for one machine; Bugsink's
quotas are lifted, as it would refuse the load otherwise. Durability is each product's own default. It is no test:
it takes minutes, and needs pip's package index.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import uuid
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from events.benchmarks.ingest import command, measuring, report
from events.benchmarks.ingest.samples import ErrorSample
from events.benchmarks.ingest.targets import OwnServer, Target, remove

VERSION = "2.6.2"
_WORKERS = 2
_KEY = uuid.uuid4()
_QUOTAS = ("PER_PROJECT_PER_5_MINUTES", "PER_PROJECT_PER_HOUR", "PER_PROJECT_PER_MONTH")
_ALL_QUOTAS = (*_QUOTAS, "PER_5_MINUTES", "PER_HOUR", "PER_MONTH")
_MAKE_PROJECT = (
    "from projects.models import Project; "
    "Project.objects.create(name='Bench', slug='bench', sentry_key='{key}', retention_max_event_count=10**8)"
)


class Bugsink(Target):
    """Bugsink behind gunicorn, with its own background process."""

    name = f"Bugsink {VERSION}"
    path = "/api/1/envelope/"

    def __init__(self, folder: Path, environment: Path) -> None:
        super().__init__(folder)
        self.environment = environment

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/x-sentry-envelope",
            "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client=bench/1, sentry_key={_KEY.hex}",
        }

    def body(self, samples: Sequence[ErrorSample]) -> bytes:
        (sample,) = samples
        event = json.dumps(sentry_event(sample)).encode()
        head = json.dumps({"event_id": sample.id, "dsn": f"http://{_KEY.hex}@127.0.0.1/1"}).encode()
        item = json.dumps({"type": "event", "length": len(event)}).encode()
        return b"\n".join([head, item, event, b""])

    def start(self) -> None:
        if not (self.folder / "db.sqlite3").exists():
            self._prepare()
        gunicorn = ["gunicorn", f"--bind=127.0.0.1:{self.port}", f"--workers={_WORKERS}", "bugsink.wsgi"]
        self.spawn([self._program("bugsink-runsnappea")], cwd=self.folder)
        self.spawn([self._program(gunicorn[0]), *gunicorn[1:]], cwd=self.folder)
        self.wait_until_answers("/health/ready")

    def count(self) -> int:
        with sqlite3.connect(f"file:{self.folder / 'db.sqlite3'}?mode=ro", uri=True, timeout=30) as database:
            (number,) = database.execute("SELECT count(*) FROM events_event").fetchone()
        return int(number)

    def _prepare(self) -> None:
        self._run("bugsink-create-conf", "--template=singleserver", "--host=127.0.0.1", f"--base-dir={self.folder}")
        configuration = self.folder / "bugsink_conf.py"
        lines = [f'BUGSINK["MAX_EVENTS_{name}"] = 10**9' for name in _ALL_QUOTAS]
        lines += ['ALLOWED_HOSTS = ["*"]', "SECURE_SSL_REDIRECT = False"]
        configuration.write_text("\n".join([configuration.read_text(), *lines, ""]))
        self._run("bugsink-manage", "migrate")
        self._run("bugsink-manage", "migrate", "--database=snappea")
        self._run("bugsink-manage", "shell", "-c", _MAKE_PROJECT.format(key=_KEY))

    def _program(self, name: str) -> str:
        return str(self.environment / "bin" / name)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._program(program), *arguments], cwd=self.folder, check=True, capture_output=True)


def sentry_event(sample: ErrorSample) -> dict[str, Any]:
    """The same content as clients of Bugsink send it."""
    frames = [
        {
            "module": f"{frame.namespace}.{frame.type}",
            "function": frame.method,
            "filename": frame.file,
            "lineno": frame.line,
            "colno": 13,
            "in_app": not frame.namespace.startswith("System"),
        }
        for frame in reversed(sample.frames)
    ]
    return {
        "event_id": sample.id,
        "timestamp": sample.moment.timestamp(),
        "platform": "csharp",
        "level": "error",
        "release": "2.6.1",
        "server_name": "web-03",
        "exception": {"values": [{"type": sample.type, "value": sample.message, "stacktrace": {"frames": frames}}]},
        "user": {"id": sample.user, "username": sample.user.partition("@")[0], "ip_address": sample.address},
        "request": {
            "url": f"https://shop.example.com{sample.path}",
            "method": "POST",
            "query_string": "ref=mail",
            "headers": {
                "User-Agent": sample.user_agent,
                "Accept": "application/json",
                "Accept-Language": "en-GB,en;q=0.7",
            },
        },
        "contexts": {
            "os": {"name": "Linux", "version": "6.1"},
            "runtime": {"name": ".NET", "version": "9.0.0"},
            "device": {"arch": "x64", "memory_size": 8 * 1024**3, "processor_count": 4},
        },
        "tags": {"shop": "yes", "checkout": "yes"},
        "extra": {"cart": {"items": 3, "total": 119.5, "currency": "EUR"}},
    }


def install(folder: Path, console: Console) -> Path:
    """The virtual environment of Bugsink, made when it is not there."""
    environment = folder / f"bugsink-{VERSION}"
    if not (environment / "bin" / "bugsink-manage").exists():
        console.print(f"Installing Bugsink {VERSION} …")
        venv.create(environment, with_pip=True, clear=True)
        pip = [str(environment / "bin" / "pip"), "install", "--quiet", f"bugsink=={VERSION}"]
        subprocess.run(pip, check=True)
    return environment


def compare(options: dict[str, Any], console: Console) -> bool:
    """Measure both, in turn; whether nothing was lost by ours."""
    environment = install(options["folder"], console)
    peer_folder = Path(tempfile.mkdtemp(prefix="bugsink-"))
    peer = Bugsink(peer_folder, environment)
    try:
        with command.own_server() as own:
            peer.start()
            ours, theirs = _measure(own, peer, options, console)
    finally:
        peer.stop()
        remove(peer_folder)
    report.print_runs(console, [ours, theirs], command.durability())
    report.print_ratios(console, ours, theirs)
    return not ours.lost


def _measure(own: OwnServer, peer: Bugsink, options: dict[str, Any], console: Console) -> tuple[report.Run, report.Run]:
    pairs: list[tuple[Target, int]] = [(own, 1), (peer, 1), (own, 50)]
    rounds: dict[tuple[str, int], list[measuring.Figures]] = {}
    command.one_round(own, 1, options, seed=0, share=20)
    command.one_round(peer, 1, options, seed=0, share=20)
    for number in range(options["rounds"]):
        for target, size in pairs:
            console.print(f"round {number + 1}: {target.name}, posts of {size}")
            share = 1 if target is own else 4  # the slower one would take very long
            figures = command.one_round(target, size, options, seed=1000 * number + size, share=share)
            rounds.setdefault((target.name, size), []).append(figures)
    return _run(own, rounds), _run(peer, rounds)


def _run(target: Target, rounds: dict[tuple[str, int], list[measuring.Figures]]) -> report.Run:
    figures = {size: report.medians(found) for (name, size), found in rounds.items() if name == target.name}
    return report.Run(target.name, figures, bytes_per_event=target.disk() / max(target.count(), 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=4_000, help="Events of each measurement of ours.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="Where Bugsink is installed.")
    return 0 if compare(vars(parser.parse_args()), Console()) else 1


if __name__ == "__main__":
    sys.exit(main())
