"""Icons: what may be uploaded, what is kept of it, and who may do it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import Organization
from accounts.services.organizations import delete_organizations
from exceptionless_site.core.images import LONGEST_SIDE, MAXIMUM_SIZE
from tests.conftest import Cast
from tests.pictures import picture


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/api/v2/organizations/{cast.organization.pk}/icon"


def upload(client: APIClient, url: str, content: bytes, name: str = "icon.png") -> Any:
    return client.post(url, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def names(cast: Cast) -> list[str]:
    storage, folder = storages["images"], f"organizations/{cast.organization.pk}"
    return storage.listdir(folder)[1] if storage.exists(folder) else []


@pytest.mark.parametrize(
    ("kind", "extension", "media_type"),
    [
        ("PNG", "png", "image/png"),
        ("JPEG", "jpg", "image/jpeg"),
        ("GIF", "gif", "image/gif"),
        ("WEBP", "webp", "image/webp"),
    ],
)
def test_an_uploaded_icon_is_shown_to_everybody(
    owner: APIClient, anonymous: APIClient, url: str, kind: str, extension: str, media_type: str
) -> None:
    # The name says nothing about what is in the file.
    response = upload(owner, url, picture(kind), "icon.exe")
    assert response.status_code == 200
    address = response.json()["icon_url"]
    assert address.startswith(f"{url}/")
    assert address.endswith(f".{extension}")
    shown = anonymous.get(address)
    assert shown.status_code == 200
    assert shown["Content-Type"] == media_type
    assert shown["Cache-Control"] == "public,max-age=31536000"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(shown.content)).format == kind


def test_nothing_but_the_picture_survives(owner: APIClient, anonymous: APIClient, url: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    content = picture("JPEG", exif=exif, comment=b"secret comment") + b"<script>alert(1)</script>"
    shown = anonymous.get(upload(owner, url, content).json()["icon_url"]).content
    for hidden in (b"taken at home", b"secret comment", b"<script>"):
        assert hidden in content
        assert hidden not in shown


def test_a_large_picture_is_made_smaller(owner: APIClient, anonymous: APIClient, url: str) -> None:
    shown = anonymous.get(upload(owner, url, picture(size=(3000, 1500))).json()["icon_url"])
    assert Image.open(io.BytesIO(shown.content)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Please select an image file."),
        (b"<svg onload='alert(1)'/>", "Please upload a PNG, JPEG, GIF, or WebP image."),
        (b"BM" + bytes(100), "Please upload a PNG, JPEG, GIF, or WebP image."),
        (picture()[:30], "Please upload a PNG, JPEG, GIF, or WebP image."),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "Please upload a PNG, JPEG, GIF, or WebP image."),
        (picture("GIF")[:8], "Please upload a PNG, JPEG, GIF, or WebP image."),
        (picture() + bytes(MAXIMUM_SIZE), "Image files must be 5 MB or smaller."),
    ],
)
def test_what_is_no_picture_is_refused(cast: Cast, owner: APIClient, url: str, content: bytes, message: str) -> None:
    response = upload(owner, url, content)
    assert response.status_code == 422
    assert response.json()["errors"] == {"file": [message]}
    assert names(cast) == []


def test_a_picture_of_too_many_pixels_is_not_unpacked(owner: APIClient, url: str) -> None:
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    assert upload(owner, url, bomb.getvalue()).status_code == 422


def test_a_body_that_is_no_form_is_refused(owner: APIClient, url: str) -> None:
    for content_type in ("application/json", "image/png", "multipart/form-data"):
        response = owner.post(url, b"{}", content_type=content_type)
        assert response.status_code == 422
        assert response.json()["errors"] == {"file": ["Please select an image file."]}


def test_a_request_that_is_far_too_large_is_not_read(owner: APIClient, url: str) -> None:
    assert owner.post(url, CONTENT_LENGTH="6000000", content_type="multipart/form-data").status_code == 413


def test_another_icon_replaces_the_first(
    cast: Cast, owner: APIClient, anonymous: APIClient, url: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = upload(owner, url, picture()).json()["icon_url"]
        second = upload(owner, url, picture()).json()["icon_url"]
    assert first != second
    assert anonymous.get(first).status_code == 404
    assert anonymous.get(second).status_code == 200
    assert len(names(cast)) == 1


def test_an_icon_is_removed(
    cast: Cast, mate: APIClient, anonymous: APIClient, url: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        address = upload(mate, url, picture()).json()["icon_url"]
        assert mate.delete(url).status_code == 200
    assert "icon_url" not in mate.get(f"/api/v2/organizations/{cast.organization.pk}").json()
    missing = anonymous.get(address)
    assert missing.status_code == 404
    assert missing["Cache-Control"] == "public,max-age=31536000"
    assert names(cast) == []
    assert mate.delete(url).status_code == 200


def test_the_icon_goes_with_its_organization(
    cast: Cast, owner: APIClient, anonymous: APIClient, url: str, django_capture_on_commit_callbacks: Any
) -> None:
    address = upload(owner, url, picture()).json()["icon_url"]
    with django_capture_on_commit_callbacks(execute=True):
        delete_organizations(organizations=[Organization.objects.get(pk=cast.organization.pk)], deleted_by=None)
    assert anonymous.get(address).status_code == 404
    assert names(cast) == []


@pytest.mark.parametrize("name", ["..%2Fsecret_key", "x.png", "0" * 32 + ".svg", "%00.png"])
def test_no_other_file_is_shown(anonymous: APIClient, url: str, name: str) -> None:
    assert anonymous.get(f"{url}/{name}").status_code == 404


def test_strangers_and_client_keys_change_no_icon(
    cast: Cast, stranger: APIClient, anonymous: APIClient, url: str
) -> None:
    for client, status in ((stranger, 404), (cast.client(cast.key), 403), (anonymous, 401)):
        assert upload(client, url, picture()).status_code == status
        assert client.delete(url).status_code == status
    assert names(cast) == []
