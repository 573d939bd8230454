"""Who is asking: the one value that authentication makes and every visibility rule reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from accounts.models.user import CLIENT, GLOBAL, USER

if TYPE_CHECKING:
    from accounts.models import User

_IMPLIED = {GLOBAL: (USER, CLIENT), USER: (CLIENT,)}


def with_implied(roles: list[str]) -> frozenset[str]:
    """The roles and what they imply: global implies user, user implies client."""
    found = set(roles)
    for role in roles:
        found.update(_IMPLIED.get(role, ()))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Identity:
    """An authenticated caller.

    `kind` is `user` for a person (login token, Basic, browser session) and `token` for an API key.
    `project_id` is the project that the key is bound to, `default_project_id` the one that events
    without a project go to.
    """

    kind: Literal["user", "token"]
    roles: frozenset[str]
    organization_ids: tuple[str, ...]
    user: User | None = None
    token_id: str | None = None
    project_id: str | None = None
    default_project_id: str | None = None

    @property
    def is_global_admin(self) -> bool:
        return GLOBAL in self.roles

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def is_in(self, organization_id: str | None) -> bool:
        """Member of the organization."""
        return organization_id in self.organization_ids

    def can_access(self, organization_id: str | None) -> bool:
        """Member of the organization or global admin."""
        return self.is_global_admin or self.is_in(organization_id)
