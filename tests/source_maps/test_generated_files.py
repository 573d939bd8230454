from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.source_maps.generated_files import LONGEST_URL, normalize_url, source_map_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.test/app.js", "https://example.test/app.js"),
        ("  https://example.test/app.js ", "https://example.test/app.js"),
        ("HTTPS://Example.TEST/App.js", "https://example.test/App.js"),
        ("http://example.test", "http://example.test/"),
        ("https://example.test:443/a.js", "https://example.test/a.js"),
        ("http://example.test:80/a.js", "http://example.test/a.js"),
        ("https://example.test:80/a.js", "https://example.test:80/a.js"),
        ("http://localhost:3000/a.js", "http://localhost:3000/a.js"),
        ("https://example.test/a.js?v=1&w=%20x", "https://example.test/a.js?v=1&w=%20x"),
        ("https://example.test/a.js#top", "https://example.test/a.js"),
        ("https://example.test/a.js?v=1#top", "https://example.test/a.js?v=1"),
        ("https://example.test/x/../a/./b.js", "https://example.test/a/b.js"),
        ("https://example.test/../../b.js", "https://example.test/b.js"),
        ("https://example.test/a/..", "https://example.test/"),
        ("https://example.test/a//b.js", "https://example.test/a//b.js"),
        ("https://example.test/a b.js", "https://example.test/a%20b.js"),
        ("https://example.test/%7euser/%41.js", "https://example.test/~user/A.js"),
        ("https://example.test/%c3%bc.js", "https://example.test/%C3%BC.js"),
        ("https://example.test/\u00fc.js", "https://example.test/%C3%BC.js"),
        ("https://example.test/100%.js", "https://example.test/100%25.js"),
        ("https://example.test/%2e%2e/a.js", "https://example.test/a.js"),
        ("https://[2001:DB8::1]:8443/a.js", "https://[2001:db8::1]:8443/a.js"),
    ],
)
def test_each_address_has_one_spelling(text: str, expected: str) -> None:
    assert normalize_url(text) == expected
    assert normalize_url(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app.js",
        "/app.js",
        "//example.test/app.js",
        "https:",
        "https://",
        "https:///app.js",
        "ftp://example.test/app.js",
        "file:///app.js",
        "data:text/javascript,1",
        "javascript:alert(1)",
        "webpack:///./src/app.ts",
        "https://user:secret@example.test/app.js",
        "https://user@example.test/app.js",
        "https://@example.test/app.js",
        "https://example.test:99999/app.js",
        "https://example.test:x/app.js",
        "https://exa mple.test/app.js",
        "https://example.test\\@evil.test/app.js",
        "https://[::1/app.js",
        "https://example.test/" + "a" * LONGEST_URL,
        "https://example.test/" + "\u00fc" * 600,
    ],
)
def test_what_is_no_address_of_a_script_is_refused(text: str) -> None:
    assert normalize_url(text) is None


def test_the_id_is_the_hash_of_the_utf_16_text() -> None:
    url = "https://example.test/app.js"
    assert source_map_id(url) == hashlib.sha256(b"".join(bytes([ord(c), 0]) for c in url)).hexdigest()
    assert len(source_map_id(url)) == 64


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["https://example.test/", "http://Example.test:80", "", "https://"]))
def test_a_normalized_address_stays_as_it_is(rest: str, start: str) -> None:
    url = normalize_url(start + rest)
    if url is not None:
        assert normalize_url(url) == url
        assert "#" not in url
        assert " " not in url
