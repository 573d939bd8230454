"""Login tokens for people who signed in at another service."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.external.profile import Profile
from accounts.models import Invite, User
from accounts.services.external_accounts import create_person, find_person, link_account
from accounts.services.memberships import accept_invite
from exceptionless_site.core.rates import Window
from tokens.models import Token
from tokens.services.login import LoginDeniedError, LoginFailedError, issue_login_token

ATTEMPTS = 15
_ATTEMPTS = Window("external-login-address", timedelta(minutes=15))


class AccountCreationDisabledError(Exception):
    """The person has no account here, and without an invite nobody may make one."""


class NoVerifiedAddressError(Exception):
    """The service names no address of which it is sure, so nobody can be found or made by it."""


def attempt(ip: str) -> None:
    """Count an attempt before the service is asked. Raises LoginDeniedError when there were too many."""
    if _ATTEMPTS.add(ip) > ATTEMPTS:
        raise LoginDeniedError


def log_in_externally(*, profile: Profile, current: User | None, ip: str, invite: Invite | None = None) -> Token:
    """The login token of the current person, who gets the account linked, else of whoever has the account.

    Raises LoginFailedError, NoVerifiedAddressError and AccountCreationDisabledError.
    """
    try:
        token = _log_in(profile, current, invite)
    except IntegrityError:
        # The same person came through another request at the same moment.
        token = _log_in(profile, current, invite)
    _ATTEMPTS.take_back(ip)
    return token


@transaction.atomic
def _log_in(profile: Profile, current: User | None, invite: Invite | None) -> Token:
    if current is not None:
        link_account(user=current, profile=profile)
    user = current or find_person(profile=profile) or _new_person(profile, invite)
    if not user.is_active:
        raise LoginFailedError
    if invite is not None:
        accept_invite(invite=invite, user=user)
    return issue_login_token(user=user)


def _new_person(profile: Profile, invite: Invite | None) -> User:
    if not profile.email_address:
        raise NoVerifiedAddressError
    if invite is None and not settings.ENABLE_ACCOUNT_CREATION:
        raise AccountCreationDisabledError
    return create_person(profile=profile)
