"""The mails that wait: putting one in, and sending them by a job.

A request only adds a row, in its own transaction: a mail server that is slow or down is none of its business.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet

from accounts.mails import Letter, email, letter_for
from accounts.models import MailMessage, Organization, User
from exceptionless_site.core.clock import utc_now

logger = logging.getLogger(__name__)

NOT_CONFIGURED = "No mail server is configured: set EXCEPTIONLESS_SMTP_HOST."
NOT_WANTED = "No longer wanted: there is nobody to tell, or it has been done already."
TOO_MANY = "Too many mails went to this address within an hour."
MAXIMUM_ATTEMPTS = 14
"""With the growing pauses, somewhat more than half a day."""
MAILS_PER_HOUR = 10
"""About accounts, to one address: whoever can cause such mails must not be able to flood somebody's mailbox."""
KEPT = timedelta(days=30)
SLICE_SECONDS = 4.0
LEASE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=2)
_NOT_CONFIGURED_PAUSE = timedelta(minutes=10)
_DUMMY = "django.core.mail.backends.dummy.EmailBackend"
_ERROR_LENGTH = 500
_WAITING = Q(sent_utc__isnull=True, given_up_utc__isnull=True)


def queue_mail(
    *, kind: str, recipient: str, organization: Organization | None = None, sender: User | None = None
) -> MailMessage:
    """A mail that a job sends within seconds, if the current transaction is committed."""
    return MailMessage.objects.create(kind=kind, recipient=recipient, organization=organization, sender=sender)


def queue_letters(*, kind: str, letters: Iterable[tuple[str, Letter]], organization_id: str | None = None) -> None:
    """Ready letters by recipient, which go out like all mails. They are stored, so they must hold no secrets.

    Their contexts are kept as JSON. Whoever queues them sees to it that nobody gets too many.
    """
    MailMessage.objects.bulk_create(
        MailMessage(kind=kind, recipient=recipient, organization_id=organization_id, data=asdict(letter))
        for recipient, letter in letters
    )


def send_waiting_mails(seconds: float = SLICE_SECONDS) -> int:
    """Send what is due, for about that long; how many went out. Stops when the mail server cannot be reached."""
    if settings.EMAIL_BACKEND == _DUMMY:
        _due(utc_now()).update(error=NOT_CONFIGURED, available_utc=utc_now() + _NOT_CONFIGURED_PAUSE)
        return 0
    end, count, connection = time.monotonic() + seconds, 0, get_connection()
    try:
        while time.monotonic() < end and (message := _claim()) is not None:
            try:
                count += _send(message, connection)
            except (OSError, smtplib.SMTPException) as error:
                _failed(message, error)
                if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
                    _postpone_others()
                    break
            except Exception as error:
                logger.exception("The mail %s cannot be written", message)
                _failed(message, error)
    finally:
        _close(connection)
    return count


def retry_mails(*, ids: list[str]) -> int:
    """Try mails that were given up once more; how many."""
    rows = MailMessage.objects.filter(pk__in=ids, given_up_utc__isnull=False)
    return rows.update(given_up_utc=None, attempts=0, error="", available_utc=utc_now())


def remove_old_mails() -> int:
    """Remove mails that were sent or given up long ago, and those that nobody could send; how many."""
    return MailMessage.objects.filter(created_utc__lt=utc_now() - KEPT).delete()[0]


def _due(now: datetime) -> QuerySet[MailMessage]:
    return MailMessage.objects.filter(_WAITING, available_utc__lte=now)


def _claim() -> MailMessage | None:
    """The mail that waits longest; it is this process's until the lease ends."""
    now = utc_now()
    for row in _due(now).order_by("available_utc", "pk")[:10]:
        # Whoever changes the row has it.
        mine = MailMessage.objects.filter(_WAITING, pk=row.pk, available_utc=row.available_utc)
        if mine.update(available_utc=now + LEASE):
            return MailMessage.objects.select_related("organization", "sender").get(pk=row.pk)
    return None


def _send(message: MailMessage, connection: BaseEmailBackend) -> int:
    now = utc_now()
    recent = MailMessage.objects.filter(recipient=message.recipient, sent_utc__gt=now - timedelta(hours=1))
    if not message.data and recent.filter(data={}).count() >= MAILS_PER_HOUR:
        _update(message, given_up_utc=now, error=TOO_MANY)
        return 0
    letter = letter_for(message)
    if letter is None:
        _update(message, given_up_utc=now, error=NOT_WANTED)
        return 0
    connection.open()
    connection.send_messages([email(letter, message.recipient)])
    _update(message, sent_utc=utc_now(), attempts=F("attempts") + 1, error="")
    return 1


def _failed(message: MailMessage, error: Exception) -> None:
    now, attempts = utc_now(), message.attempts + 1
    is_final = attempts >= MAXIMUM_ATTEMPTS or _is_permanent(error)
    text = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
    logger.warning("The mail %s could not be sent: %s", message, type(error).__name__)
    _update(
        message,
        attempts=attempts,
        error=text,
        available_utc=now + pause_after(attempts),
        given_up_utc=now if is_final else None,
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many failures: a minute, then twice as long each time, two hours at the most."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 20)), _LONGEST_PAUSE)


def _is_permanent(error: Exception) -> bool:
    """The mail server says that it will never take a mail to this address."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in error.recipients.values())


def _postpone_others() -> None:
    # The server is down for all of them: waiting for each one's own time-out would keep the other jobs waiting too.
    now = utc_now()
    _due(now).update(available_utc=now + timedelta(minutes=1))


def _update(message: MailMessage, **values: object) -> None:
    MailMessage.objects.filter(pk=message.pk).update(**values)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.debug("The mail server hung up first")
