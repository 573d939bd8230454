"""Linking people with their accounts at other services, and finding people by them."""

from __future__ import annotations

from django.db import transaction

from accounts.external.profile import Profile
from accounts.models import ExternalAccount, User
from accounts.services.email_addresses import verify_email_address
from accounts.services.passwords import reset_credentials, set_password
from accounts.services.users import create_user


class OnlySignInError(Exception):
    """Without this account the person could not sign in any more."""


@transaction.atomic
def link_account(*, user: User, profile: Profile) -> None:
    """The account lets this person in from now on, and nobody else."""
    values = {"user": user, "username": profile.username, "email_address": profile.email_address}
    ExternalAccount.objects.update_or_create(
        provider=profile.provider, provider_user_id=profile.user_id, defaults=values
    )
    if profile.email_address == user.email_address and not user.is_email_address_verified:
        verify_email_address(user=user)


@transaction.atomic
def find_person(*, profile: Profile) -> User | None:
    """Whose account it is: by its id, else by its verified address, which links it."""
    account = ExternalAccount.objects.filter(provider=profile.provider, provider_user_id=profile.user_id).first()
    if account is not None:
        link_account(user=account.user, profile=profile)
        return account.user
    if not profile.email_address:
        return None
    user = User.objects.select_for_update().filter(email_address=profile.email_address).first()
    if user is None:
        return None
    if not user.is_email_address_verified:
        # Somebody else may have signed up with this address before its owner came: their password must not stay.
        set_password(user=user, password=None)
    link_account(user=user, profile=profile)
    return user


@transaction.atomic
def create_person(*, profile: Profile) -> User:
    """A new person without a password; the profile has an address. Raises IntegrityError when it is taken."""
    user = create_user(full_name=profile.name, email_address=profile.email_address, password=None, is_verified=True)
    link_account(user=user, profile=profile)
    return user


@transaction.atomic
def unlink_account(*, user: User, provider: str, provider_user_id: str) -> None:
    """The account lets the person in no more, and all their tokens end. Raises OnlySignInError."""
    # Of two requests at once the second must see that the other account is gone.
    user = User.objects.select_for_update().get(pk=user.pk)
    rows = user.external_accounts.filter(provider__iexact=provider.strip(), provider_user_id=provider_user_id.strip())
    if rows.exists() and not user.has_usable_password() and user.external_accounts.count() <= 1:
        raise OnlySignInError
    rows.delete()
    reset_credentials(user=user)
