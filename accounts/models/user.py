"""People: they sign in with their e-mail address and belong to organizations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField
from exceptionless_site.core.memory import RememberedQuerySet

GLOBAL = "global"
USER = "user"
CLIENT = "client"


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> RememberedQuerySet[User]:
        return RememberedQuerySet(self.model, using=self._db)

    def create_user(self, email_address: str, password: str | None = None, **fields: Any) -> User:
        user = User(email_address=email_address.strip().lower(), **fields)
        user.set_password(password)
        user.save(force_insert=True)
        return user

    def create_superuser(self, email_address: str, password: str | None = None, **fields: Any) -> User:
        """A global admin whose address counts as verified; `manage.py createsuperuser` calls this."""
        fields = {"is_superuser": True, "is_email_address_verified": True} | fields
        return self.create_user(email_address, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `is_superuser` is what the wire calls the role `global`."""

    id = ObjectIdField(primary_key=True)
    email_address = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=250)
    is_active = models.BooleanField(default=True)
    is_email_address_verified = models.BooleanField(default=False)
    verify_email_address_token = models.CharField(max_length=40, blank=True, default="", db_index=True)
    verify_email_address_token_expires_utc = models.DateTimeField(null=True, blank=True)
    password_reset_digest = models.CharField(
        max_length=64, blank=True, default="", editable=False, db_index=True, help_text="SHA-256 of the mailed token."
    )
    password_reset_expires_utc = models.DateTimeField(null=True, blank=True, editable=False)
    avatar_file_name = models.CharField(max_length=40, blank=True, default="", editable=False)
    email_notifications_enabled = models.BooleanField(default=True)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email_address"
    EMAIL_FIELD = "email_address"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["email_address"]

    def __str__(self) -> str:
        return self.email_address

    @property
    def is_staff(self) -> bool:
        """Who may enter the admin."""
        return self.is_superuser

    @property
    def avatar_url(self) -> str:
        """Address of the picture, without the host; empty when there is none."""
        return f"/api/v2/users/{self.pk}/avatar/{self.avatar_file_name}" if self.avatar_file_name else ""

    @property
    def roles(self) -> list[str]:
        """Roles as the wire lists them."""
        return [CLIENT, USER, GLOBAL] if self.is_superuser else [CLIENT, USER]

    def organization_ids(self) -> list[str]:
        """Ids of the organizations that this person belongs to, soft-deleted ones left out."""
        rows = self.memberships.filter(organization__is_deleted=False).order_by("organization_id")
        return list(rows.values_list("organization_id", flat=True))
