"""What web hooks are sent: members and spellings of the two versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from events.ingest.event import ERROR
from events.models import Stack
from events.notifications.facts import has_critical_tag
from events.notifications.occurrence import Occurrence, stack_url
from events.notifications.request_url import request_url
from events.stacking.error_chain import text_member
from events.stacking.method_text import method_full_name
from events.stacking.status import StackStatus
from events.stacking.target import stacking_target
from exceptionless_site.core.dates import format_utc
from exceptionless_site.core.json import JSONObject
from projects.models.web_hook import VERSION_1


def event_payload(version: str, occurrence: Occurrence) -> JSONObject | None:
    """The members of a call about an event; None when the version has nothing to say of it."""
    return _event_v1(occurrence) if version == VERSION_1 else _present(_event_v2(occurrence))


def stack_payload(version: str, stack: Stack) -> JSONObject:
    """The members of a call about a promoted stack, which comes with its project and organization."""
    return _stack_v1(stack) if version == VERSION_1 else _present(_stack_v2(stack))


def _event_v2(occurrence: Occurrence) -> JSONObject:
    stack, content = occurrence.stack, occurrence.content
    return {
        "id": occurrence.event.event_id,
        "url": occurrence.url,
        "occurrence_date": content.get("date"),
        "tags": occurrence.tags,
        "type": content.get("type"),
        "source": content.get("source"),
        "message": content.get("message"),
        **_owner(stack),
        "stack_id": stack.pk,
        "stack_url": stack_url(stack),
        "stack_title": stack.title,
        "stack_description": stack.description,
        "stack_tags": stack.tags,
        **_times(stack),
        "is_new": occurrence.facts.is_new,
        "is_regression": occurrence.facts.is_regression,
        "is_critical": occurrence.facts.is_critical,
    }


def _stack_v2(stack: Stack) -> JSONObject:
    return {
        "id": stack.pk,
        "url": stack_url(stack),
        "title": stack.title,
        "description": stack.description,
        "tags": stack.tags,
        "request_path": stack.signature_info.get("Path"),
        "type": stack.signature_info.get("ExceptionType"),
        "target_method": stack.signature_info.get("Method"),
        **_owner(stack),
        **_times(stack),
        "fixed_in_version": stack.fixed_in_version,
        "is_regression": stack.status == StackStatus.REGRESSED,
        "is_critical": _is_critical(stack),
    }


def _event_v1(occurrence: Occurrence) -> JSONObject | None:
    """None for what is no error with a detailed report: the first version knows nothing else."""
    error = occurrence.mapping("@error")
    if error is None or occurrence.content.get("type") != ERROR:
        return None
    target, request = stacking_target(error), occurrence.mapping("@request")
    stack = occurrence.stack
    return {
        "Id": occurrence.event.event_id,
        "Url": occurrence.url,
        "OccurrenceDate": occurrence.content.get("date"),
        "Tags": occurrence.tags,
        "MachineName": _text(occurrence.mapping("@environment"), "machine_name"),
        "RequestPath": request_url(request) or None,
        "IpAddress": _text(request, "client_ip_address"),
        "Message": _text(target.error, "message"),
        "Type": _text(target.error, "type"),
        "Code": _text(target.error, "code"),
        "TargetMethod": method_full_name(target.method) if target.method else None,
        **_pascal(_owner(stack)),
        "ErrorStackId": stack.pk,
        "ErrorStackStatus": stack.status,
        "ErrorStackUrl": stack_url(stack),
        "ErrorStackTitle": stack.title,
        "ErrorStackDescription": stack.description or None,
        "ErrorStackTags": stack.tags,
        **_pascal(_times(stack)),
        "IsNew": occurrence.facts.is_new,
        "IsRegression": occurrence.facts.is_regression,
        "IsCritical": occurrence.facts.is_critical,
    }


def _stack_v1(stack: Stack) -> JSONObject:
    members = _stack_v2(stack)
    first = {"Id": stack.pk, "Status": stack.status}
    return first | _pascal({name: _none_if_empty(value) for name, value in members.items() if name != "id"})


def _owner(stack: Stack) -> JSONObject:
    project = stack.project
    return {
        "project_id": project.pk,
        "project_name": project.name,
        "organization_id": project.organization_id,
        "organization_name": project.organization.name,
    }


def _times(stack: Stack) -> JSONObject:
    return {
        "total_occurrences": stack.total_occurrences,
        "first_occurrence": format_utc(stack.first_occurrence),
        "last_occurrence": format_utc(stack.last_occurrence),
        "date_fixed": _date(stack.date_fixed),
    }


def _is_critical(stack: Stack) -> bool:
    return stack.occurrences_are_critical or has_critical_tag(stack.tags)


def _date(moment: datetime | None) -> str | None:
    return format_utc(moment) if moment is not None else None


def _text(item: JSONObject | None, name: str) -> str | None:
    return text_member(item or {}, name) or None


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _pascal(members: JSONObject) -> JSONObject:
    """`project_id` as the first version spells it: ProjectId."""
    return {"".join(part.capitalize() for part in name.split("_")): value for name, value in members.items()}


def _present(members: JSONObject) -> JSONObject:
    """Without nulls, empty texts and empty lists; false and zero stay."""
    return {name: value for name, value in members.items() if value not in (None, "", [])}
