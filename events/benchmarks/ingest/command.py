"""`manage.py bench ingest`."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from rich.console import Console
from rich.progress import Progress

from events.benchmarks.ingest import measuring, report
from events.benchmarks.ingest.targets import OwnServer, Target

DURABILITY = "every 202 after its commit reached the disk (SQLite synchronous={}; PostgreSQL as its server is set)"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=10_000, help="Events of each measurement.")
    parser.add_argument("--rounds", type=int, default=3, help="Measurements of each kind.")
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--save", type=Path, help="Keep the figures in this file.")
    parser.add_argument("--against", type=Path, help="Say what got slower since the figures in this file.")


def run(options: dict[str, Any], console: Console) -> bool:
    """Measure and print; whether nothing was lost and nothing got slower."""
    with own_server() as server:
        result = measure_own(server, options, console)
    report.print_runs(console, [result], durability())
    if options["save"]:
        report.save(result, options["save"])
    worse = report.slower(result, report.load(options["against"])) if options["against"] else []
    for sentence in worse:
        console.print(f"[red]slower[/]: {sentence}")
    return not result.lost and not worse


def durability() -> str:
    return DURABILITY.format(os.environ.get("EXCEPTIONLESS_SQLITE_SYNCHRONOUS", "FULL"))


def measure_own(server: OwnServer, options: dict[str, Any], console: Console) -> report.Run:
    """All measurements of this product; the server runs."""
    calibration = measuring.calibration()
    rounds: dict[int, list[measuring.Figures]] = {size: [] for size in server.batch_sizes}
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("warming up", total=options["rounds"] * len(rounds) + 2)
        one_round(server, 1, options, seed=0, share=10)
        idle = measuring.idle_latency(server, rounds=40, seed=1)
        for number in range(options["rounds"]):
            for size, figures in rounds.items():
                progress.update(task, advance=1, description=f"round {number + 1}, posts of {size}")
                figures.append(one_round(server, size, options, seed=100 * number + size + 2))
        progress.update(task, advance=1, description="starting anew")
        start = measuring.cold_start(server, seed=3)
    total = server.count()
    return report.Run(
        name=server.name,
        figures={size: report.medians(figures) for size, figures in rounds.items()},
        bytes_per_event=server.disk() / max(total, 1),
        idle_milliseconds=idle,
        start_seconds=start,
        calibration=calibration,
    )


def one_round(server: Target, size: int, options: dict[str, Any], *, seed: int, share: int = 1) -> measuring.Figures:
    """One measurement; `share` makes it that many times shorter."""
    posts = max(options["events"] // size // share, 1)
    return measuring.measure(server, size=size, posts=posts, connections=options["connections"], seed=seed)


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """This product, running on a new database of the kind that DATABASE_URL names; all is removed in the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        address = stack.enter_context(_database(os.environ.get("DATABASE_URL", "")))
        server = OwnServer(folder, database_url=address)
        stack.callback(server.stop)
        server.start()
        yield server


@contextmanager
def _database(address: str) -> Iterator[str]:
    if not address.startswith("postgres"):
        yield ""
        return
    name = f"exceptionless_bench_{os.getpid()}"
    parts = urlsplit(address)
    # The product's own database need not be there.
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
