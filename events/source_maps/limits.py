"""How many source maps a project may have, how long unused ones are kept, how often others may be asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import Organization
from accounts.plans import FREE

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceMapLimits:
    """`size` is in bytes; the numbers of searches are per quarter hour."""

    count: int
    size: int
    unused_kept: timedelta
    searches_per_file: int
    searches_per_project: int
    searches_per_organization: int


FREE_LIMITS = SourceMapLimits(100, 100 * _MEBIBYTE, timedelta(days=14), 5, 10, 10)
PAID_LIMITS = SourceMapLimits(1_000, 1024 * _MEBIBYTE, timedelta(days=90), 25, 50, 100)

SEARCHES_PER_DESTINATION = 100
SEARCHES_IN_ALL = 1_000


def limits_of(organization: Organization) -> SourceMapLimits:
    return FREE_LIMITS if organization.plan is FREE else PAID_LIMITS
