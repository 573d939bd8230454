"""Setting passwords; whoever was let in by the old one is let in no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.rates import Window

on_credentials_reset: list[Callable[[User], object]] = []
"""What higher apps do in the same transaction when everything that lets a person in must be made anew."""

ATTEMPTS = 5
_ATTEMPTS = Window("change-password", timedelta(minutes=15))


class WrongPasswordError(Exception):
    """The current password is another one."""


class SamePasswordError(Exception):
    """The new password is the old one."""


class TooManyAttemptsError(Exception):
    """The password was not looked at: whoever has found a token must not find out the password with it."""


def change_password(*, user: User, current_password: str, password: str) -> None:
    """Set a new password, given the current one; people without a password need none.

    Raises SamePasswordError, WrongPasswordError and TooManyAttemptsError.
    """
    if current_password == password:
        raise SamePasswordError
    if user.has_usable_password():
        if _ATTEMPTS.add(user.pk) > ATTEMPTS:
            raise TooManyAttemptsError
        if not user.check_password(current_password):
            raise WrongPasswordError
        _ATTEMPTS.reset(user.pk)
    set_password(user=user, password=password)


@transaction.atomic
def set_password(*, user: User, password: str | None) -> None:
    """Store the password (None lets nobody in) and end all that the old one let in: tokens, sessions, open resets."""
    user.set_password(password)
    user.password_reset_digest, user.password_reset_expires_utc = "", None
    user.updated_utc = utc_now()
    user.save(update_fields=["password", "password_reset_digest", "password_reset_expires_utc", "updated_utc"])
    reset_credentials(user=user)


@transaction.atomic
def reset_credentials(*, user: User) -> None:
    """End all tokens of the person."""
    for hook in on_credentials_reset:
        hook(user)
