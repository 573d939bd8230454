"""What another service says about the person who signed in there, read from its answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.services.users import is_email_address, normal_email
from exceptionless_site.core.json import clean_text


class ProfileError(Exception):
    """The answer does not say who the person is."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`email_address` is empty unless the service has verified it: others prove nothing."""

    provider: str
    user_id: str
    name: str
    username: str
    email_address: str


def profile(provider: str, *, user_id: Any, name: Any, username: Any, verified_email: Any) -> Profile:
    """Raises ProfileError when there is no usable id."""
    id_ = str(user_id) if isinstance(user_id, int) and not isinstance(user_id, bool) else _text(user_id, 256)
    if not id_ or len(id_) > 255:
        raise ProfileError
    address = normal_email(_text(verified_email, 255))
    if not is_email_address(address):
        address = ""
    username = _text(username, 254)
    return Profile(provider, id_, _text(name, 250) or username or address, username or address, address)


def github_profile(provider: str, user: Any, emails: Any) -> Profile:
    """GitHub's `/user` and `/user/emails`; the first address that is verified, the primary one before others."""
    user = _object(user)
    rows = [row for row in emails if isinstance(row, dict)] if isinstance(emails, Sequence) else []
    verified = sorted((row for row in rows if row.get("verified") is True), key=lambda row: not row.get("primary"))
    address = verified[0].get("email") if verified else ""
    return profile(
        provider, user_id=user.get("id"), name=user.get("name"), username=user.get("login"), verified_email=address
    )


def facebook_profile(provider: str, user: Any) -> Profile:
    """Facebook's `/me`, which names no address that it has not confirmed."""
    user = _object(user)
    return profile(
        provider, user_id=user.get("id"), name=user.get("name"), username="", verified_email=user.get("email")
    )


def openid_profile(provider: str, claims: Any, *, is_always_verified: bool = False) -> Profile:
    """The claims of an OpenID Connect user info endpoint."""
    claims = _object(claims)
    is_verified = is_always_verified or claims.get("email_verified") in (True, "true")
    return profile(
        provider,
        user_id=claims.get("sub"),
        name=claims.get("name"),
        username=claims.get("preferred_username"),
        verified_email=claims.get("email") if is_verified else "",
    )


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ProfileError
    return value


def _text(value: Any, length: int) -> str:
    return clean_text(value).strip()[:length] if isinstance(value, str) else ""
