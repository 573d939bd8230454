"""Reading JSON bodies: 400 for what cannot be bound to the model, 422 for what is bound and wrong.

    values = read_body(request, NewOrganizationSerializer)

Names match in any case, unknown members are ignored, a null or a value of another JSON type where the
model has none is a 400. `delta.py` reads updates by the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.fields import Field
from rest_framework.request import Request

from exceptionless_site.api.errors import VALIDATION_TITLE, Problem
from exceptionless_site.api.serializers import WireDateTimeField

AnyField = Field[Any, Any, Any, Any]
AnySerializer = serializers.Serializer[Any]

_REQUIRED = "A non-empty request body is required."
_JSON_TYPES: tuple[tuple[type[AnyField] | tuple[type[AnyField], ...], tuple[type, ...]], ...] = (
    (serializers.BooleanField, (bool,)),
    # Numbers may arrive as texts.
    ((serializers.IntegerField, serializers.FloatField), (int, float, str)),
    ((serializers.CharField, WireDateTimeField), (str,)),
    ((serializers.ListField, serializers.ListSerializer), (list,)),
    ((serializers.DictField, serializers.Serializer), (dict,)),
)


def read_body(
    request: Request, serializer_class: type[AnySerializer], spelling: Callable[[str], str] = str.lower
) -> dict[str, Any]:
    """The validated members of a body that makes something new; `spelling` makes spellings of a name equal."""
    fields = serializer_class().fields
    data = bind(required_data(request), fields, spelling)
    refuse_nulls(data, fields)
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def required_data(request: Request) -> Any:
    """The parsed body; 400 when there is none, or JSON's null."""
    data = request.data
    if request.stream is None or data is None:
        raise Problem(400, VALIDATION_TITLE, errors={"": [_REQUIRED]})
    return data


def refuse_other_bodies(request: Request) -> None:
    """415 for a body that is not JSON, where a body is neither needed nor read."""
    if request.stream is not None and "json" not in (request.content_type or "").lower():
        raise UnsupportedMediaType(request.content_type or "")


def bind(data: Any, fields: Mapping[str, AnyField], spelling: Callable[[str], str]) -> dict[str, Any]:
    """The members that the model has, under its own names; `spelling` makes spellings of a name equal.

    Nulls are kept. Raises a 400 problem for a body that is no object and for values of a wrong JSON type.
    """
    if not isinstance(data, dict):
        raise not_bound("", "The request body must be a JSON object.")
    names = {spelling(name): name for name, field in fields.items() if not field.read_only}
    bound = {names[spelling(key)]: value for key, value in data.items() if spelling(key) in names}
    for name, value in bound.items():
        if value is not None and not _fits(fields[name], value):
            raise not_bound(name, f"The JSON value could not be read as {name}.")
    return bound


def refuse_nulls(bound: Mapping[str, Any], fields: Mapping[str, AnyField]) -> None:
    """400 for a null where the model has no null."""
    for name, value in bound.items():
        if value is None and not fields[name].allow_null:
            raise not_bound(name, f"{name} must not be null.")


def not_bound(name: str, message: str) -> Problem:
    return Problem(400, errors={name: [message]})


def _fits(field: AnyField, value: Any) -> bool:
    for field_class, types in _JSON_TYPES:
        if isinstance(field, field_class):
            return isinstance(value, types) and (bool in types or not isinstance(value, bool))
    return True
