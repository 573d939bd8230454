"""PATCH and PUT, which mean the same: only what is sent changes, only what the update model has can change.

    class UpdateUserSerializer(WireSerializer):
        full_name = serializers.CharField(required=False, allow_blank=True)
        email_notifications_enabled = serializers.BooleanField(required=False)

    delta = read_delta(request, UpdateUserSerializer)
    update_user(user=user, **delta.values)

`{}` or only unknown members is a 200 with nothing changed. A null for a text, list or object changes nothing
either (clients clear with "" or []), but some resources refuse it: those look into `delta.nulls`.
Refusals: no body or `null` 400, a value of a wrong JSON type 400, null for a boolean or number 400; what the
serializer's own validation finds is a 422. Rules with a text of their own belong to the resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from exceptionless_site.api.bodies import AnyField, AnySerializer, bind, not_bound, required_data
from exceptionless_site.api.errors import Problem
from exceptionless_site.api.exception_handler import flatten_errors

_NEVER_NULL = (serializers.BooleanField, serializers.IntegerField, serializers.FloatField)


@dataclass(frozen=True, slots=True)
class Delta:
    """`values` to store by field name; `nulls` names the members that were sent as null."""

    values: dict[str, Any]
    nulls: frozenset[str] = frozenset()


def read_delta(request: Request, serializer_class: type[AnySerializer]) -> Delta:
    """The changes that the body asks for. Both `full_name` and `FullName` are understood, in any case."""
    fields = serializer_class().fields
    bound = bind(required_data(request), fields, lambda name: name.replace("_", "").lower())
    nulls = frozenset(name for name, value in bound.items() if value is None)
    for name in nulls:
        _refuse_null(name, fields[name])
    sent = {name: value for name, value in bound.items() if name not in nulls}
    return Delta(_validated(serializer_class(data=sent, partial=True)), nulls)


def _refuse_null(name: str, field: AnyField) -> None:
    if isinstance(field, _NEVER_NULL) and not field.allow_null:
        raise not_bound(name, f"{name} must not be null.")


def _validated(serializer: AnySerializer) -> dict[str, Any]:
    if not serializer.is_valid():
        # What a document breaks when it is saved carries the plain title of the status.
        raise Problem(422, errors=flatten_errors(serializer.errors))
    return dict(serializer.validated_data)
