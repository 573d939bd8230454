"""The mails about accounts."""

from __future__ import annotations

from urllib.parse import quote

from accounts.mails import Letter, kind, web_link
from accounts.models import Invite, MailMessage, Membership, User
from accounts.services.email_addresses import ensure_verification_token
from accounts.services.password_resets import new_reset_token

VERIFY_EMAIL_ADDRESS = "verify-email-address"
RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of a mail
INVITE = "invite"
ADDED_TO_ORGANIZATION = "added-to-organization"

_NAME_LENGTH = 100
"""Names are chosen by people: a long one could bring a message of its own."""


@kind(VERIFY_EMAIL_ADDRESS)
def verify_email_address(message: MailMessage) -> Letter | None:
    user = _active_user(message.recipient)
    if user is None or user.is_email_address_verified:
        return None
    token = ensure_verification_token(user=user)
    context = {"name": _short(user.full_name), "link": web_link(f"/account/verify?token={quote(token)}")}
    return Letter("Confirm your e-mail address", "verify_email_address", context)


@kind(RESET_PASSWORD)
def reset_password(message: MailMessage) -> Letter | None:
    """A mail to an address that nobody has is not sent; until here both are treated alike."""
    user = _active_user(message.recipient)
    if user is None:
        return None
    link = web_link(f"/reset-password/{quote(new_reset_token(user=user))}")
    context = {"name": _short(user.full_name), "link": link, "cancel_link": f"{link}?cancel=true"}
    return Letter("Reset your password", "reset_password", context)


@kind(INVITE)
def invite(message: MailMessage) -> Letter | None:
    found = Invite.objects.filter(
        organization_id=message.organization_id, email_address=message.recipient, organization__is_deleted=False
    )
    row = found.select_related("organization").first()
    if row is None:
        return None
    context = _about_organization(message) | {"link": web_link(f"/signup?token={quote(row.token)}")}
    return Letter(f"You are invited to {context['organization']}", "invite", context)


@kind(ADDED_TO_ORGANIZATION)
def added_to_organization(message: MailMessage) -> Letter | None:
    is_member = Membership.objects.filter(
        organization_id=message.organization_id,
        organization__is_deleted=False,
        user__email_address=message.recipient,
        user__is_active=True,
    ).exists()
    if not is_member:
        return None
    context = _about_organization(message) | {"link": web_link("/")}
    return Letter(f"You were added to {context['organization']}", "added_to_organization", context)


def _about_organization(message: MailMessage) -> dict[str, str]:
    name = message.organization.name if message.organization else ""
    return {"organization": _short(name), "sender": _short(message.sender.full_name) if message.sender else ""}


def _active_user(email_address: str) -> User | None:
    return User.objects.filter(email_address=email_address, is_active=True).first()


def _short(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"
