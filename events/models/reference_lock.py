"""Who may store an event with a reference id just now."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import tenant_key


class ReferenceLock(models.Model):
    """Held from its insertion to the end of the transaction, which deletes it again: nobody ever sees a row.

    A second transaction that inserts the same key waits for the first. `reference_hash` stands for the reference id;
    two that share one wait for each other without need, and nothing else.
    """

    pk = models.CompositePrimaryKey("organization_id", "project_id", "reference_hash")
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    reference_hash = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.project_id} {self.reference_hash}"
