"""What an organization sent, hour by hour; months are sums of hours."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import ObjectIdField


class UsageCounts(models.Model):
    """The five counters of the wire for one UTC hour."""

    hour = models.DateTimeField(help_text="Start of the hour, UTC.")
    total = models.BigIntegerField(default=0)
    blocked = models.BigIntegerField(default=0)
    discarded = models.BigIntegerField(default=0)
    too_big = models.BigIntegerField(default=0)
    deleted = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class OrganizationUsage(UsageCounts):
    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey(
        "accounts.Organization", models.CASCADE, db_index=False, related_name="usage_hours"
    )

    class Meta:
        ordering = ["hour"]
        verbose_name_plural = "organization usage"
        constraints = [models.UniqueConstraint(fields=["organization", "hour"], name="organization_usage_hour")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.hour:%Y-%m-%d %H:00}"
