"""The pictures of people."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from accounts.models import User
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.images import read_image, remove_image, store_image


def set_avatar(*, user: User, content: bytes) -> None:
    """Show this picture in place of an earlier one. Raises ImageError."""
    # Written first: a row never names a file that is not there.
    _replace(user, store_image(_folder(user.pk), content))


def remove_avatar(*, user: User) -> None:
    """Remove the picture, if there is one."""
    _replace(user, "")


def avatar_of(user_id: str, file_name: str) -> bytes | None:
    """The picture, by the name that its address has now."""
    rows = User.objects.filter(pk=user_id)
    current = rows.values_list("avatar_file_name", flat=True).first()
    return read_image(_folder(user_id), file_name) if current == file_name else None


def forget_avatar(user: User) -> None:
    """For people who are deleted."""
    transaction.on_commit(partial(remove_image, _folder(user.pk), user.avatar_file_name))


@transaction.atomic
def _replace(user: User, file_name: str) -> None:
    # Two changes at once: each removes the file that it really replaces.
    former = User.objects.select_for_update().values_list("avatar_file_name", flat=True).get(pk=user.pk)
    user.avatar_file_name, user.updated_utc = file_name, utc_now()
    user.save(update_fields=["avatar_file_name", "updated_utc"])
    transaction.on_commit(partial(remove_image, _folder(user.pk), former))


def _folder(user_id: str) -> str:
    return f"avatars/{user_id}"
