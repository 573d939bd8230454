"""`manage.py sample_data`: accounts with known passwords and a week of events, to look around with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from events.services.sample_data import EVENT_COUNT, load_sample_data
from exceptionless_site.management.migration import only_one


def load_with_progress(console: Console) -> int:
    """Load the sample data behind a progress bar, one process at a time; how many events were added."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with only_one(), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Adding sample events", total=EVENT_COUNT)
        return load_sample_data(progress=lambda count: progress.advance(task, count))


class Command(BaseCommand):
    help = "Add sample accounts (known passwords!), projects and events. A second run adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_with_progress(Console())
        self.stdout.write(f"{added} sample events were added." if added else "The sample data is already there.")
