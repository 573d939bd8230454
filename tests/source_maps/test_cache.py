from __future__ import annotations

import pytest

from events.source_maps.cache import DocumentCache, RecentlySeen
from events.source_maps.document import read_source_map
from tests.source_maps.generating import source_map

SIZE = read_source_map(source_map()).size


def unexpected() -> bytes:
    raise AssertionError("it was read again")


def test_a_document_is_decoded_once() -> None:
    cache = DocumentCache()
    first = cache.get("a", source_map)
    assert first is not None
    assert cache.get("a", unexpected) is first


def test_the_least_used_documents_go_first() -> None:
    cache = DocumentCache(memory=SIZE * 2)
    for key in ("a", "b"):
        cache.get(key, source_map)
    cache.get("a", unexpected)
    cache.get("c", source_map)
    assert [key in cache for key in "abc"] == [True, False, True]


def test_a_document_larger_than_the_cache_is_kept_until_the_next() -> None:
    cache = DocumentCache(memory=1)
    cache.get("a", source_map)
    assert cache.get("a", unexpected)
    cache.get("b", source_map)
    assert "a" not in cache


def test_what_cannot_be_decoded_is_not_tried_again() -> None:
    cache = DocumentCache()
    assert cache.get("a", lambda: b"{") is None
    assert cache.get("a", unexpected) is None


def test_what_cannot_be_read_is_tried_again() -> None:
    cache = DocumentCache()

    def missing() -> bytes:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        cache.get("a", missing)
    assert cache.get("a", source_map) is not None


def test_keys_are_forgotten_after_their_time_and_the_oldest_when_there_are_too_many() -> None:
    now = [0.0]
    seen = RecentlySeen(10, most=2, clock=lambda: now[0])
    seen.add("a")
    now[0] = 9.0
    assert "a" in seen
    seen.add("b")
    now[0] = 10.0
    assert ("a" in seen, "b" in seen) == (False, True)
    seen.add("c")
    seen.add("d")
    assert ("b" in seen, "c" in seen, "d" in seen) == (False, True, True)
