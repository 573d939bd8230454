"""Members and invites: inside an organization's page, and as lists of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import Invite, Membership, User
from accounts.services import memberships
from exceptionless_site.core.admin import CREATED, SiteAdmin, date_column


def after_leaving(left: Iterable[Any]) -> None:
    """What the API does when a member leaves, for memberships that were just deleted."""
    for membership in left:
        for hook in memberships.on_leave:
            hook(membership.organization_id, membership.user_id)


def after_inviting(invites: Iterable[Any], request: HttpRequest) -> None:
    """Mails the invites that were just made."""
    for invite in invites:
        sender = request.user if isinstance(request.user, User) else None
        memberships.send_invite(invite=invite, sender=sender)


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)
    readonly_fields = ("created_utc",)
    hide_title = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user").order_by("user__email_address")


class InviteInline(TabularInline):
    """An invite made here sends its mail as one of the API does."""

    model = Invite
    extra = 0
    fields = ("email_address", "date_added")
    readonly_fields = ("date_added",)
    hide_title = True
    tab = True


@admin.register(Membership)
class MembershipAdmin(SiteAdmin):
    list_display = ("user", "organization", CREATED)
    list_select_related = ("user", "organization")
    list_filter = (("organization", AutocompleteSelectFilter),)
    search_fields = ("user__email_address", "user__full_name", "organization__name")
    search_help_text = "E-mail address, name or organization"
    autocomplete_fields = ("user", "organization")
    readonly_fields = ("created_utc",)
    ordering = ("-created_utc", "id")

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        super().delete_model(request, obj)
        after_leaving([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        left = list(queryset)
        super().delete_queryset(request, queryset)
        after_leaving(left)


@admin.register(Invite)
class InviteAdmin(SiteAdmin):
    """The token of an invite lets whoever knows it join, so no page shows it."""

    list_display = ("email_address", "organization", date_column("date_added", "Added (UTC)"))
    list_select_related = ("organization",)
    list_filter = (("organization", AutocompleteSelectFilter),)
    search_fields = ("email_address", "organization__name")
    search_help_text = "E-mail address or organization"
    autocomplete_fields = ("organization",)
    readonly_fields = ("date_added",)
    ordering = ("-date_added", "id")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            after_inviting([obj], request)
