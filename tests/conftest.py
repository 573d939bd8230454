"""The fixed cast: an owner, a team mate, a stranger and a global admin, with their organizations."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from exceptionless_site.core.memory import forget_everything
from projects.models import Project
from tests.contract.responses import ContractClient, compare_all
from tokens.models import Token, TokenType

compare_all()

PASSWORD = "tester-password"


@dataclass
class Cast:
    """`owner` and `mate` belong to `organization`, `stranger` to `foreign_organization`, `admin` to none."""

    owner: User
    mate: User
    stranger: User
    admin: User
    organization: Organization
    foreign_organization: Organization
    project: Project
    foreign_project: Project
    key: Token
    """A client-scoped API key of `project`."""
    user_key: Token
    """An API key of `project` with the user scope and no person behind it."""
    foreign_key: Token

    def login_token(self, user: User) -> Token:
        return Token.objects.get_or_create(type=TokenType.AUTHENTICATION, user=user)[0]

    def client(self, who: User | Token | None) -> APIClient:
        """An API client with the person's login token or with the key; None is anonymous."""
        client = ContractClient()
        if who is not None:
            token = who if isinstance(who, Token) else self.login_token(who)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
        return client


def make_user(name: str, **fields: bool) -> User:
    return User.objects.create_user(f"{name}@example.test", PASSWORD, full_name=name.title(), **fields)


def make_key(project: Project, *scopes: str) -> Token:
    return Token.objects.create(organization=project.organization, project=project, scopes=list(scopes))


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """What a test wrote is rolled back without a word."""
    forget_everything()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    owner, mate, stranger = make_user("owner"), make_user("mate"), make_user("stranger")
    admin = make_user("admin", is_superuser=True)
    organization = Organization.objects.create(name="Acme")
    foreign_organization = Organization.objects.create(name="Elsewhere")
    Membership.objects.create(organization=organization, user=owner)
    Membership.objects.create(organization=organization, user=mate)
    Membership.objects.create(organization=foreign_organization, user=stranger)
    project = Project.objects.create(organization=organization, name="Disintegrating Pistol")
    foreign_project = Project.objects.create(organization=foreign_organization, name="Rocket Ship")
    return Cast(
        owner=owner,
        mate=mate,
        stranger=stranger,
        admin=admin,
        organization=organization,
        foreign_organization=foreign_organization,
        project=project,
        foreign_project=foreign_project,
        key=make_key(project, "client"),
        user_key=make_key(project, "user", "client"),
        foreign_key=make_key(foreign_project, "client"),
    )
