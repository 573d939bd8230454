"""Text fields: the wire's wording for lengths, and texts that are absent when empty."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exceptionless_site.api.serializers import pascal

ID_LENGTH = 24


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


_IDENTIFIER = {"type": "string", "minLength": 24, "maxLength": 24, "pattern": "^[a-fA-F0-9]{24}$"}


@extend_schema_field(_IDENTIFIER)
class OptionalIdentifierField(OptionalTextField):
    """For answers: an id of something that need not be there."""


@extend_schema_field(_IDENTIFIER)
class IdentifierField(serializers.CharField):
    """An id in a body: 24 characters, whatever they are; null where that is allowed."""

    def run_validation(self, data: Any = serializers.empty) -> str | None:
        if isinstance(data, str) and len(data) != ID_LENGTH:
            name = pascal(self.field_name or "")
            raise serializers.ValidationError(
                f"The field {name} must be a string with a minimum length of {ID_LENGTH} "
                f"and a maximum length of {ID_LENGTH}."
            )
        value: str | None = super().run_validation(data)
        return value


@extend_schema_field({"type": "array", "items": {"type": "string"}, "uniqueItems": True})
class TextSetField(serializers.ListField):
    """Texts without an order, each once."""

    child = serializers.CharField()
