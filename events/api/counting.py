"""How a count of events is answered: the scope, the search, the aggregations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import Identity
from events.aggregations.answer import count_events, plan_for
from events.aggregations.outcomes import Counted
from events.aggregations.parser import AggregationError
from events.aggregations.results import count_result, event_keys
from events.aggregations.validation import AggregationValidation, validate_aggregations
from events.api.parameters import read_search, text_parameter
from events.api.scope import permitted_scope
from events.api.searching import searching
from events.api.serializers import EventSerializer
from events.api.stack_modes import STACK_MODES
from events.models import Event
from events.search.fields import Resource
from events.selectors import EventQuery, Scope
from events.stack_selectors import StackMode, new_stacks_only
from exceptionless_site.api.errors import Problem
from exceptionless_site.core.clock import utc_now


def answer_count(request: Request, scope: Scope) -> Response:
    """How many events of the scope match `filter` and `time`, and what `aggregations` asks about them."""
    mode = request.query_params.get("mode", "")
    search = read_search(request, Resource.EVENT_STACK if mode in STACK_MODES else Resource.EVENT)
    asked = _read_aggregations(request)
    identity: Identity = request.auth  # type: ignore[assignment]  # the policy lets nobody else in
    uses_premium = search.uses_premium or asked.uses_premium
    scope = permitted_scope(scope, search.tree, uses_premium=uses_premium, identity=identity)
    try:
        with searching() as seconds:
            query = search.query(scope, utc_now())
            query = new_stacks_only(query) if mode == StackMode.NEW else query
            planned = plan_for(query, asked.aggregations or ())
            counted = count_events(query, planned, seconds)
            shown = _events(query, counted)
    except AggregationError as error:
        raise _invalid(error.message, error.detail) from None
    return Response(count_result(counted, planned, lambda keys: [shown[key] for key in keys if key in shown]))


def _read_aggregations(request: Request) -> AggregationValidation:
    asked = validate_aggregations(text_parameter(request, "aggregations"))
    if not asked.is_valid:
        raise _invalid(asked.message or "", asked.detail)
    return asked


def _invalid(message: str, detail: str | None) -> Problem:
    return Problem(400, message, errors={"aggregations": [detail or message]}, detail=detail)


def _events(query: EventQuery, counted: Counted) -> dict[int, dict[str, Any]]:
    """The events that results show, by key."""
    keys: Sequence[int] = list(set(event_keys(counted.outcomes)))
    if not keys:
        return {}
    owners = [organization.pk for organization in query.scope.organizations]
    rows = Event.objects.filter(pk__in=keys, organization_id__in=owners).order_by()
    return {event.key: EventSerializer().to_representation(event) for event in rows}
