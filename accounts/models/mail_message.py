"""Mails to send: stored with what they are about, written when they are sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.fields import ObjectIdField


class MailMessage(models.Model):
    """One mail to one address.

    The text is made at the moment of sending, so no link with a secret in it is ever stored here.
    `available_utc` is also the lease: whoever moves it sends the mail, and a process that dies lets it pass.
    """

    id = ObjectIdField(primary_key=True)
    kind = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    organization = models.ForeignKey("accounts.Organization", models.CASCADE, null=True, blank=True, related_name="+")
    sender = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who caused the mail."
    )
    data = models.JSONField(default=dict, blank=True)
    created_utc = models.DateTimeField(default=utc_now, editable=False)
    available_utc = models.DateTimeField(default=utc_now, help_text="Not before this instant is it sent.")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_utc = models.DateTimeField(null=True, blank=True)
    given_up_utc = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="", help_text="Why it was not sent.")

    class Meta:
        ordering = ["-created_utc", "id"]
        verbose_name = "mail"
        indexes = [
            models.Index(
                fields=["available_utc"],
                name="mail_waiting",
                condition=Q(sent_utc__isnull=True, given_up_utc__isnull=True),
            ),
            models.Index(fields=["recipient", "sent_utc"], name="mail_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def state(self) -> str:
        """waiting, retrying, sent or given up."""
        if self.sent_utc is not None:
            return "sent"
        if self.given_up_utc is not None:
            return "given up"
        return "retrying" if self.error else "waiting"
