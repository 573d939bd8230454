"""Reading user agents."""

from __future__ import annotations

import pytest

from events.ingest.steps.user_agents import is_bot, user_agent_facts

CHROME = "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/63.0.3239.132 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/12.0 Mobile/15E148 Safari/604.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            CHROME,
            {
                "@browser": "Chrome",
                "@browser_version": "63.0.3239",
                "@browser_major_version": "63",
                "@os": "Windows",
                "@os_version": "7",
                "@os_major_version": "7",
            },
        ),
        (
            IPHONE,
            {
                "@browser": "Mobile Safari",
                "@browser_version": "12.0",
                "@browser_major_version": "12",
                "@device": "iPhone",
                "@os": "iOS",
                "@os_version": "12.0",
                "@os_major_version": "12",
            },
        ),
        ("something unheard of", {}),
        ("", {}),
    ],
)
def test_browser_device_and_system_are_named(text: str, expected: dict[str, str]) -> None:
    assert dict(user_agent_facts(text).data) == expected


@pytest.mark.parametrize(
    ("text", "patterns", "expected"),
    [
        (GOOGLEBOT, None, True),
        (CHROME, None, False),
        (CHROME, "*bot*,*harvester*", False),
        ("my harvester 1.0", "*bot*,*harvester*", True),
        ("My HARVESTER 1.0", "*bot*,*harvester*", True),
        ("my harvester 1.0", None, False),
        ("my harvester 1.0", "harvester", False),
    ],
)
def test_spiders_and_matches_of_the_patterns_are_bots(text: str, patterns: str | None, expected: bool) -> None:
    assert is_bot(text, patterns) is expected


def test_endless_texts_are_read_up_to_a_limit() -> None:
    assert user_agent_facts("x" * 1_000_000) == user_agent_facts("x" * 1000)
    assert is_bot("x" * 1000 + "bot", "*bot*") is False


def test_the_shared_answer_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        user_agent_facts(CHROME).data["@browser"] = "mine"  # type: ignore[index]
