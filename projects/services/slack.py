"""Connecting a project to a Slack channel: the code of Slack's consent page against an incoming web hook."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction

from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.http import Limits, Outbound, OutboundError
from projects.models import Project
from projects.models.notification_setting import SLACK
from projects.selectors import SLACK_DATA
from projects.services.notification_settings import (
    USUAL_WISHES,
    remove_notification_settings,
    set_notification_settings,
)
from projects.services.web_hook_calls import outbound

_LIMITS = Limits(size=100_000, seconds=5.0)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NotConfiguredError(Exception):
    """The operator has not registered this server with Slack."""


class SlackError(Exception):
    """Slack refused, or could not be reached; the text says why, without anything secret."""


class AlreadyConnectedError(Exception):
    """The project has a Slack channel."""


def is_configured() -> bool:
    return bool(settings.SLACK_CLIENT_ID and settings.SLACK_CLIENT_SECRET)


def connect_slack(*, project: Project, code: str) -> None:
    """Exchange the code and keep what Slack gives; new errors and the like are then reported to the channel.

    Raises AlreadyConnectedError, NotConfiguredError and SlackError.
    """
    if SLACK_DATA in project.data:
        raise AlreadyConnectedError
    if not is_configured():
        raise NotConfiguredError
    _store(project, _exchange(outbound(), code))


def disconnect_slack(*, project: Project) -> None:
    """Forget the channel and its notification settings; Slack is told, and need not answer."""
    token = _remove(project)
    if isinstance(token, dict) and token.get("access_token"):
        # The person wanted it gone here, and it is; they can remove the app in Slack as well.
        with suppress(SlackError):
            _post(outbound(), "auth.revoke", {"token": str(token["access_token"])})


def incoming_address(data: Mapping[str, Any]) -> str | None:
    """The address that messages to the channel are posted to, from the data of a project."""
    token = data.get(SLACK_DATA)
    web_hook = token.get("incoming_webhook") if isinstance(token, dict) else None
    url = web_hook.get("url") if isinstance(web_hook, dict) else None
    return url if isinstance(url, str) and url else None


def _exchange(server: Outbound, code: str) -> dict[str, Any]:
    answer = _post(
        server,
        "oauth.access",
        {
            "client_id": settings.SLACK_CLIENT_ID,
            "client_secret": settings.SLACK_CLIENT_SECRET,
            "code": code,
            "redirect_uri": settings.BASE_URL,
        },
    )
    if incoming_address({SLACK_DATA: answer}) is None:
        raise SlackError("Slack did not name a channel to post to.")
    kept = ("access_token", "scope", "user_id", "team_id", "team_name", "incoming_webhook")
    return {name: answer[name] for name in kept if name in answer}


def _post(server: Outbound, method: str, members: Mapping[str, str]) -> dict[str, Any]:
    """The answer of Slack when it says `ok`. Raises SlackError."""
    try:
        address = f"{settings.SLACK_API_URL}/{method}"
        answer = server.post(address, urlencode(members).encode(), limits=_LIMITS, headers=_FORM)
        body = json.loads(answer.body)
    except OutboundError as error:
        raise SlackError(str(error)) from None
    except (ValueError, RecursionError):
        raise SlackError("Slack did not answer in JSON.") from None
    if not isinstance(body, dict) or body.get("ok") is not True:
        raise SlackError("Slack refused the authorization code.")
    return body


@transaction.atomic
def _store(project: Project, token: dict[str, Any]) -> None:
    row = _locked(project)
    if SLACK_DATA in row.data:
        raise AlreadyConnectedError
    row.data[SLACK_DATA] = token
    _save(row)
    set_notification_settings(project=row, recipient=SLACK, wishes=USUAL_WISHES)


@transaction.atomic
def _remove(project: Project) -> Any:
    row = _locked(project)
    token = row.data.pop(SLACK_DATA, None)
    if token is not None:
        _save(row)
    remove_notification_settings(project=row, recipient=SLACK)
    return token


def _locked(project: Project) -> Project:
    return Project.objects.select_for_update().get(pk=project.pk, organization_id=project.organization_id)


def _save(row: Project) -> None:
    row.updated_utc = utc_now()
    row.save(update_fields=["data", "updated_utc"])
