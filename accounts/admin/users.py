"""People: their names, roles and passwords."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.admin.memberships import after_leaving
from accounts.models import ExternalAccount, Membership, User
from accounts.services.passwords import reset_credentials
from accounts.services.users import normal_email, remove_user
from exceptionless_site.core.admin import CREATED, SiteAdmin, column, date_column


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email_address", "full_name")

    def clean_email_address(self) -> str:
        return normal_email(self.cleaned_data["email_address"])


class ChangeUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}

    editor_id: str | None = None
    """Whoever fills in the form; nobody may lock themselves out."""

    def clean_email_address(self) -> str:
        return normal_email(self.cleaned_data["email_address"])

    def clean_is_active(self) -> bool:
        return self._kept_by_oneself("is_active")

    def clean_is_superuser(self) -> bool:
        return self._kept_by_oneself("is_superuser")

    def _kept_by_oneself(self, name: str) -> bool:
        value = bool(self.cleaned_data[name])
        if not value and self.instance.pk == self.editor_id:
            raise ValidationError("You cannot take this from yourself.")
        return value


class NewPasswordForm(AdminPasswordChangeForm):
    """Whoever was signed in with the old password is signed out, as with the API's own change of a password."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        reset_credentials(user=user)
        return user


class OrganizationInline(TabularInline):
    model = Membership
    extra = 0
    verbose_name_plural = "organizations"
    autocomplete_fields = ("organization",)
    readonly_fields = ("created_utc",)
    hide_title = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organization").order_by("organization__name")


class ExternalAccountInline(TabularInline):
    """Accounts at other services are linked by their owner; here they can only be taken away."""

    model = ExternalAccount
    extra = 0
    verbose_name_plural = "external accounts"
    fields = readonly_fields = ("provider", "provider_user_id", "username", "email_address", "created_utc")
    hide_title = True
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin, SiteAdmin):  # type: ignore[type-arg]  # not generic at run time
    form = ChangeUserForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = (
        "email_address",
        "full_name",
        "global_admin",
        "is_active",
        "is_email_address_verified",
        date_column("last_login", "Last login (UTC)"),
        CREATED,
    )
    list_filter = ("is_superuser", "is_active", "is_email_address_verified")
    search_fields = ("email_address", "full_name", "=id")
    search_help_text = "E-mail address, name or id"
    ordering = ("email_address",)
    filter_horizontal = ()
    inlines = (OrganizationInline, ExternalAccountInline)
    readonly_fields = ("id", "last_login", "created_utc", "updated_utc", "has_open_verification")
    fieldsets = (
        (None, {"fields": ("email_address", "full_name", "password")}),
        ("Roles", {"fields": ("is_active", "is_superuser")}),
        ("E-mail", {"fields": ("is_email_address_verified", "has_open_verification", "email_notifications_enabled")}),
        ("Dates", {"fields": ("id", "last_login", "created_utc", "updated_utc")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email_address", "full_name", "password1", "password2")}),
    )

    def choice_text(self, user: User) -> str:
        return f"{user.email_address} ({user.full_name})"

    @admin.display(description="Verification mail is out", boolean=True)
    def has_open_verification(self, user: User) -> bool:
        return bool(user.verify_email_address_token)

    @column("Role", ordering="is_superuser", label={"global admin": "primary"})
    def global_admin(self, user: User) -> str:
        return "global admin" if user.is_superuser else "user"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.editor_id = request.user.pk
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.pk != request.user.pk)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        with transaction.atomic():
            remove_user(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with transaction.atomic():
            for user in queryset.exclude(pk=request.user.pk):
                remove_user(user=user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        after_leaving(row for row in formset.deleted_objects if isinstance(row, Membership))

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        return self.inlines if obj is not None else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "is_superuser":
            field.label, field.help_text = "Global admin", "Sees every organization and may enter this site."
        return field
