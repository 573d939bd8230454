"""The frame of a search: its errors become problems, its time is limited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from events.search.errors import FilterSyntaxError, FilterValueError
from events.search.sql.limits import SearchTimeoutError, time_limit
from exceptionless_site.api.errors import Problem, bad_request

_SECONDS = 15.0


@contextmanager
def searching() -> Iterator[float]:
    """Run the statements of a search: 400 for what cannot be asked, and for what takes too long.

    The seconds that it may take are for those who work on rows besides.
    """
    seconds = float(getattr(settings, "SEARCH_TIMEOUT_SECONDS", _SECONDS))
    try:
        with time_limit(seconds):
            yield seconds
    except (FilterSyntaxError, FilterValueError) as error:
        raise invalid_filter(str(error)) from None
    except SearchTimeoutError as error:
        message = f"The search took longer than {error.seconds:g} seconds. Ask for a shorter time or for less."
        raise bad_request(message, errors={"filter": [message]}) from None


def invalid_filter(message: str) -> Problem:
    return bad_request(f"Invalid filter: {message}", errors={"filter": [message]})
