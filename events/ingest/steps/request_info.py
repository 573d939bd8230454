"""`@request` in its stored form: the client's address, the browser, and nothing the project excludes."""

from __future__ import annotations

from typing import Any

from events.ingest.context import EventContext, ProjectSettings
from events.ingest.event import IncomingEvent
from events.ingest.parsers.models import map_model
from events.ingest.steps.addresses import merge_addresses
from events.ingest.steps.data_exclusions import SETTING, exclude_pairs, exclude_post_data, exclusion_patterns
from events.ingest.steps.model_members import without_members
from events.ingest.steps.step import each
from events.ingest.steps.submission_client import is_javascript_client, submission_address
from events.ingest.steps.user_agents import is_bot, user_agent_facts

KEY = "@request"
BOT_PATTERNS = "@@UserAgentBotPatterns"
_PRIVATE = frozenset({"clientipaddress", "cookies", "querystring", "postdata"})


def complete_request(context: EventContext) -> None:
    """Store the request in snake_case, completed by what its address and user agent tell."""
    event, project = context.event, context.project
    sent = event.mapping(KEY)
    request = None if sent is None else map_model(KEY, sent)
    if request is None:
        return
    if project.include_private_information:
        _complete_address(request, event)
        _apply_exclusions(request, project)
    else:
        request = without_members(request, _PRIVATE)
    _describe_user_agent(request, project)
    event.data[KEY] = request


def _complete_address(request: dict[str, Any], event: IncomingEvent) -> None:
    submission = submission_address(event) if is_javascript_client(event) else None
    address = merge_addresses(request.pop("client_ip_address", None), submission)
    if address:
        request["client_ip_address"] = address


def _describe_user_agent(request: dict[str, Any], project: ProjectSettings) -> None:
    user_agent = request.get("user_agent")
    if user_agent:
        data = request.setdefault("data", {})
        data.update(user_agent_facts(user_agent).data)
        data["@is_bot"] = is_bot(user_agent, project.setting(BOT_PATTERNS))


def _apply_exclusions(request: dict[str, Any], project: ProjectSettings) -> None:
    excluded = exclusion_patterns(project.setting(SETTING))
    for member in ("cookies", "query_string"):
        pairs = request.get(member)
        if pairs:
            _replace(request, member, exclude_pairs(pairs, excluded))
    if "post_data" in request:
        _replace(request, "post_data", exclude_post_data(request["post_data"], excluded))


def _replace(request: dict[str, Any], member: str, value: Any) -> None:
    if value == {}:
        del request[member]
    else:
        request[member] = value


run = each(complete_request)
