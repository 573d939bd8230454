"""Organizations: their members, limits, usage, and suspension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin.memberships import InviteInline, MembershipInline, after_inviting, after_leaving
from accounts.models import Invite, Membership, Organization, OrganizationUsage
from accounts.models.organization import SuspensionCode
from accounts.plans import PLANS, plan_by_id
from accounts.services import organizations, suspensions
from accounts.usage_history import last_months, usage_histories
from exceptionless_site.core.admin import CREATED, AnyModelForm, SoftDeletedAdmin, as_json, column, date_column
from exceptionless_site.core.clock import utc_now

_PLAN_COLUMNS = ("max_events_per_month", "retention_days", "max_users", "max_projects", "has_premium_features")
_SUSPENSION = ("is_suspended", "suspension_code", "suspension_notes")
_HIDDEN = "-"
"""Data under keys that start so belongs to the server and may be secret."""


class OrganizationForm(AnyModelForm):
    """The three suspension fields go together: see `suspensions.suspend`."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("is_suspended"):
            return cleaned
        if not cleaned.get("suspension_code"):
            self.add_error("suspension_code", "Say why the organization is suspended.")
        elif cleaned["suspension_code"] == SuspensionCode.OTHER and not cleaned.get("suspension_notes", "").strip():
            self.add_error("suspension_notes", "The code Other needs notes.")
        return cleaned


def _count(relation: str, **conditions: Any) -> Subquery:
    # Two counts joined in one statement would multiply each other.
    rows = Organization.objects.filter(pk=OuterRef("pk")).order_by()
    counted = rows.annotate(number=Count(relation, filter=Q(**conditions))).values("number")
    return Subquery(counted, output_field=IntegerField())


