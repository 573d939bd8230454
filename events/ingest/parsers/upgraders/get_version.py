"""The version of the client that made a payload."""

from __future__ import annotations

import re
from typing import Any

from events.ingest.parsers.upgraders.documents import NO_VERSION, LegacyDocuments, Version

_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,3}")


def upgrade(payload: LegacyDocuments) -> None:
    """Set the version from the first document; one that is missing or unreadable counts as the oldest."""
    info = payload.documents[0].get("ExceptionlessClientInfo")
    payload.version = read_version(info.get("Version")) if isinstance(info, dict) else NO_VERSION


def read_version(value: Any) -> Version:
    """`1.0.0.844-beta` as (1, 0, 0, 844): what follows the first blank, else the first hyphen, does not count."""
    if not isinstance(value, str):
        return NO_VERSION
    text = value.strip().partition(" ")[0] if " " in value.strip() else value.strip().partition("-")[0]
    if _VERSION.fullmatch(text) is None:
        return NO_VERSION
    parts = [int(part) for part in text.split(".")] + [-1, -1]
    return parts[0], parts[1], parts[2], parts[3]
