"""`manage.py sample_data`: accounts, projects and events to look around with."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Organization, User
from events.models import Event, Stack
from events.services import sample_data
from events.services.sample_data import EVENT_COUNT, MEMBER_KEY, load_sample_data
from projects.models import Project
from tokens.models import Token

pytestmark = pytest.mark.django_db


def run() -> str:
    output = StringIO()
    call_command("sample_data", stdout=output)
    return output.getvalue()


def test_the_first_run_adds_what_demos_know_and_a_second_adds_nothing() -> None:
    assert run() == f"{EVENT_COUNT} sample events were added.\n"
    first = _counts()
    assert run() == "The sample data is already there.\n"
    assert _counts() == first
    assert first[Event] >= EVENT_COUNT
    assert 20 <= first[Stack] <= 120


def _counts() -> dict[type, int]:
    return {model: model._default_manager.count() for model in (User, Organization, Project, Token, Event, Stack)}


def test_people_can_sign_in_and_belong_where_they_should() -> None:
    sample_data.create_accounts()
    for address in ("admin@exceptionless.test", "org@localhost", "free@localhost"):
        user = User.objects.get(email_address=address)
        assert user.check_password("tester")
        assert user.is_email_address_verified
        assert user.is_superuser == (address == "admin@exceptionless.test")
    acme, free = Organization.objects.get(name="Acme"), Organization.objects.get(name="Free")
    assert (acme.pk, acme.plan_id) == ("537650f3b77efe23a47914f3", "EX_UNLIMITED")
    assert (free.pk, free.plan_id) == ("537650f3b77efe23a47914f5", "EX_FREE")
    members = {organization: _members(organization) for organization in (acme, free)}
    assert members == {acme: {"admin@exceptionless.test", "org@localhost"}, free: {"free@localhost"}}


def _members(organization: Organization) -> set[str]:
    return set(organization.memberships.values_list("user__email_address", flat=True))


@pytest.mark.parametrize(
    ("secret", "project_id", "name"),
    [
        ("LhhP1C9gijpSKCslHHCvwdSIz298twx271nTest", "537650f3b77efe23a47914f4", "Disintegrating Pistol"),
        ("LhhP1C9gijpSKCslHHCvwdSIz298twx271oTest", "537650f3b77efe23a47914f7", "Rocket Ship"),
        ("LhhP1C9gijpSKCslHHCvwdSIz298twx271n1Free", "537650f3b77efe23a47914f6", "Free Project"),
    ],
)
def test_each_project_has_the_key_that_demos_use(secret: str, project_id: str, name: str) -> None:
    sample_data.create_accounts()
    token = Token.objects.select_related("project").get(secret=secret)
    assert token.project is not None
    assert (token.project_id, token.project.name, token.scopes) == (project_id, name, ["client"])
    assert token.organization_id == token.project.organization_id


def test_a_changed_password_is_left_alone() -> None:
    sample_data.create_accounts()
    admin = User.objects.get(email_address="admin@exceptionless.test")
    admin.set_password("changed-since")
    admin.save()
    sample_data.create_accounts()
    assert User.objects.get(pk=admin.pk).check_password("changed-since")


def test_events_arrive_with_their_dates_and_types() -> None:
    progress: list[int] = []
    assert load_sample_data(progress=progress.append) == EVENT_COUNT
    assert sum(progress) == EVENT_COUNT
    kinds = Counter(Event.objects.values_list("type", flat=True))
    assert kinds["error"] > 100
    assert kinds["session"] > 20
    dates = [event.date for event in Event.objects.all()]
    assert (max(dates) - min(dates)).days >= 5


def test_sessions_are_there_ended_and_open_with_their_durations(client: Client) -> None:
    load_sample_data()
    address, query = "/api/v2/projects/537650f3b77efe23a47914f4/events/sessions", {"access_token": MEMBER_KEY}
    rows = client.get(address, query | {"mode": "summary", "limit": "100"}).json()
    ended = [row["data"] for row in rows if "SessionEnd" in row["data"]]
    assert len(ended) >= 15
    assert all(0 < float(data["Value"]) <= 180 * 60 for data in ended)
    assert len(rows) > len(ended)
    starts = Event.objects.filter(type="session")
    assert starts.filter(is_session_open=True).count() >= 3
    assert (
        not Event.objects.filter(session_id__isnull=False)
        .exclude(session_id__in=starts.values("reference_id"))
        .exists()
    )


def test_a_member_sees_every_sample_event(client: Client) -> None:
    load_sample_data()
    for secret, project in (
        (sample_data.MEMBER_KEY, sample_data.PROJECTS[0]),
        (sample_data.MEMBER_KEY, sample_data.PROJECTS[1]),
    ):
        answer = client.get(f"/api/v2/projects/{project.id}/events/count", {"access_token": secret})
        assert answer.json()["total"] == Event.objects.filter(project_id=project.id).count() > 100
