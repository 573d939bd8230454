"""`PUT`, `POST` and `DELETE projects/{id}/promotedtabs`."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Project
from tests.conftest import Cast

ADDING = pytest.mark.parametrize("method", ["put", "post"])
ALL = pytest.mark.parametrize("method", ["put", "post", "delete"])


def send(cast: Cast, method: str, name: str | None) -> Any:
    query = "" if name is None else f"?name={name}"
    return getattr(cast.client(cast.owner), method)(f"/api/v2/projects/{cast.project.pk}/promotedtabs{query}")


def tabs(cast: Cast) -> list[str]:
    stored: list[str] = Project.objects.get(pk=cast.project.pk).promoted_tabs
    return stored


@ADDING
def test_a_tab_is_promoted_once_and_keeps_its_place(cast: Cast, method: str) -> None:
    for name in ("%20Order%20", "Cart", "Order"):
        response = send(cast, method, name)
        assert (response.status_code, response.content) == (200, b"")
    assert tabs(cast) == ["Order", "Cart"]


def test_a_tab_is_demoted_and_demoting_again_changes_nothing(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(promoted_tabs=["Order", "Cart"])
    for _ in range(2):
        assert send(cast, "delete", "Order").status_code == 200
        assert tabs(cast) == ["Cart"]


@ALL
@pytest.mark.parametrize("name", [None, "", "%20%20"])
def test_a_blank_name_is_a_400(cast: Cast, method: str, name: str | None) -> None:
    response = send(cast, method, name)
    assert (response.status_code, response.json()["title"]) == (400, "Invalid tab name.")


@ALL
def test_a_foreign_project_is_a_404(cast: Cast, method: str) -> None:
    url = f"/api/v2/projects/{cast.foreign_project.pk}/promotedtabs?name=Order"
    response = getattr(cast.client(cast.owner), method)(url)
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")


@ADDING
@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", "", 200),
        ("application/json; charset=utf-8", "{}", 200),
        ("application/problem+json", "{}", 200),
        ("application/json", "not read", 200),
        ("text/plain", "", 200),
        ("text/plain", "x", 415),
        ("application/x-www-form-urlencoded", "name=x", 415),
    ],
)
def test_only_a_body_that_is_no_json_is_refused(
    cast: Cast, method: str, content_type: str, body: str, status: int
) -> None:
    url = f"/api/v2/projects/{cast.project.pk}/promotedtabs?name=Order"
    response = cast.client(cast.owner).generic(method.upper(), url, body, content_type=content_type)
    assert response.status_code == status
