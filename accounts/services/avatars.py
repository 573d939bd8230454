"""The pictures of people."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from accounts.models import User
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.images import Picture, remove_picture, store_picture


def folder_of(user_id: str) -> str:
    return f"avatars/{user_id}"


def set_avatar(*, user: User, picture: Picture) -> None:
    """Show this picture in place of an earlier one."""
    # Written first: a row never names a file that is not there.
    _replace(user, store_picture(folder_of(user.pk), picture))


def remove_avatar(*, user: User) -> None:
    if user.avatar_file_name:
        _replace(user, "")


@transaction.atomic
def _replace(user: User, name: str) -> None:
    old = User.objects.select_for_update().values_list("avatar_file_name", flat=True).get(pk=user.pk)
    user.avatar_file_name, user.updated_utc = name, utc_now()
    user.save(update_fields=["avatar_file_name", "updated_utc"])
    transaction.on_commit(partial(remove_picture, folder_of(user.pk), old))


def forget_avatar(user: User) -> None:
    """For people who are deleted."""
    transaction.on_commit(partial(remove_picture, folder_of(user.pk), user.avatar_file_name))
