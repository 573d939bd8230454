"""Options of `manage.py up` that settings depend on: they become environment variables before settings load."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

COMMAND = "up"


def apply(arguments: Sequence[str]) -> None:
    """Set the variables for a command line without its first word; other commands are left alone."""
    if arguments and arguments[0] == COMMAND:
        os.environ.update(environment(arguments[1:]))


def environment(arguments: Sequence[str]) -> dict[str, str]:
    """What the options of `up` set; a malformed option sets nothing, the command itself then complains."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--data-dir")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--port", type=int)
    try:
        options, _ = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return {}
    found = {}
    if options.data_dir:
        found["EXCEPTIONLESS_DATA_DIR"] = options.data_dir
    if options.demo:
        found["EXCEPTIONLESS_DEMO"] = "true"
    if options.port and not os.environ.get("EXCEPTIONLESS_BASE_URL", "").strip():
        found["EXCEPTIONLESS_BASE_URL"] = f"http://localhost:{options.port}"
    return found
