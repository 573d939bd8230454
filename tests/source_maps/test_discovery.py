from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from events.source_maps.discovery import Discovered, DiscoveryError, discover
from exceptionless_site.core.http import Answer, Limits, Outbound, OutboundError
from tests.source_maps.generating import source_map

URL = "https://example.test/assets/app.js"
MAP_URL = "https://example.test/assets/app.js.map"
MAP = source_map()


class Site(Outbound):
    """Answers from a table of addresses; one that is not there is a 404."""

    def __init__(self, answers: Mapping[str, bytes | Answer]) -> None:
        object.__setattr__(self, "answers", answers)
        object.__setattr__(self, "asked", [])

    answers: Mapping[str, bytes | Answer]
    asked: list[str]

    def get(self, url: str, *, limits: Limits, headers: Any = None) -> Answer:
        self.asked.append(url)
        assert limits.seconds == 3.0
        assert limits.redirects == 3
        found = self.answers.get(url, Answer(url, 404, {}, b""))
        if isinstance(found, Answer):
            return found
        if len(found) > limits.size:
            raise OutboundError("The answer is too large.")
        return Answer(url, 200, {}, found)


@pytest.mark.parametrize(
    ("script", "headers", "map_url"),
    [
        (b"code()", {}, MAP_URL),
        (b"code()\n//# sourceMappingURL=other.map\n", {}, "https://example.test/assets/other.map"),
        (b"code()\n//@ sourceMappingURL=other.map", {}, "https://example.test/assets/other.map"),
        (b"code() /*# sourceMappingURL=other.map */", {}, "https://example.test/assets/other.map"),
        (b"code();//#\tsourceMappingURL=/m/other.map?v=1", {}, "https://example.test/m/other.map?v=1"),
        (b"//# sourceMappingURL=a.map\n//# sourceMappingURL=b.map", {}, "https://example.test/assets/b.map"),
        (b"//# sourceMappingURL=https://cdn.test/b.map", {}, "https://cdn.test/b.map"),
        (b"x='sourceMappingURL=wrong.map'", {}, MAP_URL),
        (b"//# sourceMappingURL=right.map\nx='sourceMappingURL=wrong'", {}, "https://example.test/assets/right.map"),
        (b"//# sourceMappingURL=\n", {}, MAP_URL),
        (b"//# sourceMappingURL=other.map", {"sourcemap": "head.map"}, "https://example.test/assets/head.map"),
        (b"code()", {"x-sourcemap": "old.map"}, "https://example.test/assets/old.map"),
        (b"code()", {"x-sourcemap": "old.map", "sourcemap": "n.map"}, "https://example.test/assets/n.map"),
    ],
)
def test_the_header_comes_before_the_comment_and_both_before_the_name(
    script: bytes, headers: dict[str, str], map_url: str
) -> None:
    site = Site({URL: Answer(URL, 200, headers, script), map_url: MAP})
    assert discover(URL, site) == Discovered(MAP, map_url, map_url.rpartition("/")[2].partition("?")[0])
    assert site.asked == [URL, map_url]


def test_the_query_stays_behind_the_name() -> None:
    url = f"{URL}?v=7"
    site = Site({url: b"code()", f"{MAP_URL}?v=7": MAP})
    assert discover(url, site).source_map_url == f"{MAP_URL}?v=7"


def test_addresses_are_relative_to_where_the_script_was_found() -> None:
    script = Answer("https://cdn.test/x/app.js", 200, {"sourcemap": "app.map"}, b"")
    site = Site({URL: script, "https://cdn.test/x/app.map": MAP})
    assert discover(URL, site).source_map_url == "https://cdn.test/x/app.map"


@pytest.mark.parametrize(
    "address",
    [
        "data:application/json;base64," + base64.b64encode(MAP).decode(),
        "data:application/json;charset=utf-8;base64," + base64.b64encode(MAP).decode(),
        "DATA:;base64," + base64.b64encode(MAP).decode(),
        "data:application/json," + quote(MAP),
    ],
)
def test_a_script_may_carry_its_map(address: str) -> None:
    site = Site({URL: f"code()\n//# sourceMappingURL={address}\n".encode()})
    assert discover(URL, site) == Discovered(MAP, None, None)
    assert site.asked == [URL]


@pytest.mark.parametrize(
    ("answers", "part"),
    [
        ({}, "status 404"),
        ({URL: b"code()"}, "status 404"),
        ({URL: b"code()", MAP_URL: b"<html>"}, "not valid JSON"),
        ({URL: b"code()", MAP_URL: source_map(version=2)}, "version 3"),
        ({URL: b"code()", MAP_URL: b" " * (20 * 1024 * 1024 + 1)}, "too large"),
        ({URL: b"//# sourceMappingURL=data:application/json;base64,***"}, "not valid JSON"),
        ({URL: b"//# sourceMappingURL=data:application/json;base64,A"}, "cannot be read"),
        ({URL: b"//# sourceMappingURL=data:nothing"}, "cannot be read"),
        ({URL: b"//# sourceMappingURL=data:,{}"}, "version 3"),
        ({URL: b"//# sourceMappingURL=https://[::1/x"}, "not valid"),
        ({URL: b"//# sourceMappingURL=" + b"a" * 3_000}, "too long"),
        ({URL: Answer(URL, 302, {}, b"")}, "status 302"),
    ],
)
def test_what_cannot_be_had_says_why(answers: dict[str, bytes | Answer], part: str) -> None:
    with pytest.raises(DiscoveryError, match=part):
        discover(URL, Site(answers))


def test_a_refused_request_says_why() -> None:
    class Refusing(Site):
        def get(self, url: str, *, limits: Limits, headers: Any = None) -> Answer:
            raise OutboundError("The host is not on the public internet.")

    with pytest.raises(DiscoveryError, match="public internet"):
        discover(URL, Refusing({}))


def test_a_script_of_many_marks_is_searched_quickly() -> None:
    script = b"sourceMappingURL=" * 1_000_000
    with pytest.raises(DiscoveryError, match="404"):
        discover(URL, Site({URL: script}))
