"""`manage.py bench search`: how fast lists, searches and dashboards are on databases of several sizes."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.management import call_command
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from events.benchmarks.search.building import DataSet, build, existing
from events.benchmarks.search.databases import separate_database
from events.benchmarks.search.measuring import Asker, QuestionFailed, Times, share
from events.benchmarks.search.queries import Question, questions
from exceptionless_site.wsgi import application

Results = dict[str, Times | str]
"""By the name of the question; a text says why there are no times."""


def add_arguments(parser: ArgumentParser) -> None:
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--events", type=_size, default=1_000_000, help="Size of the data set (default: 1000000).")
    sizes.add_argument("--sizes", type=_sizes, help="Several sizes side by side, such as 100000,1000000.")
    parser.add_argument("--repetitions", type=_size, default=15, help="How often each is asked (default: 15).")
    parser.add_argument("--only", default="", help="Ask only what has this text in its name.")


def _sizes(text: str) -> list[int]:
    return [_size(part) for part in text.split(",")]


def _size(text: str) -> int:
    number = int(text.strip().replace("_", ""))
    if number < 1:
        raise ArgumentTypeError("must be at least 1")
    return number


def run(options: Mapping[str, Any], console: Console) -> None:
    bench_search(console, options["sizes"] or [options["events"]], options["repetitions"], options["only"])


def bench_search(console: Console, sizes: Sequence[int], repetitions: int, only: str) -> None:
    """Build what is missing, ask everything of each size, and print one table."""
    asked: dict[str, Question] = {}
    results: list[Results] = []
    for size in sizes:
        with separate_database(f"search-{size}"):
            data = _data_set(console, size)
            wanted = [question for question in questions(data) if only.lower() in question.name.lower()]
            asked |= {question.name: question for question in wanted}
            results.append(dict(_measured(console, data, wanted, repetitions, size)))
    console.print(_table(list(asked.values()), sizes, results))
    console.print("Milliseconds as min / median / p95, through HTTP; below them the median of the statements alone.")


def _data_set(console: Console, size: int) -> DataSet:
    call_command("migrate", verbosity=0, interactive=False)
    data = existing(size)
    if data is None:
        # What a run that was broken off has left.
        call_command("flush", verbosity=0, interactive=False)
        with _progress(console) as progress:
            task = progress.add_task(f"Building {size:,} events", total=size)
            build(size, lambda number: progress.advance(task, number))
        data = existing(size)
    if data is None:
        raise RuntimeError("the data set is not there after it was built")
    return data


def _measured(
    console: Console, data: DataSet, wanted: Sequence[Question], repetitions: int, size: int
) -> Iterator[tuple[str, Times | str]]:
    asker = Asker(application, data.token)
    with _progress(console) as progress:
        for question in progress.track(wanted, description=f"Asking {size:,} events"):
            try:
                yield question.name, asker.measure(question, repetitions)
            except QuestionFailed as error:
                yield question.name, f"skipped: {error}"


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def _table(asked: Sequence[Question], sizes: Sequence[int], results: Sequence[Results]) -> Table:
    table = Table("Question", *(f"{size:,} events" for size in sizes), "Target", row_styles=("", "dim"))
    for question in asked:
        cells = [_cell(question, found[question.name]) for found in results]
        table.add_row(question.name, *cells, "" if question.target is None else f"{question.target:g}")
    return table


def _cell(question: Question, found: Times | str) -> str:
    if isinstance(found, str):
        return f"[yellow]{found}[/yellow]"
    least, median, most = found.requests[0], share(found.requests, 0.5), share(found.requests, 0.95)
    colour = "red" if question.target is not None and median > question.target else "green"
    statements = share(found.statements, 0.5)
    return f"{least:.1f} / [{colour}]{median:.1f}[/{colour}] / {most:.1f}\n  SQL {statements:.1f}"
