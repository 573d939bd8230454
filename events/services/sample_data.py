"""Sample accounts, projects and events, with the ids and keys that client demos know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from accounts.models import Membership, Organization, User
from accounts.plans import FREE, UNLIMITED, Plan
from events.ingest.direct import ingest_documents
from events.models import Event
from events.services.sample_events import sample_events
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from tokens.models import Token

PASSWORD = "tester"  # noqa: S105 - public on purpose
ADMIN, MEMBER, FREE_MEMBER = "admin@exceptionless.test", "org@localhost", "free@localhost"
ACME_ID, FREE_ORGANIZATION_ID = "537650f3b77efe23a47914f3", "537650f3b77efe23a47914f5"
MEMBER_KEY = "DemoUserKeyOfOrgAtLocalhost0000000000001"
_BATCH = 50

Progress = Callable[[int], None]
"""Told how many more events are stored."""


@dataclass(frozen=True, slots=True)
class SampleProject:
    id: str
    name: str
    organization_id: str
    key: str
    events: int
    days: int


PROJECTS = (
    SampleProject(
        "537650f3b77efe23a47914f4",
        "Disintegrating Pistol",
        ACME_ID,
        "LhhP1C9gijpSKCslHHCvwdSIz298twx271nTest",
        events=300,
        days=7,
    ),
    SampleProject(
        "537650f3b77efe23a47914f7",
        "Rocket Ship",
        ACME_ID,
        "LhhP1C9gijpSKCslHHCvwdSIz298twx271oTest",
        events=120,
        days=7,
    ),
    SampleProject(
        "537650f3b77efe23a47914f6",
        "Free Project",
        FREE_ORGANIZATION_ID,
        "LhhP1C9gijpSKCslHHCvwdSIz298twx271n1Free",
        events=40,
        days=3,
    ),
)
EVENT_COUNT = sum(project.events for project in PROJECTS)


def load_sample_data(*, progress: Progress = lambda count: None) -> int:
    """Add what is missing; how many events were added. A second run adds nothing."""
    create_accounts()
    return sum(_fill(sample, progress) for sample in PROJECTS)


@transaction.atomic
def create_accounts() -> None:
    """The three people, two organizations, three projects and their keys; those that exist are left as they are."""
    admin = _user(ADMIN, "Demo Admin", is_superuser=True)
    member = _user(MEMBER, "Demo Member")
    free_member = _user(FREE_MEMBER, "Demo Free Member")
    acme = _organization(ACME_ID, "Acme", UNLIMITED, (admin, member))
    _organization(FREE_ORGANIZATION_ID, "Free", FREE, (free_member,))
    for sample in PROJECTS:
        values = {"name": sample.name, "organization_id": sample.organization_id, "created_utc": _founded()}
        project, _ = Project.objects.get_or_create(id=sample.id, defaults=values)
        _key(sample.key, ["client"], "Demo client key", organization_id=sample.organization_id, project=project)
    _key(MEMBER_KEY, ["user", "client"], "Demo user key", organization_id=acme.pk, user=member)


def _user(email_address: str, full_name: str, *, is_superuser: bool = False) -> User:
    user = User.objects.filter(email_address=email_address).first()
    return user or User.objects.create_user(
        email_address, PASSWORD, full_name=full_name, is_superuser=is_superuser, is_email_address_verified=True
    )


def _organization(id_: str, name: str, plan: Plan, members: Sequence[User]) -> Organization:
    organization = Organization.objects.filter(id=id_).first()
    if organization is None:
        organization = Organization(id=id_, name=name, created_utc=_founded())
        organization.apply_plan(plan)
        organization.save(force_insert=True)
    for user in members:
        Membership.objects.get_or_create(organization=organization, user=user)
    return organization


def _founded() -> datetime:
    # Nothing older than three days before its organization is shown, and the sample events go back a week.
    return utc_now() - timedelta(days=30)


def _key(secret: str, scopes: list[str], notes: str, **owner: Any) -> None:
    Token.objects.get_or_create(secret=secret, defaults={"scopes": scopes, "notes": notes, **owner})


def _fill(sample: SampleProject, progress: Progress) -> int:
    project = Project.objects.select_related("organization").get(id=sample.id)
    if Event.objects.filter(organization_id=project.organization_id, project=project).exists():
        progress(sample.events)
        return 0
    return add_sample_events(project=project, count=sample.events, days=sample.days, progress=progress)


def add_sample_events(
    *, project: Project, count: int, days: int, seed: int = 1, progress: Progress = lambda count: None
) -> int:
    """Store `count` sample events of the last `days` in the project; how many."""
    documents = sample_events(count=count, now=utc_now(), days=days, seed=seed)
    for batch in _batches(documents):
        ingest_documents(project=project, documents=batch, keep_old=True)
        progress(len(batch))
    return count


def _batches(documents: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(documents, _BATCH)):
        yield batch
