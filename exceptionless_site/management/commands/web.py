"""`manage.py web`: the web server alone, for machines whose workers and scheduler are started on their own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exceptionless_site import web_server
from exceptionless_site.management.addresses import AddressUnusable, check_free


class Command(BaseCommand):
    help = "Serve the API, the admin and the pages until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: 127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on (default: 8000).")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_free(options["host"], options["port"])
        except AddressUnusable as error:
            raise CommandError(str(error)) from None
        web_server.serve(host=options["host"], port=options["port"])
