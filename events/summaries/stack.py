"""Summaries of stacks, told from what went into their signature."""

from __future__ import annotations

from collections.abc import Mapping

from events.ingest.event import HEARTBEAT, LOG, NOT_FOUND, SESSION, SESSION_END, USAGE
from events.summaries.summary import Summary, present, short_source_name, short_type_name, type_names

_PLAIN_TEMPLATES = {
    NOT_FOUND: "stack-notfound-summary",
    USAGE: "stack-feature-summary",
    SESSION: "stack-session-summary",
    SESSION_END: "stack-session-summary",
    HEARTBEAT: "stack-session-summary",
}


def stack_summary(*, stack_type: str, title: str, signature_info: Mapping[str, str]) -> Summary:
    """Template and values of a row of `mode=summary` and of the stack modes."""
    signature_type = signature_info.get("Type", "")
    if "StackTrace" in signature_info:
        return Summary("stack-simple-summary", _simple_error_data(signature_info))
    if "ExceptionType" in signature_info:
        return Summary("stack-error-summary", _error_data(signature_info))
    if signature_type in _PLAIN_TEMPLATES:
        return Summary(_PLAIN_TEMPLATES[signature_type], {})
    if signature_type == LOG:
        return Summary("stack-log-summary", _log_data(title, signature_info.get("Source")))
    return Summary("stack-summary", {"Type": stack_type, **present(Source=signature_info.get("Source"))})


def _simple_error_data(signature_info: Mapping[str, str]) -> dict[str, str | None]:
    return {**type_names(signature_info.get("ExceptionType")), **present(Path=signature_info.get("Path"))}


def _error_data(signature_info: Mapping[str, str]) -> dict[str, str | None]:
    method = signature_info.get("Method") or None
    return {
        **type_names(signature_info["ExceptionType"]),
        "Method": _short_method_name(method) if method else None,
        "MethodFullName": method,
        **present(Message=signature_info.get("Message"), Path=signature_info.get("Path")),
    }


def _short_method_name(signature_text: str) -> str:
    """`Add` of `Shop.Cart.Add[Shop.Item](Shop.Item item)`."""
    head = signature_text.partition("(")[0].partition("[")[0].rstrip(".")
    return short_type_name(head) or signature_text


def _log_data(title: str, source: str | None) -> dict[str, str | None]:
    # The web UI shows the short name wherever there is a source, so both come or neither.
    short_name = short_source_name(source) if source and source == title else None
    return {"Source": source, "SourceShortName": short_name} if short_name else {}
