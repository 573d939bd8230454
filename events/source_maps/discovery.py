"""Finding the source map of a generated file on its own server: a header, a comment, or the file's name and `.map`."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from events.source_maps.document import MAXIMUM_SIZE, read_source_map
from events.source_maps.mappings import SourceMapError
from exceptionless_site.core.http import Answer, Limits, Outbound, OutboundError

_SCRIPT = Limits(size=MAXIMUM_SIZE * 2)
"""A script may carry its map inside, in base64."""
_MAP = Limits(size=MAXIMUM_SIZE)
_HEADERS = ("sourcemap", "x-sourcemap")
_COMMENT = re.compile(rb"(?://|/\*)[#@][ \t]*sourceMappingURL=([^\s'\"*]+)")
_MARK = b"sourceMappingURL="
_LONGEST_START = 8
_COMMENTS_TRIED = 10
_LONGEST_URL = 2_000


class DiscoveryError(Exception):
    """There is no source map to be had; the text says why."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """A checked source map; it has no address when the script carries it inside."""

    content: bytes
    source_map_url: str | None
    file_name: str | None


def discover(url: str, outbound: Outbound) -> Discovered:
    """Ask for the script and then for its map. Raises DiscoveryError."""
    try:
        script = outbound.get(url, limits=_SCRIPT)
        if script.status != 200:
            raise DiscoveryError(f"The script answers with status {script.status}.")
        found = _fetch_map(_map_address(script), outbound)
        read_source_map(found.content)
    except (OutboundError, SourceMapError) as error:
        raise DiscoveryError(str(error)) from None
    return found


def _map_address(script: Answer) -> str:
    named = next((script.headers[name] for name in _HEADERS if script.headers.get(name)), None)
    named = named or _comment(script.body)
    if named is None:
        parts = urlsplit(script.url)
        return parts._replace(path=f"{parts.path}.map", fragment="").geturl()
    if named[:5].lower() == "data:":
        return named
    try:
        return urljoin(script.url, named)
    except ValueError:
        raise DiscoveryError("The address of the source map is not valid.") from None


def _comment(script: bytes) -> str | None:
    """The address in the last comment that names one."""
    end = len(script)
    for _ in range(_COMMENTS_TRIED):
        mark = script.rfind(_MARK, 0, end)
        if mark < 0:
            return None
        match = _COMMENT.search(script, max(mark - _LONGEST_START, 0))
        if match and match.start(1) == mark + len(_MARK):
            return match[1].decode("utf-8", "replace")
        end = mark
    return None


def _fetch_map(address: str, outbound: Outbound) -> Discovered:
    if address[:5].lower() == "data:":
        return Discovered(_inline(address), None, None)
    if len(address) > _LONGEST_URL:
        raise DiscoveryError("The address of the source map is too long.")
    answer = outbound.get(address, limits=_MAP)
    if answer.status != 200:
        raise DiscoveryError(f"The source map answers with status {answer.status}.")
    name = urlsplit(answer.url).path.rpartition("/")[2]
    return Discovered(answer.body, answer.url, name or None)


def _inline(address: str) -> bytes:
    head, comma, body = address[5:].partition(",")
    if not comma:
        raise DiscoveryError("The script carries a source map that cannot be read.")
    raw = unquote_to_bytes(body)
    if not head.lower().replace(" ", "").endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise DiscoveryError("The script carries a source map that cannot be read.") from None
