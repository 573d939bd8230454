"""People's e-mail addresses: changing them and proving that they are theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.mails import queue_mail
from accounts.services.users import is_email_address, normal_email
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.ids import new_secret
from exceptionless_site.core.rates import Window

CHANGES_PER_HOUR = 3
RESENDS_PER_HOUR = 5
VERIFY_EMAIL_LIFETIME = timedelta(hours=24)
_CHANGES = Window("change-email-address", timedelta(hours=1))
_RESENDS = Window("resend-verification", timedelta(hours=1))
_TOKEN = ("verify_email_address_token", "verify_email_address_token_expires_utc")
_RESET = ("password_reset_digest", "password_reset_expires_utc")
VERIFICATION_MAIL = "verify-email-address"


class EmailAddressError(Exception):
    """No mail could ever reach this address."""


class EmailAddressTakenError(Exception):
    """Someone else has this address."""


class TooManyChangesError(Exception):
    """The hour's changes, or its mails, are used up."""


class TokenExpiredError(Exception):
    """The link in the mail is too old."""


def change_email_address(*, user: User, email_address: str, changed_by: User) -> None:
    """Give the person another address, which is verified only if one of their external accounts vouches for it.

    Raises TooManyChangesError, EmailAddressTakenError and EmailAddressError.
    """
    address = normal_email(email_address)
    if address == user.email_address:
        return
    # Counted outside of the transaction, so that refused changes count too: nobody may ask for many addresses.
    if _CHANGES.add(changed_by.pk) > CHANGES_PER_HOUR:
        raise TooManyChangesError
    if User.objects.filter(email_address=address).exists():
        raise EmailAddressTakenError
    if not is_email_address(address):
        raise EmailAddressError
    try:
        _store_address(user, address)
    except IntegrityError:
        # Someone else took it at the same moment.
        raise EmailAddressTakenError from None


@transaction.atomic
def _store_address(user: User, address: str) -> None:
    user.email_address = address
    user.password_reset_digest, user.password_reset_expires_utc = "", None
    user.is_email_address_verified = user.external_accounts.filter(email_address=address).exists()
    _set_token(user, "" if user.is_email_address_verified else new_secret())
    _save(user, "email_address", "is_email_address_verified", *_TOKEN, *_RESET)
    if not user.is_email_address_verified:
        send_verification(user=user)


def send_verification(*, user: User) -> None:
    """Mail the person a link that proves their address; it is good for a day from now or, asked for again, less."""
    ensure_verification_token(user=user)
    queue_mail(kind=VERIFICATION_MAIL, recipient=user.email_address)


def resend_verification(*, user: User) -> None:
    """Mail the link once more, if the address is not verified yet. Raises TooManyChangesError."""
    if user.is_email_address_verified:
        return
    if _RESENDS.add(user.pk) > RESENDS_PER_HOUR:
        raise TooManyChangesError
    send_verification(user=user)


def ensure_verification_token(*, user: User) -> str:
    """The token for the link; a new one when the old one has run out."""
    expires = user.verify_email_address_token_expires_utc
    if not user.verify_email_address_token or expires is None or expires <= utc_now():
        _set_token(user, new_secret())
        _save(user, *_TOKEN)
    return user.verify_email_address_token


def user_by_verification_token(token: str) -> User | None:
    """Whose address the token proves; None when it is nobody's. Raises TokenExpiredError."""
    user = User.objects.filter(verify_email_address_token=token).first() if token else None
    if user is None:
        return None
    expires = user.verify_email_address_token_expires_utc
    if expires is None or expires <= utc_now():
        raise TokenExpiredError
    return user


def verify_email_address(*, user: User) -> None:
    """The address is known to be the person's own; an open link is used up."""
    user.is_email_address_verified = True
    _set_token(user, "")
    _save(user, "is_email_address_verified", *_TOKEN)


@transaction.atomic
def unverify_email_addresses(*, email_addresses: Iterable[str]) -> int:
    """People with these addresses have to prove them again; how many there are."""
    wanted = {normal_email(address) for address in email_addresses} - {""}
    rows = User.objects.filter(email_address__in=wanted)
    return rows.update(
        is_email_address_verified=False,
        verify_email_address_token="",
        verify_email_address_token_expires_utc=None,
        updated_utc=utc_now(),
    )


def _set_token(user: User, token: str) -> None:
    user.verify_email_address_token = token
    user.verify_email_address_token_expires_utc = utc_now() + VERIFY_EMAIL_LIFETIME if token else None


def _save(user: User, *fields: str) -> None:
    user.updated_utc = utc_now()
    user.save(update_fields=[*fields, "updated_utc"])
