"""What a project sent, hour by hour."""

from __future__ import annotations

from django.db import models

from accounts.models.usage import UsageCounts
from exceptionless_site.core.fields import ObjectIdField


class ProjectUsage(UsageCounts):
    id = ObjectIdField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, db_index=False, related_name="+")
    project = models.ForeignKey("projects.Project", models.CASCADE, db_index=False, related_name="usage_hours")

    class Meta:
        ordering = ["hour"]
        verbose_name_plural = "project usage"
        constraints = [
            models.UniqueConstraint(fields=["organization", "project", "hour"], name="project_usage_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.hour:%Y-%m-%d %H:00}"
