"""What a project keeps out of cookies, query strings and form fields (`@@DataExclusions`)."""

from __future__ import annotations

from typing import Any

from events.ingest.steps.wildcards import Patterns, setting_patterns
from exceptionless_site.core.json import loads

SETTING = "@@DataExclusions"
LONGEST_VALUE = 1000
TOO_LARGE = "Value is too large to be included."
_DEFAULTS = (
    "*VIEWSTATE*",
    "*EVENTVALIDATION*",
    "*ASPX*",
    "__RequestVerificationToken",
    "ASP.NET_SessionId",
    "__LastErrorId",
    "WAWebSiteID",
    "ARRAffinity",
)


def exclusion_patterns(setting: str | None) -> Patterns:
    """The patterns of excluded keys: the framework's own fields and those of the project's setting."""
    return setting_patterns(setting, _DEFAULTS)


def exclude_pairs(pairs: dict[str, str], excluded: Patterns) -> dict[str, str]:
    """The pairs without empty or excluded keys; values beyond 1000 characters are replaced by a note."""
    return {
        key: value if len(value) <= LONGEST_VALUE else TOO_LARGE
        for key, value in pairs.items()
        if key and not excluded.match(key)
    }


def exclude_post_data(post_data: Any, excluded: Patterns) -> Any:
    """Form fields sent as JSON text of an object of texts become an object with the same rules; all else stays."""
    pairs = _form_fields(post_data)
    return post_data if pairs is None else exclude_pairs(pairs, excluded)


def _form_fields(post_data: Any) -> dict[str, str] | None:
    if not isinstance(post_data, str) or post_data.lstrip()[:1] != "{":
        return None
    try:
        fields = loads(post_data.strip())
    except (ValueError, RecursionError):
        return None
    is_form = isinstance(fields, dict) and all(isinstance(value, str) for value in fields.values())
    return fields if is_form else None
