"""The pictures of people: uploading, showing, removing."""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from rest_framework.test import APIClient

from accounts.models import User
from exceptionless_site.core.images import MAXIMUM_SIZE
from tests.conftest import Cast

KINDS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    images = settings.STORAGES["images"]
    settings.STORAGES = settings.STORAGES | {"images": images | {"OPTIONS": images["OPTIONS"] | {"location": tmp_path}}}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, kind, **options)
    return file.getvalue()


def upload(client: APIClient, user: User, content: bytes, name: str = "me.png") -> Any:
    return client.post(f"/api/v2/users/{user.pk}/avatar", {"file": SimpleUploadedFile(name, content)})


def stored_files() -> list[str]:
    storage = storages["images"]
    if not storage.exists("avatars"):
        return []
    folders = storage.listdir("avatars")[0]
    return [name for folder in folders for name in storage.listdir(f"avatars/{folder}")[1]]


@pytest.mark.parametrize("extension", KINDS)
def test_a_picture_is_shown_to_everybody_who_knows_its_address(
    cast: Cast, owner: APIClient, anonymous: APIClient, extension: str
) -> None:
    response = upload(owner, cast.owner, picture(KINDS[extension]), "anything.exe")

    assert response.status_code == 200
    url = response.json()["avatar_url"]
    assert re.fullmatch(rf"/api/v2/users/{cast.owner.pk}/avatar/[0-9a-f]{{32}}\.{extension}", url)
    assert "o_auth_accounts" in response.json()
    shown: Any = anonymous.get(url)
    assert shown.status_code == 200
    assert shown["Content-Type"] == {"jpg": "image/jpeg"}.get(extension, f"image/{extension}")
    assert shown["Cache-Control"] == "public,max-age=31536000"
    assert shown["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(shown.content)) as image:
        assert (image.format, image.size) == (KINDS[extension], (40, 20))
    assert owner.get("/api/v2/users/me").json()["avatar_url"] == url


def test_nothing_but_the_picture_is_kept(cast: Cast, owner: APIClient, anonymous: APIClient) -> None:
    note = PngInfo()
    note.add_text("Comment", "a secret note")
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    contents = [picture(pnginfo=note) + b"<script>a secret tail</script>", picture("JPEG", exif=exif)]

    for content in contents:
        assert b"a secret" in content
        shown: Any = anonymous.get(upload(owner, cast.owner, content).json()["avatar_url"])
        assert b"a secret" not in shown.content


def test_a_large_picture_is_made_smaller(cast: Cast, owner: APIClient, anonymous: APIClient) -> None:
    shown: Any = anonymous.get(upload(owner, cast.owner, picture("JPEG", (2000, 1000))).json()["avatar_url"])

    with Image.open(io.BytesIO(shown.content)) as image:
        assert image.size == (512, 256)


def test_a_new_picture_replaces_the_old_one(
    cast: Cast, owner: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        old = upload(owner, cast.owner, picture()).json()["avatar_url"]
        new = upload(owner, cast.owner, picture()).json()["avatar_url"]

    assert old != new
    assert stored_files() == [new.rpartition("/")[2]]


def test_a_removed_picture_is_gone(cast: Cast, owner: APIClient, django_capture_on_commit_callbacks: Any) -> None:
    url = upload(owner, cast.owner, picture()).json()["avatar_url"]

    with django_capture_on_commit_callbacks(execute=True):
        responses = [owner.delete(f"/api/v2/users/{cast.owner.pk}/avatar") for _ in range(2)]

    assert [response.status_code for response in responses] == [200, 200]
    assert "avatar_url" not in responses[0].json()
    assert stored_files() == []
    gone = owner.get(url)
    assert gone.status_code == 404
    assert gone["Content-Type"] == "application/problem+json"


def test_the_picture_goes_with_its_person(
    cast: Cast, admin: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    loner = User.objects.create_user("loner@example.test", "loner-password", full_name="Loner")
    upload(admin, loner, picture())
    assert stored_files()

    with django_capture_on_commit_callbacks(execute=True):
        assert admin.delete(f"/api/v2/users/{loner.pk}").status_code == 202

    assert stored_files() == []


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims to be that large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Please select an image file."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Please upload a PNG, JPEG, GIF, or WebP image."),
        (b"GIF89a<script>alert(1)</script>", "Please upload a PNG, JPEG, GIF, or WebP image."),
        (b"\x89PNG\r\n\x1a\n", "Please upload a PNG, JPEG, GIF, or WebP image."),
        (picture()[:60], "Please upload a PNG, JPEG, GIF, or WebP image."),
        (picture("BMP"), "Please upload a PNG, JPEG, GIF, or WebP image."),
        (png_of_size(100_000, 100_000), "Please upload a PNG, JPEG, GIF, or WebP image."),
        (b"x" * (MAXIMUM_SIZE + 1), "Image files must be 5 MB or smaller."),
    ],
    ids=["empty", "svg", "script", "head only", "cut", "bmp", "bomb", "too large"],
)
def test_what_is_no_picture_is_a_422(cast: Cast, owner: APIClient, content: bytes, message: str) -> None:
    response = upload(owner, cast.owner, content)

    assert response.status_code == 422
    assert response.json()["errors"] == {"file": [message]}
    assert stored_files() == []


def test_other_bodies_are_a_422(cast: Cast, owner: APIClient) -> None:
    address = f"/api/v2/users/{cast.owner.pk}/avatar"
    responses = [
        owner.post(address, {"other": "x"}),
        owner.post(address, {"file": "text"}),
        owner.post(address, {"file": "x"}, format="json"),
        owner.post(address, b"broken", content_type="multipart/form-data; boundary=x"),
        owner.post(address, b"broken", content_type="multipart/form-data"),
        owner.post(address),
    ]

    assert [response.status_code for response in responses] == [422] * 6


def test_a_body_that_says_it_is_too_large_is_refused_unread(cast: Cast, owner: APIClient) -> None:
    response = upload(owner, cast.owner, b"x" * (MAXIMUM_SIZE + 100_000))

    assert response.status_code == 413


@pytest.mark.parametrize("name", ["x.png", "..%2F..%2Fsecret_key", "a" * 32 + ".svg", "a" * 32 + ".png", "%00.png"])
def test_there_is_nothing_else_to_see(cast: Cast, anonymous: APIClient, name: str) -> None:
    response = anonymous.get(f"/api/v2/users/{cast.owner.pk}/avatar/{name}")

    assert response.status_code == 404


def test_who_may_not_change_a_picture(cast: Cast) -> None:
    callers = (None, cast.key, cast.user_key, cast.mate, cast.stranger)
    address = f"/api/v2/users/{cast.owner.pk}/avatar"

    assert [upload(cast.client(who), cast.owner, b"").status_code for who in callers] == [401, 403, 401, 404, 404]
    assert [cast.client(who).delete(address).status_code for who in callers] == [401, 403, 401, 404, 404]


def test_a_global_admin_may(cast: Cast, admin: APIClient) -> None:
    response = upload(admin, cast.owner, picture())

    assert response.status_code == 200
    assert "o_auth_accounts" not in response.json()
