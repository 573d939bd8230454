"""Invitations of people who have no account yet."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField
from exceptionless_site.core.ids import new_secret


class Invite(models.Model):
    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="invites")
    token = models.CharField(max_length=40, default=new_secret, unique=True, editable=False)
    email_address = models.EmailField(max_length=254)
    date_added = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        ordering = ["date_added"]
        constraints = [models.UniqueConstraint(fields=["organization", "email_address"], name="invite_once")]

    def __str__(self) -> str:
        return f"{self.email_address} to {self.organization_id}"
