"""Addresses of generated files: one spelling for each, and the id of its source map."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

LONGEST_URL = 2_000
"""Characters of a normalized address."""

_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?[]"
_NO_HOST = re.compile(r"[\s\x00-\x1f<>\"\\^`{|}%/?#@]")


@lru_cache(maxsize=4096)
def normalize_url(text: str) -> str | None:
    """One spelling of an absolute http(s) address, without its fragment; None for all else and with credentials.

    Scheme and host are in lower case, the default port is left out, `.` and `..` are resolved, characters are
    escaped where they must be and only there. The query is kept.
    """
    if len(text) > LONGEST_URL or "\\" in text.partition("?")[0]:
        return None
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _PORTS or not host or _NO_HOST.search(host) or "@" in parts.netloc:
        return None
    url = urlunsplit((parts.scheme, _authority(parts, host, port), _path(parts.path), _escaped(parts.query), ""))
    return url if len(url) <= LONGEST_URL else None


def _authority(parts: SplitResult, host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None or port == _PORTS[parts.scheme] else f"{name}:{port}"


def _path(path: str) -> str:
    segments: list[str] = []
    *parents, last = quote(_plain_escapes(path), safe=_PATH_SAFE).split("/")[1:] or [""]
    for segment in parents:
        if segment == "..":
            segments = segments[:-1]
        elif segment != ".":
            segments.append(segment)
    if last == "..":
        segments = segments[:-1]
    return "/".join(["", *segments, "" if last in (".", "..") else last])


def _escaped(query: str) -> str:
    return quote(_plain_escapes(query), safe=_QUERY_SAFE)


def _plain_escapes(text: str) -> str:
    """Escapes of plain characters undone, the others in upper case; a stray `%` is escaped."""

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if _UNRESERVED.fullmatch(character) else match[0].upper()

    return _ESCAPE.sub(plain, re.sub("%(?![0-9A-Fa-f]{2})", "%25", text))


@lru_cache(maxsize=4096)
def source_map_id(url: str) -> str:
    """The id of the source map of a normalized address: SHA-256 of its UTF-16, 64 hex digits."""
    return hashlib.sha256(url.encode("utf-16-le", "surrogatepass")).hexdigest()
