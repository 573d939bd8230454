"""What lists of events and of stacks hold, for the documentation: whole objects, or the rows of their modes."""

from __future__ import annotations

from drf_spectacular.utils import PolymorphicProxySerializer

from events.api.serializers import EventSerializer, EventSummarySerializer
from events.api.stack_serializers import StackSerializer, StackSummarySerializer

EVENT_LIST = PolymorphicProxySerializer(
    component_name="EventListItem",
    serializers=[EventSerializer, EventSummarySerializer, StackSummarySerializer],
    resource_type_field_name=None,
    many=True,
)
STACK_LIST = PolymorphicProxySerializer(
    component_name="StackListItem",
    serializers=[StackSerializer, StackSummarySerializer],
    resource_type_field_name=None,
    many=True,
)