@admin.register(Organization)
class OrganizationAdmin(SoftDeletedAdmin):
    form = OrganizationForm
    list_display = (
        "name",
        "plan_name",
        "suspension",
        "member_count",
        "project_count",
        date_column("last_event_date_utc", "Last event (UTC)"),
        CREATED,
    )
    list_filter = ("is_suspended", "suspension_code", "plan_id", "has_premium_features")
    search_fields = ("name", "=id")
    search_help_text = "Name or id"
    ordering = ("name", "id")
    inlines = (MembershipInline, InviteInline)
    actions = ("suspend_for_abuse", "suspend_for_billing", "resume")
    readonly_fields = (
        "id",
        "suspension_date",
        "suspended_by_user_id",
        "usage_by_month",
        "data_shown",
        "last_event_date_utc",
        "created_utc",
        "updated_utc",
    )
    fieldsets = (
        (None, {"fields": ("name", "id", "created_utc", "updated_utc", "last_event_date_utc")}),
        (
            "Plan and limits",
            {
                "description": "Another plan sets all limits below, unless you change them in the same step.",
                "fields": ("plan_id", *_PLAN_COLUMNS, "bonus_events_per_month", "bonus_expiration"),
            },
        ),
        (
            "Suspension",
            {
                "description": "A suspended organization's API keys stop working at once; its people can still look.",
                "fields": (*_SUSPENSION, "suspension_date", "suspended_by_user_id"),
            },
        ),
        ("Usage", {"classes": ("tab",), "fields": ("usage_by_month",)}),
        ("Data", {"classes": ("tab",), "fields": ("features", "data_shown")}),
    )

    # --- The list ---------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        rows: QuerySet[Organization] = super().get_queryset(request)
        return rows.annotate(
            members=_count("memberships"), projects_alive=_count("projects", projects__is_deleted=False)
        )

    @column("Plan", ordering="plan_id")
    def plan_name(self, organization: Organization) -> str:
        return organization.plan.name

    @column("Suspended", ordering="is_suspended", label={"yes": "danger", "no": "success"})
    def suspension(self, organization: Organization) -> tuple[str, str]:
        code = organization.suspension_code or "yes"
        return ("yes", code) if organization.is_suspended else ("no", "no")

    @column("Members", ordering="members")
    def member_count(self, organization: Any) -> int:
        return int(organization.members)

    @column("Projects", ordering="projects_alive")
    def project_count(self, organization: Any) -> int:
        return int(organization.projects_alive)

    # --- One organization -------------------------------------------------------------------------

    @column("Last twelve months")
    def usage_by_month(self, organization: Organization) -> SafeString:
        now = utc_now()
        rows = OrganizationUsage.objects.filter(organization=organization)
        limits = {organization.pk: organization.event_limit(now)}
        history = usage_histories(rows, "organization_id", limits, last_months(now), now)[organization.pk]
        names = ("total", "blocked", "discarded", "too_big", "deleted")
        head = format_html_join("", "<th>{}</th>", [(name.replace("_", " "),) for name in ("month", *names)])
        body = format_html_join(
            "",
            "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            [(f"{month['date']:%Y-%m}", *(f"{month[name]:,}" for name in names)) for month in reversed(history.months)],
        )
        return format_html('<table class="usage"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)

    @column("Custom data")
    def data_shown(self, organization: Organization) -> SafeString:
        return as_json({key: value for key, value in organization.data.items() if not key.startswith(_HIDDEN)})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "plan_id":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        choices = [(plan.id, plan.description) for plan in PLANS]
        return forms.ChoiceField(label="Plan", choices=choices, widget=UnfoldAdminSelectWidget())

    # --- Writing ----------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "plan_id" in form.changed_data or not change:
            _take_over_plan(obj, form.changed_data)
        super().save_model(request, obj, form, change)
        if obj.is_suspended and not set(_SUSPENSION).isdisjoint(form.changed_data):
            _suspend(request, obj, SuspensionCode(obj.suspension_code), obj.suspension_notes)
        elif change and "is_suspended" in form.changed_data:
            suspensions.resume(organization=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        after_leaving(row for row in formset.deleted_objects if isinstance(row, Membership))
        after_inviting((row for row in formset.new_objects if isinstance(row, Invite)), request)

    def changed_columns(self, form: Any) -> list[str]:
        changed = [name for name in super().changed_columns(form) if name not in _SUSPENSION]
        return [*changed, *_PLAN_COLUMNS] if "plan_id" in changed else changed

    def soft_delete(self, request: HttpRequest, rows: Sequence[Organization]) -> None:
        organizations.delete_organizations(organizations=rows, deleted_by=request.user)  # type: ignore[arg-type]

    @admin.action(description="Suspend for abuse")
    def suspend_for_abuse(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        self._suspend_all(request, queryset, SuspensionCode.ABUSE)

    @admin.action(description="Suspend for billing")
    def suspend_for_billing(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        self._suspend_all(request, queryset, SuspensionCode.BILLING)

    def _suspend_all(self, request: HttpRequest, queryset: QuerySet[Organization], code: SuspensionCode) -> None:
        for organization in queryset:
            _suspend(request, organization, code, "")
        self.message_user(request, f"{len(queryset)} suspended, with their API keys.", messages.SUCCESS)

    @admin.action(description="Lift the suspension")
    def resume(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        for organization in queryset:
            suspensions.resume(organization=organization)
        self.message_user(request, f"{len(queryset)} resumed, with their API keys.", messages.SUCCESS)


def _suspend(request: HttpRequest, organization: Organization, code: SuspensionCode, notes: str) -> None:
    suspensions.suspend(
        organization=organization, code=code, notes=notes, suspended_by_user_id=str(request.user.pk or "")
    )


def _take_over_plan(organization: Organization, changed: Sequence[str]) -> None:
    """The plan's limits, but for those that were changed by hand in the same step."""
    plan = plan_by_id(organization.plan_id)
    if plan is None:
        return
    by_hand = {name: getattr(organization, name) for name in _PLAN_COLUMNS if name in changed}
    organization.apply_plan(plan)
    for name, value in by_hand.items():
        setattr(organization, name, value)
