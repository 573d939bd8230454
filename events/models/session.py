"""What ingestion must know of sessions while they last; the sessions themselves are their start events.

One row each is also the lock under which workers decide: two of them may hold events of one session at once.
Rows are forgotten a while after the last event (see events.sessions.plan).
"""

from __future__ import annotations

from django.db import models

from exceptionless_site.core.fields import ObjectIdField, tenant_key


class Session(models.Model):
    """A session id that events have brought. `ended_utc` is the date of its end event; later events begin it anew."""

    id = ObjectIdField(primary_key=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    session_id = models.CharField(max_length=100)
    last_activity_utc = models.DateTimeField(help_text="When an event of it was last stored, by the server's clock.")
    ended_utc = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_activity_utc"]
        indexes = [models.Index(fields=["last_activity_utc"], name="session_last_activity")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "project", "session_id"], name="session_identifier")
        ]

    def __str__(self) -> str:
        return self.session_id


class SessionIdentity(models.Model):
    """The open session of a user whose client sends no session ids; `session_id` is empty when there is none."""

    id = ObjectIdField(primary_key=True)
    organization = tenant_key("accounts.Organization")
    project = tenant_key("projects.Project")
    identity_hash = models.CharField(max_length=32)
    session_id = models.CharField(max_length=100, blank=True, default="")
    last_activity_utc = models.DateTimeField(help_text="When an event of it was last stored, by the server's clock.")

    class Meta:
        ordering = ["-last_activity_utc"]
        verbose_name_plural = "session identities"
        indexes = [models.Index(fields=["last_activity_utc"], name="session_identity_last_activity")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "project", "identity_hash"], name="session_identity_user")
        ]

    def __str__(self) -> str:
        return self.session_id
