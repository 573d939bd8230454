"""The queue: what waits for the worker, and what was parked for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import Organization
from events.admin.tenant_names import link, with_names
from events.ingest.decoding import PayloadError, decode_payload
from events.models import Submission
from exceptionless_site.core.admin import SiteAdmin, column, date_column, shortened
from exceptionless_site.core.clock import utc_now
from projects.models import Project

_SHOWN_CHARACTERS = 4_000


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [("parked", "Parked"), ("waiting", "Waiting"), ("retrying", "Failed, will be tried again")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        if self.value() == "parked":
            return queryset.filter(parked_utc__isnull=False)
        if self.value() == "waiting":
            return queryset.filter(parked_utc__isnull=True)
        if self.value() == "retrying":
            return queryset.filter(parked_utc__isnull=True).exclude(error="")
        return queryset


@admin.register(Submission)
class SubmissionAdmin(SiteAdmin):
    list_display = (
        date_column("received_utc", "Received (UTC)"),
        "kind",
        "state",
        "project_link",
        "size",
        "attempts",
        date_column("available_utc", "Not before (UTC)"),
        "short_error",
    )
    list_filter = (StateFilter, "kind", ("project", AutocompleteSelectFilter))
    search_fields = ("error", "ip_address", "user_agent")
    search_help_text = "Error, IP address or user agent"
    ordering = ("key",)
    actions = ("retry",)
    fieldsets = (
        (None, {"fields": ("state", "kind", "project_link", "organization_link", "received_utc")}),
        ("Processing", {"fields": (("attempts", "claimed_by"), "available_utc", "parked_utc", "error_shown")}),
        (
            "Request",
            {
                "fields": (
                    ("api_version", "media_type", "charset", "content_encoding"),
                    ("ip_address", "user_agent"),
                    ("size",),
                    "payload_shown",
                )
            },
        ),
    )
    readonly_fields = (
        "state",
        "project_link",
        "organization_link",
        "error_shown",
        "size",
        "payload_shown",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        """Retrying and deleting is all that a person can do to what a client sent."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        """Payloads may be large, so a list reads only their sizes."""
        rows: QuerySet[Submission] = super().get_queryset(request)
        sized: QuerySet[Submission] = with_names(rows).annotate(bytes=Length("payload")).defer("payload")
        return sized

    @column(
        "State",
        label={"parked": "danger", "waiting": "info", "working": "success", "retrying": "warning"},
    )
    def state(self, row: Submission) -> str:
        if row.parked_utc is not None:
            return "parked"
        if row.claimed_by:
            return "working"
        return "retrying" if row.error else "waiting"

    @column("Project")
    def project_link(self, row: Any) -> str:
        return link(Project, row.project_id, row.project_name)

    @column("Organization")
    def organization_link(self, row: Any) -> str:
        return link(Organization, row.organization_id, row.organization_name)

    @column("Size")
    def size(self, row: Any) -> str:
        return filesizeformat(row.bytes)

    @column("Error")
    def short_error(self, row: Submission) -> str:
        return shortened(row.error, 80)

    @column("Error")
    def error_shown(self, row: Submission) -> str:
        return format_html('<pre class="json-box">{}</pre>', row.error) if row.error else ""

    @column("Payload")
    def payload_shown(self, row: Submission) -> SafeString:
        try:
            text = decode_payload(bytes(row.payload), content_encoding=row.content_encoding, charset=row.charset)
        except PayloadError as error:
            text = f"({error.reason})"
        more = "\n…" if len(text) > _SHOWN_CHARACTERS else ""
        return format_html('<pre class="json-box" tabindex="0">{}{}</pre>', text[:_SHOWN_CHARACTERS], more)

    @admin.action(description="Retry")
    def retry(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        """As if it had just arrived; one that a worker holds is left to it."""
        rows = Submission.objects.filter(pk__in=[row.pk for row in queryset], claimed_by="")
        number = rows.update(parked_utc=None, error="", attempts=0, available_utc=utc_now())
        self.message_user(request, f"{number} submissions will be tried again.", messages.SUCCESS)
