"""Figures of several rounds as one table, kept in a file, and compared with those of an earlier run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from events.benchmarks.ingest.measuring import Figures

_NOTABLE = 0.9
"""What is slower than this share of the earlier figure is said to be slower."""
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """Medians over the rounds. `figures` has one entry for each size of posts."""

    name: str
    figures: Mapping[int, Figures]
    bytes_per_event: float
    idle_milliseconds: float | None = None
    start_seconds: float | None = None
    calibration: float = 0.0

    @property
    def lost(self) -> int:
        return sum(one.lost for one in self.figures.values())


def medians(rounds: Sequence[Figures]) -> Figures:
    """One set of figures out of those of all rounds; events are added up, and what was lost or refused."""
    values = {name: statistics.median(getattr(one, name) for one in rounds) for name in _MEDIANS}
    return Figures(
        **values,
        size=rounds[0].size,
        events=sum(one.events for one in rounds),
        memory=max(one.memory for one in rounds),
        lost=sum(one.lost for one in rounds),
        refused=sum(one.refused for one in rounds),
    )


_MEDIANS = ("accepted_per_second", "digested_per_second", "median", "p99", "cpu_per_event")


def print_runs(console: Console, runs: Sequence[Run], durability: str) -> None:
    table = Table(title=f"Ingestion, medians; {durability}")
    table.add_column("")
    for run in runs:
        for size in run.figures:
            table.add_column(f"{run.name}\nposts of {size}", justify="right")
    for title, text in _ROWS:
        table.add_row(title, *(text(one) for run in runs for one in run.figures.values()))
    table.add_row("disk, bytes/event", *(f"{run.bytes_per_event:,.0f}" for run in runs for _ in run.figures))
    console.print(table)
    for run in runs:
        if run.idle_milliseconds is not None:
            console.print(f"{run.name}: one event on an idle server is found after {run.idle_milliseconds:.1f} ms")
        if run.start_seconds is not None:
            console.print(f"{run.name}: first event {run.start_seconds:.2f} s after the start on an existing database")


_ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("accepted, events/s", lambda one: f"{one.accepted_per_second:,.0f}"),
    ("digested, events/s", lambda one: f"{one.digested_per_second:,.0f}"),
    ("post median, ms", lambda one: f"{one.median:,.1f}"),
    ("post p99, ms", lambda one: f"{one.p99:,.1f}"),
    ("CPU, ms/event", lambda one: f"{one.cpu_per_event:,.2f}"),
    ("memory of all processes, MB", lambda one: f"{one.memory / _MEGABYTE:,.0f}"),
    ("events", lambda one: f"{one.events:,}"),
    ("accepted but not found", lambda one: f"{one.lost:,}"),
    ("refused", lambda one: f"{one.refused:,}"),
)


def print_ratios(console: Console, ours: Run, theirs: Run) -> None:
    """How many times faster the first is: each size of posts against the other's single posts."""
    base = theirs.figures[1]
    table = Table(title=f"{ours.name} : {theirs.name}, single posts")
    table.add_column("")
    for size in ours.figures:
        table.add_column(f"posts of {size}", justify="right")
    for title, name in (("accepted", "accepted_per_second"), ("digested", "digested_per_second")):
        ratios = (getattr(one, name) / max(getattr(base, name), 1e-9) for one in ours.figures.values())
        table.add_row(title, *(f"{ratio:,.1f} times" for ratio in ratios))
    cheaper = (base.cpu_per_event / max(one.cpu_per_event, 1e-9) for one in ours.figures.values())
    table.add_row("events for the same CPU", *(f"{ratio:,.1f} times" for ratio in cheaper))
    share = ours.bytes_per_event / max(theirs.bytes_per_event, 1e-9)
    table.add_row("disk", *(f"{share:.2f} of theirs" for _ in ours.figures))
    console.print(table)


# --- Earlier runs -------------------------------------------------------------------------------


def save(run: Run, path: Path) -> None:
    content = asdict(run) | {"figures": [asdict(one) for one in run.figures.values()]}
    path.write_text(json.dumps(content, indent=1))


def load(path: Path) -> Run:
    content = json.loads(path.read_text())
    figures = [Figures(**one) for one in content.pop("figures")]
    return Run(figures={one.size: one for one in figures}, **content)


def slower(run: Run, earlier: Run) -> list[str]:
    """What got slower since, each as a sentence; machines that are faster or slower in all are made equal first."""
    machine = run.calibration / earlier.calibration
    found = []
    for size in sorted(run.figures.keys() & earlier.figures.keys()):
        for name in ("accepted_per_second", "digested_per_second"):
            share = getattr(run.figures[size], name) / max(getattr(earlier.figures[size], name), 1e-9) / machine
            if share < _NOTABLE:
                found.append(f"posts of {size}: {name.replace('_', ' ')} is {share:.2f} of the earlier figure")
    return found
