"""From the bytes of a submission to its text: decompression within a limit, then the character set."""

from __future__ import annotations

import codecs
import re
import zlib
from io import BytesIO

MAX_PLAIN_SIZE = 200_000
MAX_DECOMPRESSED_SIZE = 2_000_000

_CHUNK = 16_384
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_RAW_WINDOW = -zlib.MAX_WBITS

_BYTE_ORDER_MARKS = (
    # The mark of UTF-32LE begins with that of UTF-16LE.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SAME_CHARSETS = {
    "": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf16": "utf-16-le",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32-le",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "latin1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "x-sjis": "shift-jis",
}
_CHARSET = re.compile(
    # Named one by one: Python also has codecs that are slow on hostile input or are no character sets at all.
    r"utf-8|utf-16-[lb]e|utf-32-[lb]e|iso-8859-(?:[1-9]|1[013456])|(?:windows-|cp)125[0-8]|koi8-[ru]"
    r"|macintosh|gb2312|gbk|gb18030|big5|big5-hkscs|shift-jis|euc-jp|iso-2022-jp|euc-kr|windows-874|tis-620"
)
_PYTHON_NAMES = {"windows-874": "cp874", "macintosh": "mac-roman"}


class PayloadError(ValueError):
    """A submission that cannot be read; `reason` says why in a few words and quotes none of its content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PayloadTooLarge(PayloadError):  # noqa: N818 - named like the status it leads to
    """A submission beyond the size limit, before or after decompression."""


def decode_payload(
    raw: bytes,
    *,
    content_encoding: str | None = None,
    charset: str | None = None,
    max_size: int = MAX_PLAIN_SIZE,
    max_decompressed_size: int = MAX_DECOMPRESSED_SIZE,
) -> str:
    """The text of a payload, without byte order mark.

    `content_encoding` and `charset` are as the request named them. `max_size` limits a payload without encoding,
    `max_decompressed_size` one with, both in bytes. A byte order mark overrules the charset. Bytes that are not
    valid UTF-8 become U+FFFD rather than costing the payload; in another charset they are an error.
    Raises PayloadTooLarge or PayloadError.
    """
    encoding = _encoding_name(content_encoding)
    if encoding is None:
        if len(raw) > max_size:
            raise PayloadTooLarge(f"larger than {max_size} bytes")
        return _decode_text(raw, charset)
    return _decode_text(_decompress(raw, encoding, max_decompressed_size), charset)


def _encoding_name(header: str | None) -> str | None:
    names = [name for part in (header or "").split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise PayloadError(f"unsupported content encoding: {', '.join(names)[:60]}")
    return "deflate" if names[0] == "deflate" else "gzip"


def _decompress(raw: bytes, encoding: str, limit: int) -> bytes:
    if encoding == "gzip":
        return _inflate(raw, _GZIP_WINDOW, limit)
    if _has_zlib_header(raw):
        try:
            return _inflate(raw, zlib.MAX_WBITS, limit)
        except PayloadTooLarge:
            raise
        except PayloadError:
            # A raw deflate stream may begin like a zlib header by chance.
            return _inflate(raw, _RAW_WINDOW, limit)
    return _inflate(raw, _RAW_WINDOW, limit)


def _has_zlib_header(raw: bytes) -> bool:
    return len(raw) > 1 and raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0


def _inflate(raw: bytes, window: int, limit: int) -> bytes:
    """All members of a stream together, never holding more than `limit` bytes and one."""
    source = BytesIO(raw)
    stream = zlib.decompressobj(window)
    output = bytearray()
    chunk = b""
    is_complete = False
    while not is_complete:
        # Read in chunks, because zlib copies what follows the end of each member.
        chunk = chunk or source.read(_CHUNK)
        if not chunk:
            raise PayloadError("the compressed data ends too early")
        output += _inflate_chunk(stream, chunk, limit + 1 - len(output))
        if len(output) > limit:
            raise PayloadTooLarge(f"larger than {limit} bytes after decompression")
        chunk, is_complete = stream.unused_data, stream.eof
        if is_complete and window == _GZIP_WINDOW:
            chunk += source.read(len(_GZIP_MAGIC))
            if chunk.startswith(_GZIP_MAGIC):
                stream, is_complete = zlib.decompressobj(window), False
    return bytes(output)


def _inflate_chunk(stream: zlib._Decompress, chunk: bytes, size: int) -> bytes:
    try:
        return stream.decompress(chunk, size)
    except zlib.error:
        raise PayloadError("the compressed data is damaged") from None


def _decode_text(raw: bytes, charset: str | None) -> str:
    name = _charset_name(charset)
    for mark, marked_charset in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            name = marked_charset
            raw = raw[len(mark) :]
            break
    if name == "utf-8":
        return raw.decode("utf-8", "replace")
    try:
        return raw.decode(_PYTHON_NAMES.get(name, name))
    except UnicodeDecodeError:
        raise PayloadError(f"the text is not valid {name}") from None


def _charset_name(charset: str | None) -> str:
    name = (charset or "").strip().strip("\"'").lower().replace("_", "-")
    name = _SAME_CHARSETS.get(name, name)
    if _CHARSET.fullmatch(name) is None:
        raise PayloadError(f"unknown character set: {name[:60]}")
    return name
