"""Parts of bodies and addresses that the resources of a project share."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.api.organization_values import value_of_body
from exceptionless_site.api.text_fields import IdentifierField

__all__ = ["IdentifierField", "text_parameter", "value_of_body"]


def text_parameter(request: Request, name: str) -> str:
    """A trimmed text of the query, empty when it is missing."""
    text: str = request.query_params.get(name, "")
    return text.strip()
