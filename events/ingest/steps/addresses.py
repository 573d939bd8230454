"""IP addresses as clients report them: lists in one text, with ports, some of them private."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

LOCALHOST = "127.0.0.1"
_LOCAL_NAMES = frozenset({LOCALHOST, "::1", "localhost"})
_PRIVATE_NETWORKS = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/127",
        "fc00::/7",
        "fe80::/10",
    )
)
_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](?::\d+)?|(?P<v4>[^:]*):\d+")
_LONGEST = 60


def is_local(address: str) -> bool:
    """Whether the text names this machine."""
    return address in _LOCAL_NAMES


def split_addresses(text: str | None) -> list[str]:
    """The distinct, trimmed addresses of a comma list, in their order."""
    if not text:
        return []
    if "," not in text:
        only = text.strip()
        return [only] if only else []
    return list(dict.fromkeys(part for item in text.split(",") if (part := item.strip())))


def merge_addresses(reported: str | None, submission: str | None) -> str | None:
    """The reported comma list, tidied; the submission's address joins where the list says nothing better.

    That is when the list is empty, or names only this machine while the submission came from another.
    """
    addresses = split_addresses(reported)
    if submission and _adds_knowledge(addresses, submission):
        addresses.append(submission)
    return ",".join(addresses) or None


def _adds_knowledge(addresses: list[str], submission: str) -> bool:
    return not addresses or (not is_local(submission) and all(map(is_local, addresses)))


def public_address(text: str | None) -> str | None:
    """The address without its port; None when it is private, local or no address at all."""
    return _public_address(text) if text and len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _public_address(text: str) -> str | None:
    match = _PORT.fullmatch(text.strip())
    host = (match["v6"] or match["v4"] or "") if match else text.strip()
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return None if _is_private(address) else str(address)


def _is_private(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in _PRIVATE_NETWORKS)
