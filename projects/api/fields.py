"""Parts of bodies and addresses that the resources of a project share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.organization_values import StringValueFromBodySerializer
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.serializers import pascal

ID_LENGTH = 24


@extend_schema_field({"type": "string", "minLength": 24, "maxLength": 24, "pattern": "^[a-fA-F0-9]{24}$"})
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


def value_of_body(request: Request) -> str:
    """The trimmed `value` of the body; empty when it is missing, null or blank."""
    return read_body(request, StringValueFromBodySerializer).get("value") or ""


def text_parameter(request: Request, name: str) -> str:
    """A trimmed text of the query, empty when it is missing."""
    text: str = request.query_params.get(name, "")
    return text.strip()
