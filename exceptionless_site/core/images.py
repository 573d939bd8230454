"""Pictures that people upload: looked at, made anew and stored, so that nothing but the picture is kept.

A file is known by its folder and its name, `<32 hex>.<png|jpg|gif|webp>`.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from PIL import Image, ImageOps

STORAGE = "images"
"""The alias in the setting STORAGES."""
MAXIMUM_SIZE = 5 * 1024 * 1024
MAXIMUM_REQUEST_SIZE = MAXIMUM_SIZE + 64 * 1024
MAXIMUM_SIDE = 512
"""Pixels of the stored picture's longer side."""
MAXIMUM_PIXELS = 50_000_000
"""A small file may unpack to a picture of any size."""

_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|gif|webp)")
_FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
_CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)


class ImageError(Exception):
    """The file is no picture of a kind that is taken."""


@dataclass(frozen=True, slots=True)
class Picture:
    extension: str
    content: bytes


def read_picture(content: bytes) -> Picture:
    """The picture without anything else that the file held, in the same format and small. Raises ImageError."""
    found = _format_of(content)
    if found is None:
        raise ImageError
    try:
        return Picture(_FORMATS[found], _encoded(content, found))
    except _BROKEN:
        raise ImageError from None


def _format_of(content: bytes) -> str | None:
    """By the first bytes; what the sender says of the file does not count."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return None


def _encoded(content: bytes, format_: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[format_]) as image:
        if image.width * image.height > MAXIMUM_PIXELS:
            raise ImageError
        # Cameras note how they were held; the note itself is not kept. Of moving pictures the first one stays.
        upright = ImageOps.exif_transpose(image)
        mode = "RGB" if format_ == "JPEG" else "RGBA"
        small = upright.convert(mode)
        small.thumbnail((MAXIMUM_SIDE, MAXIMUM_SIDE))
        written = io.BytesIO()
        small.info = {}
        small.save(written, format_)
        return written.getvalue()


def store_picture(folder: str, picture: Picture) -> str:
    """Keep the picture; its name."""
    name = f"{uuid4().hex}.{picture.extension}"
    _storage().save(f"{folder}/{name}", ContentFile(picture.content))
    return name


def stored_picture(folder: str, name: str) -> tuple[bytes, str] | None:
    """The picture and its content type, if there is one of that name."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        with _storage().open(f"{folder}/{name}", "rb") as file:
            return bytes(file.read()), _CONTENT_TYPES[match.group(1)]
    except OSError:
        return None


def remove_picture(folder: str, name: str) -> None:
    """Nothing happens when it is gone already."""
    if _NAME.fullmatch(name):
        _storage().delete(f"{folder}/{name}")


def _storage() -> Storage:
    return storages[STORAGE]
