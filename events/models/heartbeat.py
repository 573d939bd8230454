"""Heartbeats: a client says that a session, or a user, is still there."""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import ObjectIdField, tenant_key


class Heartbeat(models.Model):
    """The last one of a session or user, until the job that closes sessions has used it.

    `name_hash` stands for the session id or the user's identity, whichever the client sent.
    """

    id = ObjectIdField(primary_key=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    name_hash = models.CharField(max_length=32)
    last_heartbeat_utc = models.DateTimeField()
    closes = models.BooleanField(default=False, help_text="The client said that the session is over.")

    class Meta:
        ordering = ["-last_heartbeat_utc"]
        indexes = [models.Index(fields=["last_heartbeat_utc"], name="heartbeat_last")]
        constraints = [models.UniqueConstraint(fields=["organization", "project", "name_hash"], name="heartbeat_name")]

    def __str__(self) -> str:
        return f"{self.last_heartbeat_utc:%Y-%m-%d %H:%M:%S}"
