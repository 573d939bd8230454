"""Payloads of the first API, brought to the present shape step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from events.ingest.parsers.upgraders import get_version, v1_r500, v1_r844, v1_r850, v2
from events.ingest.parsers.upgraders.documents import Document, LegacyDocuments, Version
from events.ingest.parsers.values import normalize_value

# An inner error ends up in `data`, in `@error`.
_ROOT_MEMBER_LEVEL = 4

_LEGACY_NAMES = frozenset(
    {
        "Id",
        "OrganizationId",
        "ProjectId",
        "ErrorStackId",
        "OccurrenceDate",
        "ExceptionlessClientInfo",
        "Tags",
        "RequestInfo",
        "EnvironmentInfo",
        "ExtendedData",
        "Code",
        "Type",
        "Message",
        "Inner",
        "StackTrace",
        "TargetMethod",
        "Modules",
        "UserEmail",
        "UserDescription",
        "UserName",
    }
)


class Upgrader(NamedTuple):
    """A step of the upgrade, for payloads of clients up to a version; None stands for all."""

    up_to: Version | None
    upgrade: Callable[[LegacyDocuments], None]


UPGRADERS = (
    Upgrader(None, get_version.upgrade),
    Upgrader((1, 0, 0, 500), v1_r500.upgrade),
    Upgrader((1, 0, 0, 844), v1_r844.upgrade),
    Upgrader((1, 0, 0, 850), v1_r850.upgrade),
    Upgrader((2, 0, -1, -1), v2.upgrade),
)


def upgrade_documents(documents: list[Any]) -> list[Any]:
    """The items of a payload, those of the first API upgraded in place.

    Documents without any member of the old error model are of the present shape already and stay as they are.
    """
    legacy = [document for document in documents if is_legacy(document)]
    if legacy:
        for document in legacy:
            _limit_depth(document)
        payload = LegacyDocuments(legacy)
        for upgrader in UPGRADERS:
            if upgrader.up_to is None or payload.version <= upgrader.up_to:
                upgrader.upgrade(payload)
    return documents


def is_legacy(document: Any) -> bool:
    """Whether an item is an object with a member of the old error model (names are case-sensitive here)."""
    return isinstance(document, dict) and not _LEGACY_NAMES.isdisjoint(document)


def _limit_depth(document: Document) -> None:
    # The upgraders walk documents recursively.
    for name, value in document.items():
        if isinstance(value, (dict, list)):
            document[name] = normalize_value(value, _ROOT_MEMBER_LEVEL)
