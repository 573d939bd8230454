"""Login tokens: what a person gets for a password, and gives back on logout."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Invite, User
from accounts.services import login_limits
from accounts.services.email_addresses import send_verification
from accounts.services.memberships import accept_invite
from accounts.services.users import create_user, normal_email, user_with_password
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.rates import Window
from tokens.models import Token, TokenQuerySet, TokenType

LIFETIME = timedelta(days=90)
SIGNUPS_PER_HOUR = 10
_SIGNUPS = Window("signup-address", timedelta(hours=1))


class LoginDeniedError(Exception):
    """Too many attempts: the password was not looked at."""


class LoginFailedError(Exception):
    """No such person, not active, or a wrong password; which one is not told."""


class SignupDeniedError(Exception):
    """Too many sign-ups from this address."""


def log_in(*, email: str, password: str, ip: str, invite: Invite | None = None) -> Token:
    """The person's login token. Raises LoginDeniedError and LoginFailedError."""
    if not login_limits.attempt(email, ip):
        raise LoginDeniedError
    user = user_with_password(email, password)
    if user is None:
        raise LoginFailedError
    login_limits.succeeded(email, ip)
    if invite is not None:
        accept_invite(invite=invite, user=user)
    return issue_login_token(user=user)


def sign_up(*, name: str, email: str, password: str, ip: str, invite: Invite | None = None) -> Token:
    """A new person's login token; for a known address the same as `log_in`.

    An invite opens the door past the limit of sign-ups. Raises SignupDeniedError, else what `log_in` raises.
    """
    if User.objects.filter(email_address=normal_email(email)).exists():
        return log_in(email=email, password=password, ip=ip, invite=invite)
    if invite is None and _SIGNUPS.add(ip) > SIGNUPS_PER_HOUR:
        raise SignupDeniedError
    try:
        return _sign_up_anew(name, email, password, invite)
    except IntegrityError:
        # The same address signed up at the same moment, through another request.
        return log_in(email=email, password=password, ip=ip, invite=invite)


@transaction.atomic
def _sign_up_anew(name: str, email: str, password: str, invite: Invite | None) -> Token:
    user = create_user(full_name=name, email_address=email, password=password)
    if invite is not None:
        accept_invite(invite=invite, user=user)
    if not user.is_email_address_verified:
        send_verification(user=user)
    return issue_login_token(user=user)


@transaction.atomic
def issue_login_token(*, user: User) -> Token:
    """The person's login token that is still good, else a new one: all sessions of a person share it."""
    # Two logins at once would make two tokens, and a logout would end only one of the sessions.
    User.objects.select_for_update().filter(pk=user.pk).first()
    now = utc_now()
    usable = _usable(now).filter(user=user).order_by("created_utc").first()
    if usable is not None:
        return usable
    return Token.objects.create(
        type=TokenType.AUTHENTICATION, user=user, created_by=user.pk, expires_utc=now + LIFETIME
    )


def _usable(now: datetime) -> TokenQuerySet:
    living = Q(expires_utc__isnull=True) | Q(expires_utc__gt=now)
    rows: TokenQuerySet = Token.objects.filter(living, type=TokenType.AUTHENTICATION, is_disabled=False)
    return rows.filter(is_suspended=False)


def log_out(*, token_id: str) -> None:
    """Delete the login token that was used."""
    Token.objects.filter(pk=token_id, type=TokenType.AUTHENTICATION).delete()
