"""How texts become tokens on both sides of a search."""

from __future__ import annotations

import time

import pytest

from events.search import analyzers
from events.search.analyzers import Analysis
from events.search.words import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Invalid hash. Parameter name: hash", "invalid hash parameter name hash"),
        ("Mozilla/5.0 (Mac OS X 10_10_1)", "mozilla 5.0 mac os x 10_10_1"),
        ("exception(s), can't do 1,000;5", "exception s can't do 1,000;5"),
        ("data.customer.plan:Business", "data.customer.plan:business"),
        ("__ a_b _", "a_b"),
        ("foo-bar test@exceptionless.com", "foo bar test exceptionless.com"),
        ("Grüße, l\u2019été e\u0301te", "grüße l\u2019été e\u0301te"),
        ("日本 ひら テキスト", "日 本 ひ ら テキスト"),
        ("हिन्दी", "हिन्दी"),
        ("ΟΔΟΣ", "οδοσ"),
        ("", ""),
    ],
)
def test_words_follow_unicode(text: str, found: str) -> None:
    assert words(text) == found.split()


def test_a_very_long_word_is_cut() -> None:
    assert [len(word) for word in words("x" * 600)] == [255, 255, 90]


@pytest.mark.parametrize(
    ("analysis", "text", "positions"),
    [
        (analyzers.WHITESPACE_LOWER, "Chrome Mobile,X", [["chrome"], ["mobile"], ["x"]]),
        (analyzers.COMMA_WHITESPACE, "192.168.0.243, 172.10.0.30", [["192.168.0.243"], ["172.10.0.30"]]),
        (analyzers.LOWER_KEYWORD, "Blake Niemyjski", [["blake niemyjski"]]),
        (analyzers.PATH, "/apple-touch-icon.png", [["apple"], ["touch"], ["icon"], ["png"]]),
        (analyzers.HOST, "App.exceptionless.com", [["app"], ["exceptionless"], ["com"]]),
        (analyzers.STANDARD_PLUS, "GET /Print", [["get"], ["/print", "print"]]),
        (
            analyzers.STANDARD_PLUS,
            "Some/web/path",
            [["some/web/path", "some", "web", "path", "some/web"]],
        ),
        (analyzers.VERSION, "3.2.1-beta1", [["00003.00002.00001-beta1", "00003", "00003.00002", "00003.00002.00001"]]),
        (analyzers.VERSION, "4.0.1039 6f929bbe18", [["00004.00000.01039", "00004", "00004.00000"], ["6f929bbe18"]]),
        (
            analyzers.TYPE_NAME,
            "System.Web.Get()",
            [["system", "system.web", "system.web.get()", "web", "get", "system.web.get"]],
        ),
        (
            analyzers.EMAIL,
            "Test1@Exceptionless.com",
            [
                ["test1@exceptionless.com", "test1", "exceptionless", "test", "exceptionless.com"],
            ],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Analysis) else None,
)
def test_index_tokens_stand_at_their_positions(analysis: Analysis, text: str, positions: list[list[str]]) -> None:
    assert analysis.index(text) == positions


@pytest.mark.parametrize(
    ("analysis", "text", "tokens"),
    [
        (analyzers.STANDARD_PLUS, "System.Text a,B", ["system.text", "a", "b"]),
        (analyzers.TYPE_NAME, "System.Web.Get()", ["system.web.get()"]),
        (analyzers.EMAIL, "Test@Exceptionless.com", ["test@exceptionless.com"]),
        (analyzers.EMAIL_SIMPLE, "test1@exceptionless.com", ["test", "exceptionless", "com"]),
        (analyzers.VERSION, "0001.0002.0003.0000", ["00001.00002.00003.00000"]),
        (analyzers.VERSION, "1.2", ["00001.00002"]),
        (analyzers.VERSION, "123456.1", ["123456.00001"]),
    ],
    ids=lambda value: value.name if isinstance(value, Analysis) else None,
)
def test_search_tokens_are_one_per_position(analysis: Analysis, text: str, tokens: list[str]) -> None:
    assert analysis.search(text) == tokens


@pytest.mark.parametrize(
    "analysis",
    [analyzers.STANDARD, analyzers.STANDARD_PLUS, analyzers.TYPE_NAME, analyzers.EMAIL, analyzers.VERSION],
    ids=lambda analysis: analysis.name,
)
@pytest.mark.parametrize("piece", [".", "a.", "@", "_", "a'", "é.", "1.", "(", ".("])
def test_hostile_repetition_takes_no_time(analysis: Analysis, piece: str) -> None:
    started = time.perf_counter()
    analysis.index(piece * 10_000)
    assert time.perf_counter() - started < 1
