from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.source_maps import document
from events.source_maps.document import Original, join_source, read_source_map
from events.source_maps.mappings import SourceMapError
from tests.source_maps.generating import source_map


def test_a_position_is_found_with_its_source_and_name() -> None:
    found = read_source_map(source_map())
    assert found.find(0, 12) == Original("src/app.ts", 4, 2, "checkout")
    assert found.find(2, 5) == Original("src/cart.ts", 20, 0, None)
    assert found.find(0, 35) is None
    assert found.size > 0


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + source_map(),
        b")]}'\n" + source_map(),
        b")]}\n" + source_map(),
        source_map(sourcesContent=["a", None], file="app.js", x_google_ignoreList=[0], unknown={"a": [1]}),
        source_map(version=3.0),
        source_map(sourceRoot=None),
    ],
)
def test_harmless_additions_are_accepted(raw: bytes) -> None:
    assert read_source_map(raw).find(0, 0) == Original("src/app.ts", 0, 0, None)


@pytest.mark.parametrize("members", [{"names": None}, {"names": []}])
def test_names_may_be_missing(members: dict[str, Any]) -> None:
    raw = json.dumps({"version": 3, "sources": ["a.ts"], "mappings": "AAAA"} | members).encode()
    assert read_source_map(raw).find(0, 0) == Original("a.ts", 0, 0, None)


@pytest.mark.parametrize(
    ("root", "source", "expected"),
    [
        ("", "app.ts", "app.ts"),
        ("src", "app.ts", "src/app.ts"),
        ("src/", "app.ts", "src/app.ts"),
        ("/", "app.ts", "/app.ts"),
        ("https://example.test/src", "a/app.ts", "https://example.test/src/a/app.ts"),
        ("src", "/app.ts", "/app.ts"),
        ("src", "webpack:///./app.ts", "webpack:///./app.ts"),
        ("src", "../app.ts", "src/../app.ts"),
    ],
)
def test_the_root_stands_before_relative_sources(root: str, source: str, expected: str) -> None:
    assert join_source(root, source) == expected
    found = read_source_map(source_map(sources=[source, "b"], sourceRoot=root))
    assert found.sources[0] == expected


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b")]}'", "not valid JSON"),
        (b"\xff\xfe{}", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"a":' * 100_000, "not valid JSON"),
        (b"NaN", "not valid JSON"),
        (b"[]", "JSON object"),
        (b"null", "JSON object"),
        (b'"text"', "JSON object"),
        (b"{}", "version 3"),
        (source_map(version=2), "version 3"),
        (source_map(version="3"), "version 3"),
        (source_map(version=True), "version 3"),
        (source_map(version=None), "version 3"),
        (source_map(sections=[]), "sections"),
        (source_map(mappings=None), "no mappings"),
        (source_map(mappings=[]), "no mappings"),
        (source_map(mappings="AAAA,,"), "not complete"),
        (source_map(sources=None or [], mappings="AAAA"), "source that it does not have"),
        (b'{"version":3,"mappings":""}', "sources"),
        (b'{"version":3,"mappings":"","sources":null}', "sources"),
        (b'{"version":3,"mappings":"","sources":{}}', "sources"),
        (b'{"version":3,"mappings":"","sources":[null]}', "sources"),
        (b'{"version":3,"mappings":"","sources":[1]}', "sources"),
        (b'{"version":3,"mappings":"","sources":[],"names":"x"}', "names"),
        (b'{"version":3,"mappings":"","sources":[],"names":[{}]}', "names"),
        (b'{"version":3,"mappings":"","sources":[],"sourceRoot":7}', "sourceRoot"),
    ],
)
def test_what_is_no_source_map_is_refused(raw: bytes, part: str) -> None:
    with pytest.raises(SourceMapError, match=part):
        read_source_map(raw)


def test_a_map_of_twenty_mebibytes_is_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = source_map()
    assert document.MAXIMUM_SIZE == 20 * 1024 * 1024
    monkeypatch.setattr(document, "MAXIMUM_SIZE", len(raw))
    assert read_source_map(raw).sources
    with pytest.raises(SourceMapError, match="larger than"):
        read_source_map(raw + b" ")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
members = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just(3) | json_values,
        "mappings": st.text(st.sampled_from("ACDg,;"), max_size=12) | json_values,
        "sources": st.lists(st.text(max_size=3), max_size=2) | json_values,
        "names": st.lists(st.text(max_size=3), max_size=2) | json_values,
        "sourceRoot": st.text(max_size=3) | json_values,
    },
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | members.map(lambda found: json.dumps(found).encode()))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        found = read_source_map(raw)
    except SourceMapError:
        return
    found.find(0, 0)
