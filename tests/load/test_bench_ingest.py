"""`manage.py bench ingest`, on a real server with a small load."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from events.benchmarks.ingest import command, report
from events.benchmarks.ingest.measuring import Figures
from events.benchmarks.ingest.samples import error_samples, exceptionless_event

FIGURES = Figures(
    size=1,
    events=100,
    accepted_per_second=1000.0,
    digested_per_second=500.0,
    median=2.0,
    p99=9.0,
    cpu_per_event=0.5,
    memory=200_000_000,
    lost=0,
    refused=0,
)


def test_samples_are_as_large_as_real_errors_and_the_same_for_the_same_seed() -> None:
    one, other = list(error_samples(50, seed=4)), list(error_samples(50, seed=4))
    assert [sample.id for sample in one] == [sample.id for sample in other]
    assert len({sample.id for sample in one}) == 50
    size = sum(len(orjson.dumps(exceptionless_event(sample))) for sample in one) / 50
    assert 4_000 < size < 6_000
    assert all(20 <= len(sample.frames) <= 30 for sample in one)


def test_a_small_measurement_loses_nothing(tmp_path: Path) -> None:
    output = io.StringIO()
    kept = tmp_path / "figures.json"
    options = {"events": 60, "rounds": 1, "connections": 4, "save": kept, "against": None}
    assert command.run(options, Console(file=output, width=160))
    run = report.load(kept)
    assert sorted(run.figures) == [1, 50]
    assert [one.events for one in run.figures.values()] == [60, 50]
    assert run.lost == 0
    assert all(one.digested_per_second > 0 for one in run.figures.values())
    assert "digested, events/s" in output.getvalue()


def a_run(**changes: float) -> report.Run:
    return report.Run("ours", {1: replace(FIGURES, **changes)}, bytes_per_event=900.0, calibration=100.0)  # type: ignore[arg-type]


def test_medians_are_taken_over_the_rounds_and_losses_added_up() -> None:
    rounds = [replace(FIGURES, p99=value, lost=1) for value in (1.0, 50.0, 3.0)]
    found = report.medians(rounds)
    assert (found.p99, found.lost, found.events) == (3.0, 3, 300)


def test_runs_are_kept_and_read_again(tmp_path: Path) -> None:
    report.save(a_run(), tmp_path / "run")
    assert report.load(tmp_path / "run") == a_run()
    assert json.loads((tmp_path / "run").read_text())["name"] == "ours"


def test_what_got_slower_is_said_for_an_equally_fast_machine() -> None:
    assert report.slower(a_run(accepted_per_second=950.0), a_run()) == []
    (sentence,) = report.slower(a_run(digested_per_second=250.0), a_run())
    assert "digested per second is 0.50" in sentence
    slow_machine = replace(a_run(accepted_per_second=500.0, digested_per_second=250.0), calibration=50.0)
    assert report.slower(slow_machine, a_run()) == []


@pytest.mark.parametrize("name", ["ours", "theirs"])
def test_ratios_are_of_events_a_second(name: str) -> None:
    output = io.StringIO()
    theirs = replace(a_run(digested_per_second=10.0, accepted_per_second=100.0), name=name)
    report.print_ratios(Console(file=output, width=160), a_run(), theirs)
    assert "50.0 times" in output.getvalue()
    assert "10.0 times" in output.getvalue()
