"""Which database is asked."""

from __future__ import annotations

from django.db import connection


def is_postgresql() -> bool:
    """PostgreSQL or anything that speaks like it; else it is SQLite."""
    return connection.vendor == "postgresql"
