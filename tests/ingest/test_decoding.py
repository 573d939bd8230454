"""From payload bytes to text: encodings, limits, character sets."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.decoding import PayloadError, PayloadTooLarge, decode_payload

TEXT = '{"message":"größer 😀"}'
RAW = TEXT.encode()


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize("encoding", [None, "", "  ", "identity", "Identity", "identity, "])
def test_a_payload_without_encoding_is_taken_as_it_is(encoding: str | None) -> None:
    assert decode_payload(RAW, content_encoding=encoding) == TEXT


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(RAW, mtime=0)),
        ("GZIP", gzip.compress(RAW, mtime=0)),
        (" x-gzip ", gzip.compress(RAW, mtime=0)),
        ("identity, gzip", gzip.compress(RAW, mtime=0)),
        ("deflate", raw_deflate(RAW)),
        ("deflate", zlib.compress(RAW)),
        ("Deflate", zlib.compress(RAW, 9)),
    ],
)
def test_compressed_payloads_are_unpacked(encoding: str, body: bytes) -> None:
    assert decode_payload(body, content_encoding=encoding) == TEXT


def test_all_members_of_a_gzip_stream_are_read() -> None:
    body = b"".join(gzip.compress(part, mtime=0) for part in (b"one ", b"", b"two ", b"three"))

    assert decode_payload(body, content_encoding="gzip") == "one two three"


@pytest.mark.parametrize("padding", [b"\0", b"\0" * 600, b"junk"])
def test_what_follows_the_last_gzip_member_is_ignored(padding: bytes) -> None:
    assert decode_payload(gzip.compress(RAW, mtime=0) + padding, content_encoding="gzip") == TEXT


@pytest.mark.parametrize("size", [16_383, 16_384, 16_385, 70_000])
def test_members_may_end_anywhere_in_the_stream(size: int) -> None:
    first = gzip.compress(b"a" * size, compresslevel=0, mtime=0)

    assert decode_payload(first + gzip.compress(b"b", mtime=0), content_encoding="gzip") == "a" * size + "b"


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "utf-8"])
def test_other_encodings_are_refused_by_name(encoding: str) -> None:
    with pytest.raises(PayloadError, match="unsupported content encoding") as caught:
        decode_payload(RAW, content_encoding=encoding)
    assert not isinstance(caught.value, PayloadTooLarge)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_truncated_stream_is_an_error(encoding: str) -> None:
    body = (gzip.compress(RAW * 9, mtime=0) if encoding == "gzip" else raw_deflate(RAW * 9))[:-9]

    with pytest.raises(PayloadError) as caught:
        decode_payload(body, content_encoding=encoding)
    assert caught.value.reason == "the compressed data ends too early"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", RAW),
        ("gzip", b""),
        ("deflate", b""),
        ("deflate", b"\xff\xff\xff"),
        ("gzip", gzip.compress(RAW, mtime=0)[:-8] + b"\0" * 8),
        ("gzip", gzip.compress(RAW, mtime=0) + gzip.compress(RAW, mtime=0)[:5]),
    ],
)
def test_damaged_streams_are_errors(encoding: str, body: bytes) -> None:
    with pytest.raises(PayloadError):
        decode_payload(body, content_encoding=encoding)


@pytest.mark.parametrize(("size", "is_kept"), [(200_000, True), (200_001, False)])
def test_a_plain_payload_is_limited_by_its_size(size: int, is_kept: bool) -> None:
    if is_kept:
        assert len(decode_payload(b"x" * size)) == size
    else:
        with pytest.raises(PayloadTooLarge, match="larger than 200000 bytes"):
            decode_payload(b"x" * size)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize(("size", "is_kept"), [(2_000_000, True), (2_000_001, False)])
def test_a_compressed_payload_is_limited_by_what_it_unpacks_to(encoding: str, size: int, is_kept: bool) -> None:
    body = gzip.compress(b"x" * size, mtime=0) if encoding == "gzip" else zlib.compress(b"x" * size)
    if is_kept:
        assert len(decode_payload(body, content_encoding=encoding)) == size
    else:
        with pytest.raises(PayloadTooLarge, match="after decompression"):
            decode_payload(body, content_encoding=encoding)


def test_the_limits_are_parameters() -> None:
    assert decode_payload(b"1234", max_size=4) == "1234"
    with pytest.raises(PayloadTooLarge):
        decode_payload(b"12345", max_size=4)
    with pytest.raises(PayloadTooLarge):
        decode_payload(gzip.compress(b"123", mtime=0) * 2, content_encoding="gzip", max_decompressed_size=5)


def test_a_bomb_is_not_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000, mtime=0)
    tracemalloc.start()
    try:
        with pytest.raises(PayloadTooLarge):
            decode_payload(bomb, content_encoding="gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def test_thousands_of_empty_members_cost_little() -> None:
    started = time.perf_counter()

    assert decode_payload(gzip.compress(b"", mtime=0) * 10_000, content_encoding="gzip") == ""
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        (None, RAW),
        ("", RAW),
        ("utf-8", RAW),
        ("UTF8", RAW),
        ('"utf-8"', RAW),
        ("us-ascii", RAW),
        ("utf-16", TEXT.encode("utf-16-le")),
        ("utf-16", TEXT.encode("utf-16")),
        ("utf-16", b"\xfe\xff" + TEXT.encode("utf-16-be")),
        ("UTF-16BE", TEXT.encode("utf-16-be")),
        ("utf-32", TEXT.encode("utf-32")),
        ("gb18030", TEXT.encode("gb18030")),
    ],
)
def test_the_charset_decides_how_bytes_are_read(charset: str | None, body: bytes) -> None:
    assert decode_payload(body, charset=charset) == TEXT


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("iso-8859-1", "latin-1"),
        ("ISO_8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("macintosh", "mac-roman"),
        ("iso-8859-15", "iso-8859-15"),
    ],
)
def test_single_byte_charsets_are_read(charset: str, codec: str) -> None:
    assert decode_payload("größer".encode(codec), charset=charset) == "größer"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("charset", [None, "utf-8", "utf-16be", "iso-8859-1"])
def test_a_byte_order_mark_is_removed_and_overrules_the_charset(codec: str, charset: str | None) -> None:
    assert decode_payload(TEXT.encode(codec), charset=charset) == TEXT


def test_invalid_utf8_is_replaced_rather_than_lost() -> None:
    assert decode_payload(b'{"message":"caf\xe9 ol\xe9"}') == '{"message":"caf\ufffd ol\ufffd"}'


@pytest.mark.parametrize(
    "charset",
    ["klingon", "base64", "rot13", "idna", "punycode", "unicode_escape", "undefined", "utf-7", "a\0b", "ü", "x" * 999],
)
def test_unknown_charsets_are_errors(charset: str) -> None:
    with pytest.raises(PayloadError, match="unknown character set"):
        decode_payload(RAW, charset=charset)


@pytest.mark.parametrize(
    ("charset", "body"), [("utf-16", b"odd"), ("shift_jis", b"\xff\xff"), ("euc-jp", b"\xff"), ("utf-32", b"\xff" * 8)]
)
def test_text_that_does_not_fit_its_charset_is_an_error(charset: str, body: bytes) -> None:
    with pytest.raises(PayloadError, match="the text is not valid"):
        decode_payload(body, charset=charset)


def test_a_reason_does_not_quote_the_payload() -> None:
    with pytest.raises(PayloadError) as caught:
        decode_payload(b"secret!", charset="utf-16")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


ENCODINGS = st.sampled_from([None, "gzip", "deflate", "identity", "br"])


@settings(max_examples=200)
@given(
    body=st.one_of(st.binary(max_size=300), st.binary(max_size=99).map(gzip.compress), st.binary().map(zlib.compress)),
    encoding=ENCODINGS | st.text(max_size=20),
    charset=st.sampled_from([None, "utf-8", "utf-16", "big5"]) | st.text(max_size=20),
)
def test_any_bytes_give_text_or_a_payload_error(body: bytes, encoding: str | None, charset: str | None) -> None:
    with suppress(PayloadError):
        assert isinstance(decode_payload(body, content_encoding=encoding, charset=charset), str)


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not text.startswith("\ufeff")))
def test_whatever_was_encoded_comes_back(text: str) -> None:
    raw = text.encode()

    assert decode_payload(raw) == text
    assert decode_payload(gzip.compress(raw, mtime=0), content_encoding="gzip") == text
    assert decode_payload(zlib.compress(raw), content_encoding="deflate") == text
    assert decode_payload(raw_deflate(raw), content_encoding="deflate") == text
