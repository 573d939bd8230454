from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organization
from accounts.plans import FREE
from events.api import source_maps as api
from events.models import SourceMap
from events.source_maps import limits
from events.source_maps.generated_files import source_map_id
from events.source_maps.limits import FREE_LIMITS, PAID_LIMITS
from projects.models import Project
from tests.conftest import Cast, make_key
from tests.contract.responses import ContractSiteClient
from tests.source_maps.conftest import URL, files_in, upload
from tests.source_maps.generating import source_map

Store = Callable[..., SourceMap]
CONTRACT = Path(os.environ.get("CONTRACT_DIR", Path(__file__).parents[2].parent / "shared/contract"))


def address(project: Project, map_id: str = "") -> str:
    return f"/api/v2/projects/{project.pk}/source-maps" + (f"/{map_id}" if map_id else "")


def assert_invalid(response: Any, field: str, part: str) -> None:
    assert response.status_code == 422, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    assert part in response.json()["errors"][field][0]
    assert not SourceMap.objects.exists()


def test_an_upload_is_stored_and_answered(cast: Cast, content_directory: Path) -> None:
    response = upload(cast.client(cast.owner), cast.project)
    assert response.status_code == 201
    body = response.json()
    map_id = hashlib.sha256(URL.encode("utf-16-le")).hexdigest()
    assert body.pop("created_utc").endswith("Z")
    assert body == {
        "id": map_id,
        "generated_file_url": URL,
        "file_name": "app.js.map",
        "size": len(source_map()),
        "is_auto_downloaded": False,
    }
    row = SourceMap.objects.get()
    assert (row.organization_id, row.project_id) == (cast.organization.pk, cast.project.pk)
    (name,) = files_in(content_directory)
    assert name == f"{cast.project.pk}/{map_id}-{hashlib.sha256(source_map()).hexdigest()}.map"
    assert (content_directory / name).read_bytes() == source_map()
    assert (content_directory / name).stat().st_mode & 0o077 == 0


def test_the_answer_has_the_members_of_the_contract(cast: Cast) -> None:
    if not CONTRACT.is_dir():
        pytest.skip("the contract folder is not here")
    fields = json.loads((CONTRACT / "fields.json").read_text())["SourceMapArtifact"]
    body = upload(cast.client(cast.owner), cast.project).json()
    assert set(body) <= set(fields)
    assert {name for name, field in fields.items() if field["required"]} <= set(body)


def test_swagger_offers_to_choose_a_file(cast: Cast) -> None:
    schemas = cast.client(None).get("/docs/v2/openapi.json").json()["components"]["schemas"]
    assert schemas["SourceMapUpload"]["properties"]["file"]["format"] == "binary"
    assert schemas["SourceMapArtifact"]["properties"]["size"] == {"type": "integer", "format": "int64"}


def test_the_address_is_normalized(cast: Cast) -> None:
    body = upload(cast.client(cast.owner), cast.project, url="HTTPS://Example.test:443/assets/./app.js#x").json()
    assert body["generated_file_url"] == URL
    assert body["id"] == source_map_id(URL)


@pytest.mark.django_db(transaction=True)
def test_an_upload_takes_the_place_of_the_earlier_one(cast: Cast, content_directory: Path) -> None:
    client = cast.client(cast.owner)
    first = upload(client, cast.project).json()
    other = source_map(file="new")
    second = upload(client, cast.project, other).json()
    assert second["id"] == first["id"]
    assert second["size"] == len(other)
    assert second["created_utc"] > first["created_utc"]
    assert SourceMap.objects.count() == 1
    (name,) = files_in(content_directory)
    assert (content_directory / name).read_bytes() == other


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_keeps_its_file(cast: Cast, content_directory: Path) -> None:
    for _ in range(2):
        assert upload(cast.client(cast.owner), cast.project).status_code == 201
    assert len(files_in(content_directory)) == 1


def test_two_projects_have_a_map_of_the_same_file(cast: Cast, content_directory: Path) -> None:
    assert upload(cast.client(cast.owner), cast.project).status_code == 201
    assert upload(cast.client(cast.stranger), cast.foreign_project).status_code == 201
    assert SourceMap.objects.count() == len(files_in(content_directory)) == 2


def test_the_list_has_all_maps_of_the_project_by_address(cast: Cast, store: Store) -> None:
    store(cast.foreign_project)
    used = store(cast.project, "https://example.test/b.js", last_used_utc="2026-01-02T03:04:05Z")
    store(cast.project, "https://example.test/a.js", source_map_url="https://example.test/m", is_auto_downloaded=True)
    body = cast.client(cast.mate).get(address(cast.project)).json()
    assert [item["generated_file_url"][-4:] for item in body] == ["a.js", "b.js"]
    assert body[0]["is_auto_downloaded"] is True
    assert body[0]["source_map_url"] == "https://example.test/m"
    assert "last_used_utc" not in body[0]
    assert body[1]["last_used_utc"] == "2026-01-02T03:04:05Z"
    assert body[1]["id"] == used.source_map_id


