"""The whole server in figures, for its admins."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet

from accounts.models import Organization, User
from events.models import Event, Stack
from projects.models import Project

NO_SECRETS = (
    "BASE_URL",
    "MAXIMUM_EVENT_POST_SIZE",
    "MAXIMUM_RETENTION_DAYS",
    "API_THROTTLE_LIMIT",
    "BOT_THROTTLE_LIMIT",
    "EVENT_SUBMISSION_DISABLED",
    "ENABLE_ACCOUNT_CREATION",
    "SOURCE_MAP_DISCOVERY",
    "TRUST_FORWARDED_HEADERS",
)


def countable() -> dict[str, QuerySet[Any]]:
    """What the server holds, by the names of the wire."""
    return {
        "organizations": Organization.objects.alive(),
        "users": User.objects.all(),
        "projects": Project.objects.filter(is_deleted=False, organization__is_deleted=False),
        "stacks": Stack.objects.filter(is_deleted=False),
        "events": Event.objects.all(),
    }


def shown_settings() -> dict[str, Any]:
    """The settings that hold no secret, by their names in lower case."""
    shown = {name.lower(): getattr(settings, name) for name in NO_SECRETS}
    return shown | {
        "app_mode": "Development" if settings.DEMO else "Production",
        "version": settings.VERSION,
        "database": connection.vendor,
        "has_geoip_database": settings.GEOIP_DATABASE is not None,
    }


def installed_packages() -> list[dict[str, str]]:
    """Name and version of everything that is installed beside the server."""
    found = {item.metadata["Name"]: item.version for item in importlib.metadata.distributions()}
    return [{"name": name, "version": version} for name, version in sorted(found.items(), key=_name)]


def _name(item: tuple[str, str]) -> str:
    return item[0].lower()


def applied_migrations() -> list[dict[str, Any]]:
    """In the order in which they ran; `version` counts them from 1."""
    rows = MigrationRecorder(connection).migration_qs.order_by("id").values_list("app", "name", "applied")
    return [
        {"id": f"{app}.{name}", "version": version, "completed_utc": applied}
        for version, (app, name, applied) in enumerate(rows, 1)
    ]


def database_size() -> int:
    """Bytes on disk, without the write-ahead log."""
    if connection.vendor == "postgresql":
        return int(_scalar("SELECT pg_database_size(current_database())"))
    return int(_scalar("PRAGMA page_count")) * int(_scalar("PRAGMA page_size"))


def _scalar(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
