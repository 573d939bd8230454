"""Pictures to upload."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (3, 2), **options: Any) -> bytes:
    """A red picture of that many pixels."""
    target = io.BytesIO()
    Image.new("RGB", size, (255, 0, 0)).save(target, kind, **options)
    return target.getvalue()
