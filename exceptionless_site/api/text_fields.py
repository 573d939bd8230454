"""Text fields: the wire's wording for lengths, and texts that are absent when empty."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


def text_limit(maximum: int, name: str) -> dict[str, Any]:
    """Options of a text field; `name` is the field as the messages spell it, such as FullName."""
    message = f"The field {name} must be a string or array type with a maximum length of '{maximum}'."
    return {"max_length": maximum, "error_messages": {"max_length": message}}


def text_bounds(minimum: int, maximum: int, name: str) -> dict[str, Any]:
    """Options of a text field whose length lies between two bounds and which is kept as it is."""
    message = f"The field {name} must be a string with a minimum length of {minimum} and a maximum length of {maximum}."
    return {
        "min_length": minimum,
        "max_length": maximum,
        "trim_whitespace": False,
        "error_messages": {"min_length": message, "max_length": message},
    }


class OptionalTextField(serializers.CharField):
    """For answers: stored as an empty text, absent on the wire."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True} | options)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]  # None is left out
        return super().to_representation(value) or None
