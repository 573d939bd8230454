"""Tokens: what values become, and that any text survives both databases' syntax."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from events.search.fields import EVENT_FIELDS
from events.search.sql import fts5, tsvector
from events.search.sql.numbers import DIGITS, encode_number, range_prefixes
from events.search.sql.queries import (
    NEVER,
    AllOf,
    AnyOf,
    Has,
    HasPhrase,
    HasPrefix,
    Query,
    Without,
    depth,
    simplified,
    size,
)
from events.search.sql.tokens import CODES, MAX_TOKEN, shortened, value_tokens

A, B, C = Has("a"), Has("b"), Has("c")
numbers = st.floats(allow_nan=False, allow_infinity=False)


def test_every_field_has_a_code_of_its_own() -> None:
    assert CODES.keys() == {field.storage for field in EVENT_FIELDS.fields}
    assert len(set(CODES.values())) == len(CODES)
    # Custom fields begin with an x, and positions of stacked tokens are digits.
    assert all(code.isalpha() and code[0] != "x" for code in CODES.values())


@pytest.mark.parametrize(
    ("storage", "value", "loose", "ordered"),
    [
        ("message", "Row not found", ["m="], ["m=row", "m=not", "m=found"]),
        ("message", "...", ["m="], []),
        ("type", "Error", [], ["t=error"]),
        ("reference", "Ref-1", ["r=Ref-1"], []),
        ("bot", True, ["bt=t"], []),
        ("geo", "40,-70", ["gp="], []),
        ("version", "1.2", ["vn=00001.00002", "vn=00001"], []),
        ("source", "GET /Print", ["s=", "s=get", "s=/print", "s=print", "s0=get", "s1=/print", "s1=print"], []),
        ("user", "ann@x.de", ["u=", "u=ann@x.de", "u=ann", "u=de", "u=x.de"], []),
        ("idx.plan-s", "Pro", ["xplan-s=Pro"], []),
        ("idx.age-n", 1.0, ["xage-n=bff0000000000000"], []),
    ],
)
def test_a_value_becomes_tokens(storage: str, value: object, loose: list[str], ordered: list[str]) -> None:
    found = value_tokens(storage, value)
    assert (found.loose, list(found.ordered)) == (loose, ordered)


def test_long_texts_keep_their_start_and_stay_different() -> None:
    one, other = "x" * 5000 + "a", "x" * 5000 + "b"
    assert len(shortened(one)) <= MAX_TOKEN
    assert shortened(one)[:200] == one[:200]
    assert shortened(one) != shortened(other)


@given(numbers, numbers)
def test_encoded_numbers_sort_like_the_numbers(one: float, other: float) -> None:
    assert (encode_number(one) < encode_number(other)) == (one < other)
    assert (encode_number(one) == encode_number(other)) == (one == other)


@given(st.none() | numbers, st.none() | numbers, st.booleans(), st.booleans(), st.lists(numbers, max_size=5))
@settings(max_examples=200)
def test_the_prefixes_of_a_range_are_those_of_its_numbers(
    lower: float | None, upper: float | None, with_lower: bool, with_upper: bool, others: list[float]
) -> None:
    prefixes = range_prefixes(lower, upper, includes_lower=with_lower, includes_upper=with_upper)
    assert len(prefixes) <= 2 * 15 * DIGITS
    for number in [*others, *(bound for bound in (lower, upper) if bound is not None)]:
        above = lower is None or number > lower or (with_lower and number == lower)
        below = upper is None or number < upper or (with_upper and number == upper)
        text = encode_number(number)
        assert sum(text.startswith(prefix) for prefix in prefixes) == (above and below)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (A, A),
        (AllOf(()), True),
        (NEVER, False),
        (Without(NEVER), True),
        (Without(Without(A)), A),
        (AllOf((A, Without(NEVER))), A),
        (AllOf((A, NEVER)), False),
        (AnyOf((A, NEVER)), A),
        (AnyOf((A, Without(NEVER))), True),
        (AllOf((A, AllOf((B, C)))), AllOf((A, B, C))),
        (AnyOf((A, AnyOf((A, B)))), AnyOf((A, B))),
        (AllOf((A, AnyOf((B, C)))), AllOf((A, AnyOf((B, C))))),
    ],
)
def test_queries_are_simplified(query: Query, expected: Query | bool) -> None:
    assert simplified(query) == expected


@pytest.mark.parametrize(
    ("query", "text", "is_negated"),
    [
        (A, '"a"', False),
        (HasPrefix("a b"), '"a^_b" *', False),
        (HasPhrase(("a", 'b"')), '"a b"""', False),
        (Without(A), '"a"', True),
        (AllOf((A, Without(B))), '("a" NOT "b")', False),
        (AllOf((Without(A), Without(B))), '("a" OR "b")', True),
        (AnyOf((A, B)), '("a" OR "b")', False),
        (AnyOf((A, Without(B))), '("b" NOT "a")', True),
        (AnyOf((Without(A), Without(B))), '("a" AND "b")', True),
        (Without(AnyOf((A, Without(B)))), '("b" NOT "a")', False),
    ],
)
def test_fts5_gets_its_not_in_between(query: Query, text: str, is_negated: bool) -> None:
    assert fts5.render(query) == fts5.Match(text, is_negated)


def test_rows_of_thousands_are_not_thousands_deep() -> None:
    query = AnyOf(tuple(Has(str(number)) for number in range(4000)))
    assert (size(query), depth(query)) == (4000, 2)
    text = tsvector.render(query)
    assert max(text.count("(", 0, at) - text.count(")", 0, at) for at in range(0, len(text), 97)) < 20


# --- In the database ----------------------------------------------------------------------------


def is_found(token: str, query: Query) -> bool:
    """Whether a row with the token, between two others, answers the query, in the database of this run."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            vector = " ".join(f"{tsvector.quoted(text)}:{at}" for at, text in enumerate(("one", token, "two"), 1))
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, tsvector.render(query)])
            return bool(cursor.fetchone()[0])
        cursor.execute(fts5.INSERT, [1, " ".join(("one", fts5.escape(token), "two"))])
        cursor.execute(fts5.IS_THERE, [1, fts5.render(query).text])
        found = cursor.fetchone() is not None
        cursor.execute(fts5.DELETE, [1, " ".join(("one", fts5.escape(token), "two"))])
        return found


SPECIAL = "".join(map(chr, range(1, 0x80))) + "ßİΣς数\u200d\ufeff\U0001f600éa\u0301"


@pytest.mark.django_db
def test_any_text_is_one_token_and_finds_itself_alone() -> None:
    r = random.Random(7)
    for _ in range(300):
        text = "".join(r.choices(SPECIAL, k=r.randrange(1, 12)))
        other = text + r.choice(SPECIAL)
        assert is_found(text, Has(text)), repr(text)
        assert is_found(other, HasPrefix(text)), repr(text)
        assert not is_found(other, Has(text)), repr(text)
        assert not is_found(text, Has(other)), repr(text)
        assert is_found(text, HasPhrase(("one", text, "two"))), repr(text)
        assert not is_found(text, HasPhrase(("one", "two"))), repr(text)
        swapped = text.swapcase()
        assert is_found(text, Has(swapped)) == (text == swapped), repr(text)


@pytest.mark.django_db
@pytest.mark.parametrize("character", list(SPECIAL))
def test_every_character_alone_is_a_token(character: str) -> None:
    assert is_found(character, Has(character))
    assert is_found(character, AllOf((Has(character), HasPrefix(character), Without(Has(character * 2)))))
