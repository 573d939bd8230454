"""GET stacks/{id}."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Stack
from exceptionless_site.core import json
from tests.conftest import Cast
from tests.events.stack_rows import make_stack

MOMENT = datetime(2026, 1, 15, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


def decided(cast: Cast) -> Stack:
    return make_stack(
        cast.project,
        type="error",
        status="fixed",
        snooze_until_utc=MOMENT,
        signature_info={"ExceptionType": "System.Exception"},
        fixed_in_version="1.2.3",
        date_fixed=MOMENT,
        title='It\'s <broken> & "bad"',
        description="Look at the log.",
        total_occurrences=7,
        first_occurrence=MOMENT,
        last_occurrence=MOMENT,
        occurrences_are_critical=True,
        references=["https://tracker.example/1"],
        tags=["b", "A"],
        created_utc=MOMENT,
        updated_utc=MOMENT,
    )


def test_a_stack_reads_with_all_its_members(cast: Cast, owner: APIClient) -> None:
    stack = decided(cast)
    text = "2026-01-15T12:30:15.123456Z"
    assert owner.get(f"/api/v2/stacks/{stack.pk}").json() == {
        "id": stack.pk,
        "organization_id": cast.organization.pk,
        "project_id": cast.project.pk,
        "type": "error",
        "status": "fixed",
        "snooze_until_utc": text,
        "signature_hash": stack.signature_hash,
        "signature_info": {"ExceptionType": "System.Exception"},
        "fixed_in_version": "1.2.3",
        "date_fixed": text,
        "title": 'It\'s <broken> & "bad"',
        "total_occurrences": 7,
        "first_occurrence": text,
        "last_occurrence": text,
        "description": "Look at the log.",
        "occurrences_are_critical": True,
        "references": ["https://tracker.example/1"],
        "tags": ["b", "A"],
        "duplicate_signature": f"{cast.project.pk}:{stack.signature_hash}",
        "created_utc": text,
        "updated_utc": text,
        "is_deleted": False,
        "allow_notifications": False,
    }


def test_the_members_are_those_of_the_contract(cast: Cast, owner: APIClient) -> None:
    folder = Path(os.environ.get("CONTRACT_DIR") or Path(__file__).parents[2].parent / "shared/contract")
    path = folder / "fields.json"
    if not path.exists():
        pytest.skip("the contract folder is not here")
    fields: dict[str, Any] = json.loads(path.read_bytes())["Stack"]
    assert set(owner.get(f"/api/v2/stacks/{decided(cast).pk}").json()) == set(fields)
    plain = set(owner.get(f"/api/v2/stacks/{make_stack(cast.project).pk}").json())
    assert plain == {name for name, field in fields.items() if field["required"]}


def test_what_is_unset_is_absent_and_empty_lists_stay(cast: Cast, owner: APIClient) -> None:
    body = owner.get(f"/api/v2/stacks/{make_stack(cast.project).pk}").json()
    assert body["references"] == body["tags"] == []
    assert not {"fixed_in_version", "description", "date_fixed", "snooze_until_utc"} & set(body)
    assert body["allow_notifications"] is True


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ("60m", "2026-01-15T13:30:15.123456Z"),
        ("-5h", "2026-01-15T07:30:15.123456Z"),
        ("nonsense", "2026-01-15T12:30:15.123456Z"),
        ("", "2026-01-15T12:30:15.123456Z"),
    ],
)
def test_an_offset_moves_the_dates_of_occurrences_and_of_the_fix(
    cast: Cast, owner: APIClient, offset: str, expected: str
) -> None:
    body = owner.get(f"/api/v2/stacks/{decided(cast).pk}", {"offset": offset}).json()
    assert [body[name] for name in ("date_fixed", "first_occurrence", "last_occurrence")] == [expected] * 3
    assert body["created_utc"] == body["snooze_until_utc"] == "2026-01-15T12:30:15.123456Z"


def test_an_offset_beyond_the_calendar_moves_nothing(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project, first_occurrence=datetime(1, 1, 1, tzinfo=UTC), last_occurrence=MOMENT)
    body = owner.get(f"/api/v2/stacks/{stack.pk}", {"offset": "-1h"}).json()
    assert body["first_occurrence"] == "0001-01-01T00:00:00Z"
    assert body["last_occurrence"] == "2026-01-15T11:30:15.123456Z"


def test_a_stack_made_by_an_event_reads_so(cast: Cast, owner: APIClient, post: Callable[..., None]) -> None:
    post({"type": "log", "source": "shop", "message": "hi", "tags": ["x"]})
    body = owner.get(f"/api/v2/stacks/{Stack.objects.get().pk}").json()
    assert (body["title"], body["status"], body["total_occurrences"], body["tags"]) == ("shop", "open", 1, ["x"])
    assert body["signature_info"] == {"Type": "log", "Source": "shop"}


@pytest.mark.parametrize("id_", ["0" * 24, "nope", "0" * 40])
def test_an_unknown_stack_is_a_404(owner: APIClient, id_: str) -> None:
    assert owner.get(f"/api/v2/stacks/{id_}").status_code == 404


def test_a_deleted_stack_is_a_404(cast: Cast, owner: APIClient) -> None:
    response = owner.get(f"/api/v2/stacks/{make_stack(cast.project, is_deleted=True).pk}")
    assert (response.status_code, response.json()["title"]) == (404, "Stack not found.")


def test_a_stack_of_a_deleted_project_is_a_404(cast: Cast, owner: APIClient) -> None:
    stack = make_stack(cast.project)
    type(cast.project).objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert owner.get(f"/api/v2/stacks/{stack.pk}").status_code == 404


def test_reading_one_takes_three_statements(cast: Cast, owner: APIClient, django_assert_num_queries: Any) -> None:
    stack = make_stack(cast.project)
    # token with user, organizations of the user, stack
    with django_assert_num_queries(3):
        owner.get(f"/api/v2/stacks/{stack.pk}")
