"""GET auth/check-email-address/{email}."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from rest_framework.test import APIClient

from tests.conftest import Cast

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def check(client: APIClient, email: str) -> int:
    response = client.get(f"/api/v2/auth/check-email-address/{email}")
    assert response.content == b""
    return response.status_code


def test_a_taken_address_is_a_201_and_a_free_one_a_204(cast: Cast, anonymous: APIClient) -> None:
    assert check(anonymous, "owner@example.test") == 201
    assert check(anonymous, "OWNER@example.test") == 201
    assert check(anonymous, "ada@example.test") == 204


def test_after_three_questions_of_an_hour_every_address_looks_free(cast: Cast, anonymous: APIClient) -> None:
    with time_machine.travel(NOON):
        statuses = [check(anonymous, "owner@example.test") for _ in range(5)]
    with time_machine.travel(NOON + timedelta(hours=1)):
        later = check(anonymous, "owner@example.test")

    assert statuses == [201, 201, 201, 204, 204]
    assert later == 201


def test_ones_own_address_is_always_taken_and_costs_no_question(cast: Cast, owner: APIClient) -> None:
    assert [check(owner, "Owner@example.test") for _ in range(5)] == [201] * 5
    assert check(owner, "mate@example.test") == 201


def test_blank_and_broken_addresses_are_free(cast: Cast, anonymous: APIClient) -> None:
    assert check(anonymous, "%20") == 204
    assert check(anonymous, "a%00b@example.test") == 204
