"""How bodies are read: capped before they are parsed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from exceptionless_site.api.errors import Problem
from exceptionless_site.core import json


def read_capped(stream: IO[bytes], limit: int) -> bytes:
    """The whole body, or a 413 problem when it is longer than `limit` bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise Problem(413, "Request body too large.")
    return body


class WireJSONParser(BaseParser):
    """`application/json` and `application/*+json`; an empty body reads as None."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = read_capped(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE).strip()
        if not raw:
            return None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise ParseError("Failed to read the request body as JSON.") from None
