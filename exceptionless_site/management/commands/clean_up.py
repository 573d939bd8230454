"""`manage.py clean_up`: removes what is deleted, expired or orphaned, at once instead of by the jobs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from events.services.clean_up import Finding, find_clean_up, run_clean_up
from events.services.orphans import remove_orphans
from events.services.pace import Pace
from events.services.source_maps import remove_unused_source_maps


def findings_table(findings: Sequence[Finding]) -> Table:
    table = Table("Organization", "What", title="What the clean-up removes")
    table.add_column("Rows", justify="right")
    table.add_column("Oldest (UTC)")
    for finding in findings:
        table.add_row(finding.organization, finding.kind, f"{finding.rows:,}", _date(finding.oldest))
    return table


def _date(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def clean_up(console: Console, total: int) -> int:
    """Do all of it behind a progress bar; how many rows went."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Removing rows", total=total)
        pace = Pace(on_progress=lambda count: progress.advance(task, count))
        run_clean_up(pace)
        remove_orphans(pace)
        removed = remove_unused_source_maps()
    return pace.done + removed


class Command(BaseCommand):
    help = (
        "Remove deleted organizations, projects and stacks, events past their retention, unused source maps, and "
        "orphans. The jobs do the same by themselves; this does it now. The server may run meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only show what would be removed.")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=cast("IO[str]", self.stdout))
        findings = find_clean_up()
        if not findings:
            self.stdout.write("There is nothing to remove.")
            return
        if options["dry_run"]:
            console.print(findings_table(findings))
            return
        removed = clean_up(console, sum(finding.rows for finding in findings))
        self.stdout.write(f"{removed:,} rows were removed.")
