"""Accounts at other services that let a person in."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField


class ExternalAccount(models.Model):
    """What the wire calls an OAuth account. One account at a provider belongs to one person."""

    id = ObjectIdField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="external_accounts")
    provider = models.CharField(max_length=40, help_text="The name in the address of the sign-in, such as github.")
    provider_user_id = models.CharField(max_length=255)
    username = models.CharField(max_length=254, blank=True, default="")
    email_address = models.CharField(
        max_length=254, blank=True, default="", help_text="Only an address that the provider has verified."
    )
    extra_data = models.JSONField(default=dict, blank=True)
    created_utc = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        ordering = ["created_utc", "id"]
        verbose_name = "external account"
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_user_id"], name="external_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} account of {self.user_id}"
