"""Content encodings (gzip, deflate, br, zstd) undone, with a cap that holds inside the decoder.

A few hundred bytes can stand for a gigabyte, so no decoder is ever asked for more than the cap allows.
"""

import zlib
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]
import zstandard

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

MAX_CODINGS = 5
"""Encodings stacked on each other; as many as curl accepts."""

_STEP = 262_144
"""Bytes asked of a decoder at a time."""

_MAX_ZSTD_WINDOW = 8 * 1024 * 1024
"""RFC 9659, 3: a content encoding must not use a larger window."""

_ZSTD_INPUT = 64
"""Bytes given to the zstd decoder at a time: it takes no cap on its output, and four bytes of input can
become a block of 128 KiB (RFC 8878, 3.1.1.2), so these can become at most 2 MiB."""


class ContentEncodingError(Exception):
    """Base of those below; `fetch` turns them into outcomes."""


class TooLargeError(ContentEncodingError):
    """The decoded body is larger than the cap."""


class BadEncodingError(ContentEncodingError):
    """The body is not what its Content-Encoding says, or the coding is one that we do not know."""


class CutShortError(BadEncodingError):
    """The body breaks off before its end, as when a connection is lost."""


def decoded(body: bytes, content_encoding: str | None, max_bytes: int, *, truncate: bool = False) -> bytes:
    """`body` without its content encodings, the last named undone first (RFC 9110, 8.4).

    Names that are no codings (`utf-8`, `none`) are passed over, as browsers do. With `truncate` the first
    `max_bytes` are returned where there are more, or as much as could be decoded where it breaks off.

    Raises:
        TooLargeError: More than `max_bytes`.
        CutShortError: It breaks off.
        BadEncodingError: It cannot be decoded for any other reason.
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    codings = [name for name in names if name in _DECODERS]
    refused = _REFUSED.intersection(names)
    if refused or len(codings) > MAX_CODINGS:
        raise BadEncodingError(f"content encoding {', '.join(names)[:80]} is not supported")
    for name in reversed(codings):
        body = _collected(name, body, max_bytes, truncate=truncate)
    if len(body) > max_bytes:
        if not truncate:
            raise TooLargeError(f"more than {max_bytes} bytes")
        return body[:max_bytes]
    return body


def _collected(name: str, body: bytes, max_bytes: int, *, truncate: bool) -> bytes:
    if not body:
        return b""
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _DECODERS[name](body):
            pieces.append(piece)
            size += len(piece)
            if size > max_bytes:
                break
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        if not truncate:
            raise BadEncodingError(f"not sound {name}: {error}") from error
    except EOFError as error:
        if not truncate:
            raise CutShortError(f"{name} breaks off") from error
    if size > max_bytes and not truncate:
        raise TooLargeError(f"more than {max_bytes} bytes after {name}")
    return b"".join(pieces)


def _gunzipped(body: bytes) -> Iterator[bytes]:
    # Members follow each other (RFC 1952, 2.2); what follows them and is none is passed over.
    while body.startswith(b"\x1f\x8b"):
        decoder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        yield from _inflated(decoder, body)
        body = decoder.unused_data
        if not body.startswith(b"\x1f\x8b"):
            return
    raise zlib.error("no gzip header")


def _undeflated(body: bytes) -> Iterator[bytes]:
    # The name means zlib (RFC 9110, 8.4.1.2), but some servers send the bare stream.
    is_zlib = body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflated(zlib.decompressobj(wbits=zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS), body)


def _inflated(decoder: "zlib._Decompress", body: bytes) -> Iterator[bytes]:
    while not decoder.eof:
        piece = decoder.decompress(body, _STEP)
        body = decoder.unconsumed_tail
        if piece:
            yield piece
        elif not decoder.eof and not body:
            raise EOFError


def _unbrotlied(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    piece = decoder.process(body, output_buffer_limit=_STEP)
    while True:
        if piece:
            yield piece
        if decoder.is_finished():
            return
        if decoder.can_accept_more_data() and not piece:
            raise EOFError
        piece = decoder.process(b"", output_buffer_limit=_STEP)


def _unzstded(body: bytes) -> Iterator[bytes]:
    view = memoryview(body)
    start = 0
    while start < len(view):
        if start and bytes(view[start : start + 4]) != zstandard.FRAME_HEADER:
            return
        decoder = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW).decompressobj()
        while not decoder.eof:
            if start >= len(view):
                raise EOFError
            piece = decoder.decompress(view[start : start + _ZSTD_INPUT])
            start += _ZSTD_INPUT
            if piece:
                yield piece
        start = min(start, len(view)) - len(decoder.unused_data)


_DECODERS = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _undeflated,
    "br": _unbrotlied,
    "zstd": _unzstded,
}
_REFUSED = frozenset({"compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm"})
