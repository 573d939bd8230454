"""What both kinds of summaries share."""

from __future__ import annotations

from typing import Any, NamedTuple


class Summary(NamedTuple):
    """The members `template_key` and `data` of a summary row; keys of `data` are PascalCase, nulls stay."""

    template_key: str
    data: dict[str, Any]


def short_type_name(full_name: str) -> str:
    """`NullReferenceException` of `System.NullReferenceException`."""
    return full_name.rpartition(".")[2] or full_name


def short_source_name(source: str) -> str | None:
    """The last part when the source is a dotted identifier such as a class name, else None."""
    parts = source.split(".")
    return parts[-1] if len(parts) > 1 and all(part.isidentifier() for part in parts) else None


def type_names(full_name: str | None) -> dict[str, str | None]:
    """`Type` and `TypeFullName`, both null without a name."""
    return {"Type": short_type_name(full_name) if full_name else None, "TypeFullName": full_name or None}


def present(**values: object) -> dict[str, Any]:
    """Those of the values that are neither null nor empty."""
    return {name: value for name, value in values.items() if value}
