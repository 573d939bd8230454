"""Tokens: what a request shows to be let in. API keys and login tokens are one table, as on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField
from exceptionless_site.core.ids import new_secret
from exceptionless_site.core.memory import RememberedQuerySet

if TYPE_CHECKING:
    from accounts.identity import Identity


class TokenType(models.IntegerChoices):
    AUTHENTICATION = 0, "Login"
    ACCESS = 1, "API key"


class TokenQuerySet(RememberedQuerySet["Token"]):
    def api_keys(self) -> TokenQuerySet:
        return self.filter(type=TokenType.ACCESS)

    def visible_to(self, identity: Identity) -> TokenQuerySet:
        """API keys of the caller's own organizations, without other people's personal keys."""
        user_id = identity.user.pk if identity.user else None
        return self.api_keys().filter(
            Q(user__isnull=True) | Q(user_id=user_id), organization_id__in=identity.organization_ids
        )


class Token(models.Model):
    """`secret` is the wire's token id: whoever knows it is let in, so it is never printed whole.

    Login tokens belong to a person and to no organization.
    """

    id = ObjectIdField(primary_key=True)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    type = models.PositiveSmallIntegerField(choices=TokenType.choices, default=TokenType.ACCESS)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, null=True, blank=True, db_index=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, null=True, blank=True, db_index=False)
    default_project = models.ForeignKey(
        "projects.Project", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="tokens")
    scopes = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True, default="")
    expires_utc = models.DateTimeField(null=True, blank=True)
    is_disabled = models.BooleanField(default=False)
    is_suspended = models.BooleanField(default=False, help_text="Set while the organization is suspended.")
    created_by = models.CharField(max_length=24, blank=True, default="", editable=False)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    updated_utc = models.DateTimeField(default=utc_now, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["created_utc", "id"]
        indexes = [
            models.Index(fields=["organization", "project", "created_utc"], name="token_organization_project"),
            models.Index(fields=["project"], name="token_project"),
            models.Index(fields=["default_project"], name="token_default_project"),
        ]

    def __str__(self) -> str:
        return self.masked_secret

    def __repr__(self) -> str:
        return f"<Token {self.masked_secret}>"

    @property
    def masked_secret(self) -> str:
        """The first characters, enough to recognise a token and too few to use it."""
        return f"{self.secret[:4]}…"
