"""Addresses of callers."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's IP address; `X-Forwarded-For` counts only when the operator trusts the proxy in front."""
    if settings.TRUST_FORWARDED_HEADERS:
        # Each proxy appends; the last entry is the only one our own proxy vouches for.
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if _is_address(forwarded):
            return str(ipaddress.ip_address(forwarded))
    address = request.META.get("REMOTE_ADDR", "") or "127.0.0.1"
    return "127.0.0.1" if address in ("::1", "unix", "localhost") else address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
