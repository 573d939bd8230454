"""The admin page of tokens. No page shows a whole secret, but for one message after a key was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.models.user import CLIENT
from exceptionless_site.core.admin import CREATED, AnyModelForm, RecentFilter, SiteAdmin, column, shortened
from exceptionless_site.core.clock import utc_now
from tokens.models import Token, TokenType
from tokens.permissions import API_KEY_SCOPES, SOURCE_MAPS_WRITE
from tokens.services.tokens import create_api_key

_SCOPE_TEXTS = {
    "client": "client: send events",
    "user": "user: read and change what people can",
    "global": "global: everything, in all organizations",
    SOURCE_MAPS_WRITE: "source-maps:write: upload source maps",
}


class NewTokenForm(AnyModelForm):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, _SCOPE_TEXTS[scope]) for scope in API_KEY_SCOPES],
        initial=[CLIENT],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="global implies user, user implies client.",
    )

    def clean_scopes(self) -> list[str]:
        return self.cleaned_data["scopes"] or [CLIENT]

    def clean(self) -> dict[str, Any]:
        """A key belongs to a project and so to its organization, or to an organization alone."""
        cleaned: dict[str, Any] = super().clean() or {}
        project = cleaned.get("project")
        if project is not None:
            cleaned["organization"], cleaned["default_project"] = project.organization, None
        if cleaned.get("organization") is None:
            self.add_error("organization", "Choose a project or an organization.")
        if project is None and SOURCE_MAPS_WRITE in cleaned.get("scopes", ()):
            self.add_error("scopes", "The source-maps:write scope requires a project-scoped token.")
        default = cleaned.get("default_project")
        if default is not None and default.organization_id != getattr(cleaned.get("organization"), "pk", None):
            self.add_error("default_project", "The project belongs to another organization.")
        return cleaned


class ScopeFilter(admin.SimpleListFilter):
    title = "scope"
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(scope, scope) for scope in API_KEY_SCOPES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Token]) -> QuerySet[Token]:
        if self.value() not in API_KEY_SCOPES:
            return queryset
        # SQLite knows no `contains` for JSON; the quotes make the text exact.
        rows = queryset.annotate(scopes_text=Cast("scopes", TextField()))
        return rows.filter(scopes_text__contains=f'"{self.value()}"')


class RecentTokenFilter(RecentFilter):
    title = "created"


@admin.register(Token)
class TokenAdmin(SiteAdmin):
    list_display = (
        "masked",
        "kind",
        "project",
        "organization",
        "user",
        "scope_list",
        "short_notes",
        "state",
        CREATED,
    )
    list_select_related = ("project", "organization", "user")
    list_filter = (
        "type",
        ScopeFilter,
        "is_disabled",
        "is_suspended",
        ("project", AutocompleteSelectFilter),
        ("organization", AutocompleteSelectFilter),
        RecentTokenFilter,
    )
    # Not the secret: what is searched for stands in the address and in logs.
    search_fields = ("notes", "project__name", "organization__name", "user__email_address", "user__full_name")
    search_help_text = "Notes, project, organization or person"
    ordering = ("-created_utc", "-id")
    actions = ("revoke", "restore")
    autocomplete_fields = ("organization", "project", "default_project")
    add_fieldsets = (
        (
            None,
            {
                "description": "Give a project, or an organization and perhaps a default project.",
                "fields": ("project", "organization", "default_project", "scopes", "notes", "expires_utc"),
            },
        ),
    )
    fieldsets = (
        (None, {"fields": ("masked", "kind", "scope_list", "notes", "expires_utc")}),
        ("State", {"fields": ("is_disabled", "is_suspended")}),
        ("Belongs to", {"fields": ("project", "organization", "default_project", "user")}),
        ("Dates", {"fields": ("id", "created_by", "created_utc", "updated_utc")}),
    )

    # --- What is shown ----------------------------------------------------------------------------

    @column("Token", ordering="id")
    def masked(self, token: Token) -> str:
        return token.masked_secret

    @column("Type", ordering="type", label={str(TokenType.ACCESS.label): "info"})
    def kind(self, token: Token) -> str:
        return token.get_type_display()

    @column("Scopes")
    def scope_list(self, token: Token) -> str:
        return ", ".join(token.scopes) or "all of the person's" if token.user_id else ", ".join(token.scopes) or CLIENT

    @column("Notes", ordering="notes")
    def short_notes(self, token: Token) -> str:
        return shortened(token.notes, 60)

    @column("State", label={"active": "success", "revoked": "danger", "suspended": "warning"})
    def state(self, token: Token) -> str:
        if token.is_disabled:
            return "revoked"
        if token.is_suspended:
            return "suspended"
        return "expired" if token.expires_utc and token.expires_utc < utc_now() else "active"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.add_fieldsets if obj is None else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        editable = {"notes", "expires_utc", "is_disabled"} if obj.type == TokenType.ACCESS else {"expires_utc"}
        shown = [str(name) for _, options in self.fieldsets for name in options["fields"]]
        return tuple(name for name in shown if name not in editable)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewTokenForm
        return super().get_form(request, obj, change, **kwargs)

    # --- Writing ----------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = create_api_key(
            organization_id=obj.organization_id or "",
            project_id=obj.project_id,
            default_project_id=obj.default_project_id,
            scopes=obj.scopes,
            notes=obj.notes,
            expires_utc=obj.expires_utc,
            created_by=str(request.user.pk or ""),
        )
        obj.pk, obj.secret, obj.scopes = made.pk, made.secret, made.scopes
        text = format_html("The new token, shown this once: <code>{}</code>. Copy it now.", made.secret)
        self.message_user(request, text, messages.WARNING)

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        """API keys are disabled; a login token cannot be, so it is deleted and its person signs in anew."""
        keys = queryset.filter(type=TokenType.ACCESS).update(is_disabled=True, updated_utc=utc_now())
        logins, _ = queryset.filter(type=TokenType.AUTHENTICATION).delete()
        self.message_user(request, f"{keys} API keys revoked, {logins} logins ended.", messages.SUCCESS)

    @admin.action(description="Un-revoke")
    def restore(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        keys = queryset.filter(type=TokenType.ACCESS).update(is_disabled=False, updated_utc=utc_now())
        self.message_user(request, f"{keys} API keys work again.", messages.SUCCESS)
