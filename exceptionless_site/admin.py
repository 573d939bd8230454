"""The admin as a whole: what its side bar and its choices list. The pages stand in each app's admin.py."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

Item = dict[str, Any]

_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Events",
        (
            ("Stacks", "layers", "events_stack"),
            ("Events", "bolt", "events_event"),
            ("Queue", "inbox", "events_submission"),
        ),
    ),
    (
        "Notifications",
        (
            ("Web hooks", "webhook", "projects_webhook"),
            ("Calls of web hooks", "outgoing_mail", "projects_webhookdelivery"),
            ("Events to be told", "notifications", "events_notification"),
        ),
    ),
    (
        "Accounts",
        (
            ("Organizations", "corporate_fare", "accounts_organization"),
            ("Projects", "deployed_code", "projects_project"),
            ("Saved views", "bookmarks", "projects_savedview"),
            ("Tokens", "key", "tokens_token"),
            ("Users", "person", "accounts_user"),
            ("Memberships", "group", "accounts_membership"),
            ("Invites", "mail", "accounts_invite"),
        ),
    ),
    (
        "Server",
        (
            ("Usage by organization", "bar_chart", "accounts_organizationusage"),
            ("Usage by project", "stacked_bar_chart", "projects_projectusage"),
            ("Scheduled jobs", "schedule", "core_scheduledjob"),
            ("Mails", "outgoing_mail", "accounts_mailmessage"),
            ("Background work", "pending_actions", "events_workitem"),
            ("Rate counters", "speed", "core_ratecounter"),
        ),
    ),
)
_QUEUE = "events_submission"

# Permissions are a matter of roles here; Django's groups would only promise what nothing reads.
admin.site.unregister(Group)
admin.site.index_template = "admin/dashboard.html"


class ChoiceView(AutocompleteJsonView):
    """Choices of a foreign key; a page may say more of each than its name, which need not be unique."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        result: dict[str, str] = super().serialize_result(obj, to_field_name)
        text = getattr(self.model_admin, "choice_text", None)
        return result | {"text": text(obj)} if text else result


def _choices(request: HttpRequest) -> HttpResponseBase:
    return ChoiceView.as_view(admin_site=admin.site)(request)


# unfold makes the site, so its view is replaced here rather than in a class of ours.
admin.site.autocomplete_view = _choices  # type: ignore[assignment, method-assign]


def navigation(request: HttpRequest) -> list[Item]:
    """The side bar, in unfold's form."""
    groups = [{"title": title, "items": [_item(*row) for row in rows]} for title, rows in _GROUPS]
    return [*groups, {"title": "API", "items": _links()}]


def _item(title: str, icon: str, name: str) -> Item:
    item = {"title": title, "icon": icon, "link": reverse(f"admin:{name}_changelist")}
    parked = _parked_submissions() if name == _QUEUE else 0
    return item | {"badge": parked, "badge_variant": "warning"} if parked else item


def _parked_submissions() -> int:
    """How many submissions wait for a person."""
    return apps.get_model("events", "Submission")._default_manager.filter(parked_utc__isnull=False).count()


def _links() -> list[Item]:
    return [
        {"title": "API Documentation", "icon": "menu_book", "link": reverse("docs")},
        {"title": "Browsable API", "icon": "travel_explore", "link": reverse("api-root")},
    ]