def test_the_list_costs_the_same_however_long(cast: Cast, store: Store, django_assert_num_queries: Any) -> None:
    client = cast.client(cast.owner)
    client.get(address(cast.project))
    for count in (1, 4):
        store(cast.project, f"https://example.test/{count}.js")
        # The token, the memberships, the project, the maps.
        with django_assert_num_queries(4):
            assert client.get(address(cast.project)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_deleted_map_is_gone_with_its_file(cast: Cast, store: Store, content_directory: Path) -> None:
    map_id = store(cast.project).source_map_id
    client = cast.client(cast.owner)
    response = client.delete(address(cast.project, map_id.upper()))
    assert (response.status_code, response.content) == (204, b"")
    assert files_in(content_directory) == []
    assert client.delete(address(cast.project, map_id)).status_code == 404


@pytest.mark.parametrize("map_id", ["x", "0" * 64, "0" * 63, "..", "%2e%2e%2fx"])
def test_unknown_maps_are_not_found(cast: Cast, store: Store, map_id: str) -> None:
    store(cast.project)
    assert cast.client(cast.owner).delete(address(cast.project, map_id)).status_code == 404
    assert SourceMap.objects.count() == 1


def test_a_map_is_deleted_through_its_own_project_only(cast: Cast, store: Store) -> None:
    store(cast.project)
    second = Project.objects.create(organization=cast.organization, name="Second")
    assert cast.client(cast.owner).delete(address(second, source_map_id(URL))).status_code == 404
    assert SourceMap.objects.count() == 1


def test_strangers_find_nothing(cast: Cast, store: Store) -> None:
    store(cast.project)
    client = cast.client(cast.stranger)
    assert client.get(address(cast.project)).status_code == 404
    assert upload(client, cast.project).status_code == 404
    assert client.delete(address(cast.project, source_map_id(URL))).status_code == 404
    assert SourceMap.objects.count() == 1


def test_anonymous_callers_are_refused(cast: Cast) -> None:
    client = cast.client(None)
    assert client.get(address(cast.project)).status_code == 401
    assert upload(client, cast.project).status_code == 401
    assert client.delete(address(cast.project, source_map_id(URL))).status_code == 401


def test_global_admins_reach_all_projects(cast: Cast) -> None:
    client = cast.client(cast.admin)
    assert upload(client, cast.project).status_code == 201
    assert len(client.get(address(cast.project)).json()) == 1


def test_client_keys_are_refused(cast: Cast, store: Store) -> None:
    store(cast.project)
    client = cast.client(cast.key)
    assert client.get(address(cast.project)).status_code == 403
    assert upload(client, cast.project).status_code == 403
    assert client.delete(address(cast.project, source_map_id(URL))).status_code == 403


def test_upload_keys_upload_to_their_own_project_and_nothing_else(cast: Cast) -> None:
    client = cast.client(make_key(cast.project, "source-maps:write"))
    assert upload(client, cast.project).status_code == 201
    second = Project.objects.create(organization=cast.organization, name="Second")
    assert upload(client, second).status_code == 404
    assert upload(client, cast.foreign_project).status_code == 404
    assert client.get(address(cast.project)).status_code == 403
    assert client.delete(address(cast.project, source_map_id(URL))).status_code == 403


def test_user_keys_upload_like_people(cast: Cast) -> None:
    second = Project.objects.create(organization=cast.organization, name="Second")
    assert upload(cast.client(cast.user_key), second).status_code == 201


def test_people_upload_with_the_form_of_the_browsable_api(cast: Cast) -> None:
    browser = ContractSiteClient(enforce_csrf_checks=True)
    browser.force_login(cast.owner)
    page = browser.get(address(cast.project), headers={"Accept": "text/html"})
    assert page.status_code == 200
    parts = {"generated_file_url": URL, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    file = SimpleUploadedFile("app.js.map", source_map())
    response = browser.post(address(cast.project), parts | {"file": file}, headers={"Accept": "text/html"})
    assert response.status_code == 201
    assert SourceMap.objects.get().size == len(source_map())
    assert browser.post(address(cast.project), {"generated_file_url": URL, "file": file}).status_code == 401


def test_a_session_over_the_limit_is_not_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MAXIMUM_REQUEST_SIZE", 100)
    browser = ContractSiteClient(enforce_csrf_checks=True)
    browser.force_login(cast.owner)
    file = SimpleUploadedFile("app.js.map", source_map())
    assert browser.post(address(cast.project), {"generated_file_url": URL, "file": file}).status_code == 413


def test_deleted_projects_are_not_found(cast: Cast) -> None:
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert upload(cast.client(cast.owner), cast.project).status_code == 404


def test_each_missing_part_is_named(cast: Cast) -> None:
    errors = upload(cast.client(cast.owner), cast.project, None, None).json()["errors"]
    assert errors == {
        "file": ["The File field is required."],
        "generated_file_url": ["The GeneratedFileUrl field is required."],
    }
    assert_invalid(upload(cast.client(cast.owner), cast.project, None), "file", "required")
    assert_invalid(upload(cast.client(cast.owner), cast.project, url=" "), "generated_file_url", "required")


@pytest.mark.parametrize("url", ["app.js", "ftp://example.test/a.js", "https://u:p@example.test/a.js", "https://"])
def test_addresses_must_be_absolute_http_addresses(cast: Cast, url: str) -> None:
    assert_invalid(upload(cast.client(cast.owner), cast.project, url=url), "generated_file_url", "absolute")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "not valid JSON"),
        (b"no map", "not valid JSON"),
        (source_map(version=2), "version 3"),
        (source_map(sections=[]), "sections"),
        (source_map(mappings="!"), "base64"),
        (b"[" * 1_000_000, "not valid JSON"),
    ],
)
def test_the_file_must_be_a_source_map(cast: Cast, content: bytes, part: str) -> None:
    assert_invalid(upload(cast.client(cast.owner), cast.project, content), "file", part)


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_other_bodies_than_multipart_are_invalid(cast: Cast, content_type: str) -> None:
    response = cast.client(cast.owner).post(address(cast.project), "{}", content_type=content_type)
    assert_invalid(response, "file", "multipart")


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_that_cannot_be_read_is_invalid(cast: Cast, content_type: str) -> None:
    response = cast.client(cast.owner).post(address(cast.project), "x", content_type=content_type)
    assert_invalid(response, "file", "cannot be read")


