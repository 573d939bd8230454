"""Browser, device and operating system behind a user agent text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ua_parser import OS, Domain, UserAgent
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

from events.ingest.steps.wildcards import setting_patterns

# Longer texts are not from browsers; the limit bounds the time of a look-up and the memory of the cache.
_LONGEST = 1000


class UserAgentFacts(NamedTuple):
    """What a user agent text tells.

    `data` holds the `@browser…`, `@device` and `@os…` entries of a request; unknown ones are left out.
    """

    data: Mapping[str, str]
    is_spider: bool


def user_agent_facts(text: str) -> UserAgentFacts:
    """Read a user agent text; the first use in a process takes a quarter of a second to prepare."""
    return _facts(text[:_LONGEST])


def is_bot(text: str, bot_patterns: str | None) -> bool:
    """Whether the text names a known spider or matches the project's patterns (`@@UserAgentBotPatterns`)."""
    return _is_bot(text[:_LONGEST], bot_patterns)


@cache
def _resolver() -> Resolver:
    return Resolver(load_lazy_builtins())


@lru_cache(maxsize=8192)
def _facts(text: str) -> UserAgentFacts:
    result = _resolver()(text, Domain.ALL)
    device = result.device.family if result.device else None
    data = _versioned("@browser", result.user_agent)
    if device and device != "Other":
        data["@device"] = device
    data |= _versioned("@os", result.os)
    return UserAgentFacts(MappingProxyType(data), device == "Spider")


@lru_cache(maxsize=8192)
def _is_bot(text: str, bot_patterns: str | None) -> bool:
    return _facts(text).is_spider or setting_patterns(bot_patterns).match(text)


def _versioned(key: str, found: UserAgent | OS | None) -> dict[str, str]:
    if found is None or found.family == "Other":
        return {}
    data = {key: found.family}
    if found.major:
        data[f"{key}_version"] = ".".join(filter(None, (found.major, found.minor, found.patch)))
        data[f"{key}_major_version"] = found.major
    return data
