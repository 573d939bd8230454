"""Speeds, measured on made-up data that is kept apart from the product's own."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console

from events.benchmarks.ingest import command as ingest
from exceptionless_site.management import bench_search as search


class Command(BaseCommand):
    help = "Measure how fast the product is, and print the figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        ingest.add_arguments(kinds.add_parser("ingest", help="Posting events, until they can be found."))
        search.add_arguments(
            kinds.add_parser("search", help="Lists, searches and dashboards on a large data set that is built once.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        if options["kind"] == "search":
            search.run(options, console)
        else:
            sys.exit(0 if ingest.run(options, console) else 1)
