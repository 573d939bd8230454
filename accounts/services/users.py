"""People: signing up, changing their own settings, proving a password."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import User
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.ids import new_secret
from exceptionless_site.core.json import clean_text

VERIFY_EMAIL_LIFETIME = timedelta(hours=24)


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
def create_user(*, full_name: str, email_address: str, password: str) -> User:
    """A new person whose address is not verified yet. The first one ever becomes a global admin.

    Raises IntegrityError when the address is taken.
    """
    is_first = _is_first_user()
    return User.objects.create_user(
        normal_email(email_address),
        password,
        full_name=full_name.strip(),
        is_superuser=is_first,
        verify_email_address_token=new_secret(),
        verify_email_address_token_expires_utc=utc_now() + VERIFY_EMAIL_LIFETIME,
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
