"""`manage.py rebuild`: makes the search index and other derived data anew from the stored documents."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from events.services.rebuild import Differences, check, number_of_rows, rebuild


class Command(BaseCommand):
    help = (
        "Make the search index, the columns of events, their sums by the hour and the counters of stacks anew from the "
        "stored documents, after an upgrade that says so or after damage. The server may run meanwhile; on SQLite, "
        "lists with a filter lack old events until the end. A run that was broken off is continued by the next."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only report what differs.")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=cast("IO[str]", self.stdout))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        run, title = (check, "Checking") if options["check"] else (rebuild, "Rebuilding")
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(title, total=number_of_rows())
            found = run(progress=lambda number: progress.advance(task, number))
        self.stdout.write(_report(found, only_checked=options["check"]))


def _report(found: Differences, *, only_checked: bool) -> str:
    if not found:
        return "Everything agrees with the documents."
    verb = "differ from" if only_checked else "were made anew from"
    parts = [
        f"the search tokens of {found.tokens:,} events" if found.tokens else "",
        f"the columns of {found.columns:,} events" if found.columns else "",
        f"the counters of {found.stacks:,} stacks" if found.stacks else "",
        f"the sums of {found.rollups:,} hours" if found.rollups else "",
    ]
    text = ", ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]} {verb} the documents."
