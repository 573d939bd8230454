"""Who joins and who leaves an organization."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from accounts.models import Invite, Membership, Organization, User
from accounts.services.email_addresses import EmailAddressError, verify_email_address
from accounts.services.mails import queue_mail
from accounts.services.users import is_email_address, normal_email

on_leave: list[Callable[[str, str], object]] = []
"""What higher apps do in the same transaction when a member left: called with organization id and user id."""

INVITE_MAIL, ADDED_MAIL = "invite", "added-to-organization"


class UserLimitError(Exception):
    """The plan of the organization allows no further member or invite."""


class LastMemberError(Exception):
    """Without this member nobody could reach the organization any more."""


@transaction.atomic
def add_user(*, organization: Organization, email_address: str, sender: User | None = None) -> Membership | Invite:
    """Make the person with that address a member, or invite the address when nobody has it yet; both get a mail.

    Doing it again changes nothing, and sends the invite once more. Raises UserLimitError and EmailAddressError.
    """
    _lock(organization)
    taken = organization.memberships.count() + organization.invites.count()
    if 0 <= organization.max_users <= taken:
        raise UserLimitError
    address = normal_email(email_address)
    user = User.objects.filter(email_address=address).first()
    if user is not None:
        membership, is_new = Membership.objects.get_or_create(organization=organization, user=user)
        if is_new:
            queue_mail(kind=ADDED_MAIL, recipient=address, organization=organization, sender=sender)
        return membership
    if not is_email_address(address):
        raise EmailAddressError
    invite = Invite.objects.get_or_create(organization=organization, email_address=address)[0]
    send_invite(invite=invite, sender=sender)
    return invite


def send_invite(*, invite: Invite, sender: User | None = None) -> None:
    """Mail the invite; doing it again mails it again."""
    queue_mail(kind=INVITE_MAIL, recipient=invite.email_address, organization=invite.organization, sender=sender)


@transaction.atomic
def remove_user(*, organization: Organization, email_address: str) -> None:
    """Take the membership or the invite of that address away, if there is one. Raises LastMemberError."""
    _lock(organization)
    address = normal_email(email_address)
    membership = organization.memberships.filter(user__email_address=address).first()
    if membership is None:
        organization.invites.filter(email_address=address).delete()
        return
    if organization.memberships.count() == 1:
        raise LastMemberError
    membership.delete()
    for hook in on_leave:
        hook(organization.pk, membership.user_id)


def find_invite(token: str | None) -> Invite | None:
    """The open invite with that token, to an organization that is still there."""
    if not token:
        return None
    return Invite.objects.filter(token=token, organization__is_deleted=False).first()


@transaction.atomic
def accept_invite(*, invite: Invite, user: User) -> None:
    """Join the organization; the invite is used up. Who got the mail has shown that the address is theirs."""
    if not Invite.objects.filter(pk=invite.pk).delete()[0]:
        return  # someone else was faster
    Membership.objects.get_or_create(organization_id=invite.organization_id, user=user)
    if invite.email_address == user.email_address and not user.is_email_address_verified:
        verify_email_address(user=user)


def _lock(organization: Organization) -> None:
    # Members are counted before one more or one less is stored: only one change at a time.
    Organization.objects.select_for_update().get(pk=organization.pk)
