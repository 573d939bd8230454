"""People: signing up, changing their own settings, proving a password."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import Membership, User
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.json import clean_text

on_delete: list[Callable[[User], object]] = []
"""What is done in the same transaction when a person is deleted."""


class HasOrganizationsError(Exception):
    """Someone who belongs to an organization cannot be deleted."""


class LastGlobalAdminError(Exception):
    """Without this person nobody could manage the server any more."""


def normal_email(text: str) -> str:
    """An e-mail address as it is stored and looked up."""
    return clean_text(text).strip().lower()


def is_email_address(text: str) -> bool:
    """Exactly one `@` with something on both sides and no blanks; domains without a dot are fine inside a company."""
    name, _, domain = text.partition("@")
    return bool(name and domain) and "@" not in domain and len(text) <= 254 and not any(map(str.isspace, text))


def user_with_password(email_address: str, password: str) -> User | None:
    """The active person with that address and password.

    Takes as long for unknown addresses, so that nobody can probe by time who has an account.
    """
    user = User.objects.filter(email_address=normal_email(email_address)).first()
    if user is None:
        make_password(password)
        return None
    return user if user.check_password(password) and user.is_active else None


@transaction.atomic
def create_user(*, full_name: str, email_address: str, password: str | None, is_verified: bool = False) -> User:
    """A new person. The first one ever becomes a global admin.

    Raises IntegrityError when the address is taken.
    """
    is_first = _is_first_user()
    return User.objects.create_user(
        normal_email(email_address),
        password,
        full_name=full_name.strip(),
        is_superuser=is_first,
        is_email_address_verified=is_verified,
    )


def _is_first_user() -> bool:
    if User.objects.exists():
        return False
    # Two first sign-ups may race: the second waits here and then sees the first. SQLite has one writer anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(User._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    return not User.objects.exists()


def update_user(*, user: User, full_name: str | None = None, email_notifications_enabled: bool | None = None) -> None:
    """Store what is not None, in the row and in the given object."""
    if full_name is not None:
        user.full_name = full_name
    if email_notifications_enabled is not None:
        user.email_notifications_enabled = email_notifications_enabled
    user.updated_utc = utc_now()
    user.save(update_fields=["full_name", "email_notifications_enabled", "updated_utc"])


def reason_to_keep(user: User) -> Exception | None:
    """Why the person cannot be deleted, as the error that `delete_users` would raise."""
    if Membership.objects.filter(user=user, organization__is_deleted=False).exists():
        return HasOrganizationsError()
    return LastGlobalAdminError() if _is_last_global_admin(user) else None


@transaction.atomic
def delete_users(*, users: Iterable[User]) -> None:
    """Delete people with all that lets them in. Raises HasOrganizationsError and LastGlobalAdminError."""
    for user in users:
        _lock_global_admins()
        reason = reason_to_keep(user)
        if reason is not None:
            raise reason
        remove_user(user=user)


def remove_user(*, user: User) -> None:
    """Delete the person without asking; callers run it in a transaction."""
    for hook in on_delete:
        hook(user)
    User.objects.filter(pk=user.pk).delete()


@transaction.atomic
def set_global_admin(*, user: User, is_global_admin: bool) -> None:
    """Give or take the role. Raises LastGlobalAdminError."""
    _lock_global_admins()
    if not is_global_admin and _is_last_global_admin(user):
        raise LastGlobalAdminError
    user.is_superuser, user.updated_utc = is_global_admin, utc_now()
    user.save(update_fields=["is_superuser", "updated_utc"])


def _is_last_global_admin(user: User) -> bool:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


def _lock_global_admins() -> None:
    # Two global admins must not take the role from each other at the same moment.
    list(User.objects.select_for_update().filter(is_superuser=True).order_by("pk").values_list("pk"))