def test_a_request_over_the_limit_is_not_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.MAXIMUM_REQUEST_SIZE == 21 * 1024 * 1024
    monkeypatch.setattr(api, "MAXIMUM_REQUEST_SIZE", 100)
    response = upload(cast.client(cast.owner), cast.project)
    assert response.status_code == 413
    assert not SourceMap.objects.exists()


def test_a_map_over_the_limit_is_invalid(cast: Cast) -> None:
    content = source_map(padding="x" * (20 * 1024 * 1024))
    assert_invalid(upload(cast.client(cast.owner), cast.project, content), "file", "20 MiB")


def test_a_large_map_is_accepted(cast: Cast) -> None:
    content = source_map(sourcesContent=["x" * (19 * 1024 * 1024)])
    assert upload(cast.client(cast.owner), cast.project, content).status_code == 201


def test_the_limits_are_those_of_the_contract() -> None:
    assert (PAID_LIMITS.count, PAID_LIMITS.size, PAID_LIMITS.unused_kept.days) == (1000, 2**30, 90)
    assert (FREE_LIMITS.count, FREE_LIMITS.size, FREE_LIMITS.unused_kept.days) == (100, 100 * 2**20, 14)


@pytest.mark.parametrize(("plan", "limit"), [("EX_FREE", 100), ("EX_SMALL", 1000), ("EX_UNLIMITED", 1000)])
def test_a_project_has_a_number_of_maps(cast: Cast, store: Store, plan: str, limit: int) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=plan)
    store(cast.project)
    row = SourceMap.objects.get()
    SourceMap.objects.bulk_create(
        SourceMap(
            organization_id=row.organization_id,
            project_id=row.project_id,
            source_map_id=f"{number:064x}",
            generated_file_url=f"https://example.test/{number}.js",
            content_hash=row.content_hash,
            size=1,
        )
        for number in range(limit - 1)
    )
    client = cast.client(cast.owner)
    response = upload(client, cast.project, url="https://example.test/one-more.js")
    assert response.status_code == 422
    assert f"{limit:,} source maps" in response.json()["errors"]["file"][0]
    assert upload(client, cast.project, source_map(file="again")).status_code == 201
    assert upload(cast.client(cast.stranger), cast.foreign_project).status_code == 201


@pytest.mark.parametrize(("plan", "limit"), [("EX_FREE", 100 * 2**20), ("EX_SMALL", 2**30)])
def test_a_project_has_a_size_of_maps(cast: Cast, store: Store, plan: str, limit: int, content_directory: Path) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(plan_id=plan)
    size = len(source_map())
    store(cast.project, "https://example.test/large.js", size=limit - size)
    client = cast.client(cast.owner)
    assert upload(client, cast.project).status_code == 201
    before = files_in(content_directory)
    response = upload(client, cast.project, source_map(file="a larger one"))
    assert response.status_code == 422
    assert "MiB" in response.json()["errors"]["file"][0]
    assert files_in(content_directory) == before


def test_free_is_a_matter_of_the_plan(cast: Cast) -> None:
    cast.organization.apply_plan(FREE)
    assert limits.limits_of(cast.organization) is FREE_LIMITS
