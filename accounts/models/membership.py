"""Who belongs to which organization; all members are equal."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField
from exceptionless_site.core.memory import RememberedQuerySet


class Membership(models.Model):
    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="memberships")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships")
    created_utc = models.DateTimeField(default=utc_now, editable=False)

    objects = RememberedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}"
