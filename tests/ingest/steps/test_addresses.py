"""IP addresses as clients report them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.steps.addresses import is_local, merge_addresses, public_address, split_addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, []),
        ("", []),
        (" , ", []),
        (" 1.2.3.4 ", ["1.2.3.4"]),
        ("1.2.3.4, 5.6.7.8,1.2.3.4,", ["1.2.3.4", "5.6.7.8"]),
    ],
)
def test_a_list_has_distinct_trimmed_addresses(text: str | None, expected: list[str]) -> None:
    assert split_addresses(text) == expected


@pytest.mark.parametrize(
    ("reported", "submission", "expected"),
    [
        (None, "1.2.3.4", "1.2.3.4"),
        ("", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "1.2.3.4", "127.0.0.1,1.2.3.4"),
        ("127.0.0.1, ::1", "1.2.3.4", "127.0.0.1,::1,1.2.3.4"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("::1", "127.0.0.1", "::1"),
        ("127.0.0.1,5.6.7.8", "1.2.3.4", "127.0.0.1,5.6.7.8"),
        ("5.6.7.8", "1.2.3.4", "5.6.7.8"),
        (" 5.6.7.8 , 5.6.7.8", None, "5.6.7.8"),
        (None, None, None),
        (" ", None, None),
    ],
)
def test_the_submissions_address_joins_when_it_says_more(
    reported: str | None, submission: str | None, expected: str | None
) -> None:
    assert merge_addresses(reported, submission) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("8.8.8.8:443", "8.8.8.8"),
        (" 8.8.8.8 ", "8.8.8.8"),
        ("2001:4860:4860::8888", "2001:4860:4860::8888"),
        ("[2001:4860:4860::8888]", "2001:4860:4860::8888"),
        ("[2001:4860:4860::8888]:443", "2001:4860:4860::8888"),
        ("2001:4860:4860:0:0:0:0:8888", "2001:4860:4860::8888"),
        ("172.10.0.30", "172.10.0.30"),
        ("172.32.0.1", "172.32.0.1"),
        ("203.0.113.7", "203.0.113.7"),
    ],
)
def test_a_public_address_is_found_without_its_port(text: str, expected: str) -> None:
    assert public_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "127.0.0.1",
        "127.0.0.1:80",
        "::1",
        "[::1]:80",
        "::ffff:10.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.243",
        "169.254.1.1",
        "fd00::1",
        "fe80::1",
        "localhost",
        "1.2.3",
        "40,-70",
        ":80",
        "[]:80",
        "9" * 5000,
    ],
)
def test_private_addresses_and_other_texts_are_none(text: str | None) -> None:
    assert public_address(text) is None


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "localhost"])
def test_names_of_this_machine_are_local(text: str) -> None:
    assert is_local(text)
    assert not is_local("8.8.8.8")


@given(st.text(alphabet="0123456789.:[]abcdef, x%", max_size=70))
@settings(max_examples=150)
def test_no_text_makes_an_address_fail(text: str) -> None:
    found = public_address(text)
    assert found is None or public_address(found) == found
    assert (merge_addresses(text, None) or "").split(",")[0] == "".join(split_addresses(text)[:1])
