"""The small filter language of lists that are no event lists: `acme -name:old OR is_suspended:true`."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db.models import Q

from exceptionless_site.core.json import clean_text

_TERM = re.compile(r'(-?)(?:(\w+):)?("[^"]*"|[^\s()"]+)')

NOTHING = Q(pk__in=())


def matching(text: str, term: Callable[[str, str], Q]) -> Q:
    """The condition for a filter: terms side by side all match, `OR` parts alternatives, `-` means not.

    `term` gives the condition of one term from its field, in lower case and empty for a bare word, and its
    text without quotes and outer asterisks. A filter without terms matches everything.
    """
    alternatives, condition = Q(), Q()
    for minus, field, word in _TERM.findall(clean_text(text)):
        if not field and word == "OR":
            alternatives, condition = alternatives | condition, Q()
        elif field or word != "AND":
            part = term(field.lower(), word.strip('"').strip("*"))
            condition &= ~part if minus else part
    return alternatives | condition


def boolean(field: str, text: str) -> Q:
    """The condition of a true-or-false field; any other word matches nothing."""
    values = {"true": True, "false": False}
    value = values.get(text.lower())
    return NOTHING if value is None else Q(**{field: value})
