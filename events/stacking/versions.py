"""Version numbers as applications write them, read as semantic versions."""

from __future__ import annotations

import re

from semver import Version

ZERO = Version(0)

# Eighteen digits hold dates with times; longer runs are no version number.
_VERSION = re.compile(
    r"[vV]?([0-9]{1,18})(?:\.([0-9]{1,18}))?(?:\.([0-9]{1,18}))?(?:\.([0-9]{1,18}))?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+.*)?"
)


def parse_version(text: str | None) -> Version | None:
    """Read `1`, `v1.2`, `1.2.3-beta`, `1.2.3.4`, `1.2.*` and the like; None when it is no version.

    What follows a space, an asterisk or a plus sign is ignored. The fourth number becomes a
    prerelease, so 1.2.3.4 is `1.2.3-4` and comes before 1.2.3.
    """
    words = (text or "").split(maxsplit=1)
    if not words:
        return None
    match = _VERSION.fullmatch(words[0].partition("*")[0].rstrip("."))
    if match is None:
        return None
    major, minor, patch, revision, prerelease = match.groups()
    extra = [str(int(revision))] if revision else []
    if prerelease:
        extra.append(prerelease)
    return Version(int(major), int(minor or 0), int(patch or 0), ".".join(extra) or None)


def normalize_version(text: str | None) -> str | None:
    """The version as it is stored and shown, such as `1.0.0-0` for `1.0.0.0`; None when it is none."""
    version = parse_version(text)
    return None if version is None else str(version)
