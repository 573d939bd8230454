#!/usr/bin/env python
"""Django's command line, with this project's settings."""

import os
import sys

from exceptionless_site import early_options


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exceptionless_site.settings")
    early_options.apply(sys.argv[1:])
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is the operator's to mend: one sentence helps, a traceback does not.
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
