"""How drf-spectacular describes the API.

What viewsets use:

    @extend_schema(
        summary="Delete",
        responses={202: WorkInProgressResultSerializer, **problems(400, (404, "One or more tokens were not found."))},
    )

`problems` takes statuses, or pairs of a status and its text. `empty("Accepted")` describes an answer without
a body. 401 and 403 are added by themselves to every operation that has a policy, so they need not be named.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import AllowAny

from exceptionless_site.api.errors import CONTENT_TYPE
from exceptionless_site.api.schema_names import official_summary, operation_id
from exceptionless_site.api.serializers import BulkResultSerializer, ProblemSerializer, ValidationProblemSerializer

_TEXTS = {
    400: "The request is not valid.",
    401: "No valid credentials were sent.",
    403: "The credentials do not permit this.",
    404: "The object could not be found.",
    409: "The object exists already.",
    413: "The request body is too large.",
    415: "The content type of the body is not supported.",
    422: "Validation error",
    426: "The plan of the organization does not include this.",
    429: "Too many requests; try again later.",
    500: "The server failed.",
    503: "The service is not available.",
}
_COMPONENT_NAMES = {
    ProblemSerializer: "ProblemDetails",
    ValidationProblemSerializer: "HttpValidationProblemDetails",
}
OPTIONAL_BODY_KEY = "x-optional-body"
OPTIONAL_BODY: dict[str, Any] = {OPTIONAL_BODY_KEY: True}
"""For `extensions=` of an operation whose body may be left out or null."""


def problems(*statuses: int | tuple[int, str]) -> dict[int, OpenApiResponse]:
    """Responses with a problem body, to be merged into `responses=`."""
    found: dict[int, OpenApiResponse] = {}
    for item in statuses:
        status, text = item if isinstance(item, tuple) else (item, _TEXTS.get(item) or HTTPStatus(item).phrase)
        serializer = ValidationProblemSerializer if status == 422 else ProblemSerializer
        found[status] = OpenApiResponse(serializer, description=text)
    return found


def empty(text: str) -> OpenApiResponse:
    """A response without a body."""
    return OpenApiResponse(description=text)


class WireDateTimeExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "exceptionless_site.api.serializers.WireDateTimeField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


class _Parameters(list[Any]):
    """extend_schema takes any sequence of parameters by its types, but joins lists only."""

    def __add__(self, others: Any) -> _Parameters:
        return _Parameters([*self, *others])


class WireSchema(AutoSchema):
    """Operations are grouped by the viewset's `tag`; lists are plain arrays; refusals follow from the policies."""

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "tag", "")
        return [tag] if tag else super().get_tags()

    def get_override_parameters(self) -> list[Any]:
        return _Parameters()

    def is_deprecated(self) -> bool:
        """The first version of the API is for its old clients only."""
        return self.path.startswith("/api/v1/")

    def get_operation_id(self) -> str:
        return operation_id(self.method, self.path)

    def get_auth(self) -> list[dict[str, Any]]:
        """Nothing: the document declares the schemes once for all operations (`schema_hooks`)."""
        return []

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return _COMPONENT_NAMES.get(type(serializer)) or super().get_serializer_name(serializer, direction)

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        operation["summary"] = official_summary(self.method, self.path) or operation.get("summary", "")
        if self._is_anonymous():
            operation["security"] = []
        else:
            self._add_refusals(operation["responses"])
        if self.method == "DELETE" and self.path.endswith("{ids}"):
            self._add_bulk_failures(operation["responses"])
        operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def _is_anonymous(self) -> bool:
        return all(isinstance(policy, AllowAny) for policy in self.view.get_permissions())

    def _add_refusals(self, responses: dict[str, Any]) -> None:
        for status, response in problems(401, 403).items():
            if str(status) not in responses:
                responses[str(status)] = self._get_response_for_code(response, str(status))  # type: ignore[no-untyped-call]

    def _add_bulk_failures(self, responses: dict[str, Any]) -> None:
        """Some of several objects may stay: the 400 then lists which, and is no problem body."""
        described = responses.get("400", {}).get("description", _TEXTS[400])
        failures = self._get_response_for_code(  # type: ignore[no-untyped-call]
            OpenApiResponse(BulkResultSerializer, description=described), "400", media_types=["application/json"]
        )
        problem = self._get_response_for_code(problems(400)[400], "400", media_types=[CONTENT_TYPE])  # type: ignore[no-untyped-call]
        responses["400"] = failures | {"content": failures["content"] | problem["content"]}

    def _get_pagination_parameters(self) -> list[dict[str, Any]]:
        paginator = super()._get_paginator() if self._is_list_view() else None  # type: ignore[no-untyped-call]
        return paginator.get_schema_operation_parameters(self.view) if paginator else []

    def _get_paginator(self) -> None:
        """None for the answers: a page is the bare array, without a wrapping component."""
        return
