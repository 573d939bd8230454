"""New passwords for people who forgot theirs: a link by mail, good once and for a day."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from accounts.services.email_addresses import verify_email_address
from accounts.services.mails import queue_mail
from accounts.services.passwords import SamePasswordError, set_password
from accounts.services.users import is_email_address, normal_email
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.ids import new_secret
from exceptionless_site.core.rates import Window

LIFETIME = timedelta(hours=24)
REQUESTS_PER_HOUR = 3
RESET_MAIL = "reset-password"
_REQUESTS = Window("forgot-password", timedelta(hours=1))
_FIELDS = ("password_reset_digest", "password_reset_expires_utc")


class InvalidResetTokenError(Exception):
    """Nobody has this token, or not any more."""


class ResetTokenExpiredError(Exception):
    """The link is older than a day."""


def request_password_reset(*, email_address: str, ip: str) -> None:
    """Mail a link to the address, at most three times an hour for one place.

    Whether anybody has the address is looked up when the mail is sent, so neither the answer nor its time tells.
    """
    address = normal_email(email_address)
    if _REQUESTS.add(ip) > REQUESTS_PER_HOUR or not is_email_address(address):
        return
    queue_mail(kind=RESET_MAIL, recipient=address)


def new_reset_token(*, user: User) -> str:
    """A token for the link; an earlier one is good no more. Only its hash is stored."""
    token = new_secret()
    user.password_reset_digest, user.password_reset_expires_utc = _digest(token), utc_now() + LIFETIME
    _save(user)
    return token


def user_by_reset_token(token: str) -> User:
    """Whose password the token may set. Raises InvalidResetTokenError and ResetTokenExpiredError."""
    user = User.objects.filter(password_reset_digest=_digest(token), is_active=True).first()
    if user is None:
        raise InvalidResetTokenError
    if user.password_reset_expires_utc is None or user.password_reset_expires_utc <= utc_now():
        raise ResetTokenExpiredError
    return user


@transaction.atomic
def reset_password(*, token: str, password: str) -> User:
    """Set the password of whoever got the link: the address is theirs then, and all their tokens end.

    Raises InvalidResetTokenError, ResetTokenExpiredError and SamePasswordError.
    """
    user = user_by_reset_token(token)
    # Of two requests with one token the second finds the hash gone.
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.password_reset_digest != _digest(token):
        raise InvalidResetTokenError
    if user.check_password(password):
        raise SamePasswordError
    set_password(user=user, password=password)
    verify_email_address(user=user)
    return user


def cancel_password_reset(*, token: str) -> None:
    """Make the link invalid; unknown tokens are none of anybody's business."""
    rows = User.objects.filter(password_reset_digest=_digest(token))
    rows.update(password_reset_digest="", password_reset_expires_utc=None, updated_utc=utc_now())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _save(user: User) -> None:
    user.updated_utc = utc_now()
    user.save(update_fields=[*_FIELDS, "updated_utc"])
