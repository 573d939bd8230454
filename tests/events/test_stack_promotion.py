"""POST stacks/{id}/promote."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization
from events.models import Stack
from events.services import stacks as services
from tests.conftest import Cast
from tests.events.stack_rows import make_stack


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def targets(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[Stack], int]]:
    found: list[Callable[[Stack], int]] = []
    monkeypatch.setattr(services, "on_promote", found)
    return found


def test_without_a_hook_501(cast: Cast, owner: APIClient, targets: list[Callable[[Stack], int]]) -> None:
    targets.append(lambda stack: 0)
    response = owner.post(f"/api/v2/stacks/{make_stack(cast.project).pk}/promote")
    assert response.status_code == response.json()["status"] == 501
    assert response.json()["title"].startswith("No promoted web hooks are configured for this project.")


def test_on_a_free_plan_426(cast: Cast, owner: APIClient, targets: list[Callable[[Stack], int]]) -> None:
    targets.append(lambda stack: 1)
    Organization.objects.filter(pk=cast.organization.pk).update(has_premium_features=False)
    response = owner.post(f"/api/v2/stacks/{make_stack(cast.project).pk}/promote")
    assert response.status_code == 426
    assert response.json()["title"].startswith("Promote to External is a premium feature")


def test_an_unknown_stack_404(owner: APIClient) -> None:
    assert owner.post(f"/api/v2/stacks/{'0' * 24}/promote").status_code == 404


def test_each_hook_gets_the_stack(cast: Cast, owner: APIClient, targets: list[Callable[[Stack], int]]) -> None:
    sent: list[str] = []

    def send(stack: Stack) -> int:
        sent.append(stack.pk)
        return 1

    targets += [lambda stack: 0, send]
    stack = make_stack(cast.project)
    response = owner.post(f"/api/v2/stacks/{stack.pk}/promote")
    assert (response.status_code, response.content, sent) == (200, b"", [stack.pk])
