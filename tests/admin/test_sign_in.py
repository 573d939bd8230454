"""Signing in to the admin, and how often a password may be tried."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.conftest import PASSWORD, Cast

LOGIN = "/admin/login/"


def attempt(email: str, password: str, address: str = "192.0.2.1") -> bool:
    """Whether the attempt let the person in."""
    form = {"username": email, "password": password, "next": "/admin/"}
    return Client().post(LOGIN, form, REMOTE_ADDR=address).status_code == 302


def api_attempt(email: str, password: str, address: str = "192.0.2.1") -> int:
    body = {"email": email, "password": password}
    return Client().post("/api/v2/auth/login", body, "application/json", REMOTE_ADDR=address).status_code


@pytest.mark.parametrize("email", ["admin@example.test", "ADMIN@example.test", " Admin@Example.Test "])
def test_the_address_may_be_written_in_any_case(cast: Cast, email: str) -> None:
    assert attempt(email, PASSWORD)


@pytest.mark.parametrize(("who", "password"), [("admin", "wrong-password"), ("owner", PASSWORD), ("nobody", PASSWORD)])
def test_others_stay_outside(cast: Cast, who: str, password: str) -> None:
    assert not attempt(f"{who}@example.test", password)


def test_an_inactive_admin_stays_outside(cast: Cast) -> None:
    type(cast.admin).objects.filter(pk=cast.admin.pk).update(is_active=False)
    assert not attempt("admin@example.test", PASSWORD)


def test_after_five_attempts_even_the_right_password_is_refused(cast: Cast) -> None:
    for number in range(5):
        assert not attempt("admin@example.test", "wrong-password", f"192.0.2.{number}")
    assert not attempt("ADMIN@example.test", PASSWORD, "192.0.2.99")
    page = Client().post(LOGIN, {"username": "admin@example.test", "password": PASSWORD}).content.decode()
    assert "Too many attempts" in page


def test_success_forgets_the_failures(cast: Cast) -> None:
    for _ in range(2):
        for _ in range(4):
            assert not attempt("admin@example.test", "wrong-password")
        assert attempt("admin@example.test", PASSWORD)


def test_one_place_has_fifteen_attempts_for_all_addresses(cast: Cast) -> None:
    for number in range(15):
        assert not attempt(f"nobody{number}@example.test", "wrong-password")
    assert not attempt("admin@example.test", PASSWORD)
    assert attempt("admin@example.test", PASSWORD, "192.0.2.2")


def test_the_api_and_the_admin_count_together(cast: Cast) -> None:
    for number in range(3):
        assert api_attempt("admin@example.test", "wrong-password", f"192.0.2.{number}") == 401
    for number in range(2):
        assert not attempt("admin@example.test", "wrong-password", f"192.0.3.{number}")
    assert not attempt("admin@example.test", PASSWORD, "192.0.4.1")
    assert api_attempt("admin@example.test", PASSWORD, "192.0.5.1") == 401


def test_an_empty_form_counts_nothing(cast: Cast) -> None:
    for _ in range(20):
        assert not attempt("", "")
    assert attempt("admin@example.test", PASSWORD)


def test_signing_out_asks_for_a_post(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    assert client.get("/admin/logout/").status_code == 405
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302
