"""Pictures that people upload: recognised by their first bytes, made anew by Pillow, kept in the storage `images`.

What was hidden in the upload (places, comments, scripts after the end) does not survive the re-encoding.
"""

from __future__ import annotations

import io
import re
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from PIL import Image, ImageOps

STORAGE = "images"
"""The alias in the setting STORAGES."""
MAXIMUM_SIZE = 5 * 1024 * 1024
"""Bytes of an upload."""
LONGEST_SIDE = 512
"""Pixels; larger pictures are made smaller."""
MAXIMUM_PIXELS = 40_000_000
"""A few kilobytes can unpack to gigabytes: what is larger is not unpacked."""
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}

_FIRST_BYTES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG", "png"),
    (re.compile(rb"\xff\xd8\xff"), "JPEG", "jpg"),
    (re.compile(rb"GIF8[79]a"), "GIF", "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP", "webp"),
)
_MODES = {"JPEG": ("RGB", "L"), "GIF": ("P", "L"), "PNG": ("RGBA", "RGB", "L", "P"), "WEBP": ("RGBA", "RGB")}
_FILE_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|gif|webp)")


class ImageError(Exception):
    """The bytes are no picture of the four kinds."""


def store_image(folder: str, content: bytes) -> str:
    """Keep the picture under a new name in the folder; the name. Raises ImageError."""
    encoded, extension = reencoded(content)
    name = f"{secrets.token_hex(16)}.{extension}"
    _storage().save(f"{folder}/{name}", ContentFile(encoded))
    return name


def read_image(folder: str, name: str) -> bytes | None:
    """The stored picture, None when there is none of that name."""
    if not _FILE_NAME.fullmatch(name):
        return None
    try:
        with _storage().open(f"{folder}/{name}", "rb") as file:
            return bytes(file.read())
    except OSError:
        return None


def remove_image(folder: str, name: str) -> None:
    if _FILE_NAME.fullmatch(name):
        _storage().delete(f"{folder}/{name}")


def content_type(name: str) -> str:
    return CONTENT_TYPES[name.rpartition(".")[2]]


def reencoded(content: bytes) -> tuple[bytes, str]:
    """The picture in its own format, and the extension; of a moving one the first frame. Raises ImageError."""
    kind, extension = _kind(content)
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MAXIMUM_PIXELS:
                raise ImageError
            return _encoded(image, kind), extension
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ImageError from error


def _kind(content: bytes) -> tuple[str, str]:
    for pattern, kind, extension in _FIRST_BYTES:
        if pattern.match(content):
            return kind, extension
    raise ImageError


def _encoded(image: Image.Image, kind: str) -> bytes:
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode not in _MODES[kind]:
        upright = upright.convert(_MODES[kind][0])
    # Comments and the like travel along in `info`.
    upright.info = {name: value for name, value in upright.info.items() if name == "transparency"}
    target = io.BytesIO()
    upright.save(target, kind)
    return target.getvalue()


def _storage() -> Storage:
    return storages[STORAGE]
