"""What differs between SQLite and PostgreSQL in Django's DATABASES entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_SQLITE = "django.db.backends.sqlite3"
_POSTGRESQL = "django.db.backends.postgresql"


def from_url(url: str, *, sqlite_path: Path, sqlite_synchronous: str) -> dict[str, Any]:
    """The entry for DATABASE_URL; an empty url means the SQLite file of the data directory."""
    if not url:
        entry: dict[str, Any] = {"ENGINE": _SQLITE, "NAME": str(sqlite_path)}
    else:
        entry = dict(_parsed(url))
    if entry["ENGINE"] == _SQLITE:
        return entry | _sqlite_options(sqlite_synchronous)
    return entry | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def _parsed(url: str) -> dict[str, Any]:
    try:
        entry = dict(dj_database_url.parse(url))
    except Exception:
        # The library's own message may quote the address with its password.
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; it looks like postgres://user@host:5432/name."
        ) from None
    if entry.get("ENGINE") not in (_SQLITE, _POSTGRESQL):
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL or SQLite database.")
    return entry


def _sqlite_options(synchronous: str) -> dict[str, Any]:
    # FULL: a 202 is on disk before the reply. IMMEDIATE: a writer waits at BEGIN instead of failing at its first write.
    pragmas = (
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={synchronous}",
        "PRAGMA cache_size=-65536",
        "PRAGMA mmap_size=268435456",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA journal_size_limit=67108864",
    )
    return {
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": ";".join(pragmas)},
    }
