"""What is decided about stacks: fixed, snoozed, another status, critical, links, promotion."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_values import StringValueFromBodySerializer
from accounts.permissions import StacksWritePolicy, UserPolicy
from events.api.stack_serializers import StackLinkSerializer, StackReferenceSerializer, StackSerializer
from events.api.stacks import NOT_FOUND
from events.models import Stack
from events.services.stacks import (
    NoPromotionTargetError,
    add_link,
    change_status,
    mark_fixed,
    promote_stack,
    remove_link,
    set_critical,
    snooze,
)
from events.stacking.status import StackStatus, can_snooze_until, changeable_status
from events.stacking.versions import normalize_version
from exceptionless_site.api.bodies import not_bound, required_data
from exceptionless_site.api.errors import Problem, bad_request, invalid, not_found, upgrade_required
from exceptionless_site.api.schema import empty, problems
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.dates import parse_wire_date
from projects.api.fields import text_parameter, value_of_body

MAXIMUM_VERSION = 100
INVALID_VERSION = "Invalid semantic version"
SNOOZE_TOO_SHORT = "Must snooze for at least 5 minutes."
INVALID_STATUS = "The status is invalid."
URL_REQUIRED = "URL is required."
PREMIUM_PROMOTION = (
    "Promote to External is a premium feature used to promote an error stack to an external system. "
    "Please upgrade your plan to enable this feature."
)
NO_PROMOTION_TARGET = (
    "No promoted web hooks are configured for this project. Please add a promoted web hook to use this feature."
)

_NONE_FOUND = (404, "None of the stacks could be found.")
_NOT_FOUND = (404, "The stack could not be found.")
_LINK_EXAMPLE = OpenApiExample(
    "A link", {"value": "https://github.com/exceptionless/Exceptionless/issues/1"}, request_only=True
)
_FIXED_BY_ZAPIER = OpenApiExample("By address", {"Stack": "https://errors.example/stack/537650f3b77efe23a47914f5"})
_LINKED_BY_ZAPIER = OpenApiExample(
    "By id", {"Stack": "537650f3b77efe23a47914f5", "Link": "https://tracker.example/issues/1"}
)


class StackActionViewSet(WireViewSet):
    """Decisions about one or several stacks; of several, those that the caller cannot see are passed over."""

    tag = "Stack"
    queryset = Stack.objects.all()
    serializer_class = StackSerializer
    permission_classes = [StacksWritePolicy]
    policies: ClassVar = {"promote": [UserPolicy]}
    not_found_title = NOT_FOUND
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Mark fixed",
        description="Ids are parted by commas. With a version, older versions may still report the stack's events; "
        "the first one of that version or a newer one regresses the stack. Without, any event after now does.",
        parameters=[OpenApiParameter("version", OpenApiTypes.STR, description="The version that has the fix: 1.2.3.")],
        request=None,
        responses={
            200: empty("The stacks were marked as fixed."),
            **problems((400, "The version is none."), _NONE_FOUND),
        },
    )
    def mark_fixed(self, request: Request, ids: str) -> Response:
        version = _version(request)
        mark_fixed(stacks=self._several(ids), version=version)
        return Response()

    @extend_schema(
        summary="Mark the selected stacks as snoozed",
        description="Ids are parted by commas. The stacks are silent until then and open again afterwards.",
        parameters=[
            OpenApiParameter(
                "snoozeUntilUtc",
                OpenApiTypes.DATETIME,
                description="An instant at least five minutes ahead; UTC when it names no zone.",
            )
        ],
        request=None,
        responses={
            200: empty("The stacks were snoozed."),
            **problems((400, "The time is missing, cannot be read, or is less than five minutes ahead."), _NONE_FOUND),
        },
    )
    def mark_snoozed(self, request: Request, ids: str) -> Response:
        until = _instant(request, "snoozeUntilUtc")
        if until is None or not can_snooze_until(until, utc_now()):
            raise bad_request(SNOOZE_TOO_SHORT)
        snooze(stacks=self._several(ids), until=until)
        return Response()

    @extend_schema(
        summary="Change stack status",
        description="Ids are parted by commas. Events of an ignored stack are kept in silence, those of a discarded "
        "one are not kept at all.",
        parameters=[
            OpenApiParameter(
                "status",
                OpenApiTypes.STR,
                enum=[status.value for status in StackStatus if changeable_status(status)],
                description="The new status, in any case of letters.",
                default=StackStatus.OPEN.value,
            )
        ],
        request=None,
        responses={
            200: empty("The stacks have the status."),
            **problems(_NONE_FOUND, (422, "The requested status is invalid.")),
        },
    )
    def change_status(self, request: Request, ids: str) -> Response:
        status = changeable_status(request.query_params.get("status", StackStatus.OPEN.value))
        if status is None:
            raise invalid(status=INVALID_STATUS)
        change_status(stacks=self._several(ids), status=status)
        return Response()

    @extend_schema(
        summary="Mark future occurrences as critical",
        description="Ids are parted by commas.",
        request=None,
        responses={200: empty("Future events are critical."), **problems(_NONE_FOUND)},
    )
    def mark_critical(self, request: Request, ids: str) -> Response:
        set_critical(stacks=self._several(ids), is_critical=True)
        return Response()

    @extend_schema(
        summary="Mark future occurrences as not critical",
        description="Ids are parted by commas.",
        responses={204: empty("The stacks were marked as not critical."), **problems(_NONE_FOUND)},
    )
    def mark_not_critical(self, request: Request, ids: str) -> Response:
        set_critical(stacks=self._several(ids), is_critical=False)
        return Response(status=204)

    @extend_schema(
        summary="Add reference link",
        description="A link that the stack has already is not added again.",
        request=StringValueFromBodySerializer,
        responses={200: empty("The stack has the link."), **problems((400, "The link is blank."), _NOT_FOUND, 415)},
        examples=[_LINK_EXAMPLE],
    )
    def add_link(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        url = _link(value_of_body(request))
        add_link(stack=self.find(pk=id), url=url)
        return Response()

    @extend_schema(
        summary="Remove reference link",
        description="Succeeds as well when the stack does not have the link.",
        request=StringValueFromBodySerializer,
        responses={
            204: empty("The reference link was removed."),
            **problems((400, "The link is blank."), _NOT_FOUND, 415),
        },
        examples=[_LINK_EXAMPLE],
    )
    def remove_link(self, request: Request, id: str) -> Response:  # noqa: A002
        url = _link(value_of_body(request))
        remove_link(stack=self.find(pk=id), url=url)
        return Response(status=204)

    @extend_schema(
        summary="Promote to external service",
        description="Sends the stack to the project's web hooks for promoted stacks.",
        request=None,
        responses={
            200: empty("The stack is on its way."),
            **problems(_NOT_FOUND, (426, PREMIUM_PROMOTION), (501, NO_PROMOTION_TARGET)),
        },
    )
    def promote(self, request: Request, id: str) -> Response:  # noqa: A002
        stack = self.find(pk=id)
        if not stack.organization.has_premium_features:
            raise upgrade_required(PREMIUM_PROMOTION)
        try:
            promote_stack(stack=stack)
        except NoPromotionTargetError:
            raise Problem(501, NO_PROMOTION_TARGET) from None
        return Response()

    @extend_schema(
        summary="Mark fixed by reference",
        description="For Zapier: the body names the stack by its id or by an address that ends in it.",
        request=StackReferenceSerializer,
        responses={200: empty("The stack was marked as fixed."), **problems(400, _NOT_FOUND, 415)},
        examples=[_FIXED_BY_ZAPIER],
    )
    def mark_fixed_by_reference(self, request: Request) -> Response:
        mark_fixed(stacks=self._several(_reference(_members(request))))
        return Response()

    @extend_schema(
        summary="Add reference link by reference",
        description="For Zapier: the body names the stack by its id or by an address that ends in it.",
        request=StackLinkSerializer,
        responses={200: empty("The stack has the link."), **problems((400, "The link is blank."), _NOT_FOUND, 415)},
        examples=[_LINKED_BY_ZAPIER],
    )
    def add_link_by_reference(self, request: Request) -> Response:
        members = _members(request)
        stack_id = _reference(members)
        url = _link(_text(members.get("Link")))
        add_link(stack=self.find(pk=stack_id), url=url)
        return Response()

    def _several(self, ids: str) -> list[Stack]:
        """The stacks that the caller may see of the comma-joined ids; 404 when there is none."""
        stacks = list(self.visible().filter(pk__in=filter(None, ids.split(","))))
        if not stacks:
            raise not_found(NOT_FOUND)
        return stacks


def _version(request: Request) -> str | None:
    text = text_parameter(request, "version")
    version = normalize_version(text)
    if text and (version is None or len(version) > MAXIMUM_VERSION):
        raise bad_request(INVALID_VERSION)
    return version


def _instant(request: Request, name: str) -> datetime | None:
    text = text_parameter(request, name)
    parsed = parse_wire_date(text)
    if text and parsed is None:
        raise not_bound(name, f"The value could not be read as {name}.")
    return parsed.moment if parsed else None


def _link(url: str) -> str:
    if not url:
        raise bad_request(URL_REQUIRED)
    return url


def _members(request: Request) -> dict[str, Any]:
    data = required_data(request)
    if not isinstance(data, dict):
        raise not_bound("", "The request body must be a JSON object.")
    return data


def _reference(members: dict[str, Any]) -> str:
    """The id of the stack that a body names; Zapier's names match in their own case only."""
    text = _text(members.get("Stack")) or _text(members.get("ErrorStack"))
    if text.startswith("http"):
        text = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    if not text:
        raise not_found(NOT_FOUND)
    return text


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
