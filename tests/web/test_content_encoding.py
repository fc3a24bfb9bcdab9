"""Packed bodies, and those that are meant to burst."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.content_encoding import BadEncodingError, CutShortError, TooLargeError, decoded

Pack = Callable[[bytes], bytes]


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def streamed_zstd(body: bytes) -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(body) + packer.flush()


PACKERS: list[tuple[str, Pack]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
    ("zstd", streamed_zstd),
]
each = pytest.mark.parametrize(
    ("name", "pack"), PACKERS, ids=["gzip", "zlib", "deflate", "br", "zstd", "zstd-s"]
)
NOISE = bytes((n * n * 7 + n // 3) % 251 for n in range(40_000))


@each
def test_each_is_undone(name: str, pack: Pack) -> None:
    for body in (b"", b"x", b"<p>text</p>" * 10_000, NOISE):
        assert decoded(pack(body), name, 1_000_000) == body


@given(st.binary(max_size=2_000), st.lists(st.sampled_from(PACKERS), max_size=5))
def test_any_stack_is_undone_in_reverse(body: bytes, stack: list[tuple[str, Pack]]) -> None:
    packed = body
    for _, pack in stack:
        packed = pack(packed)
    assert decoded(packed, ", ".join(name for name, _ in stack), 100_000) == body


@each
def test_a_body_of_just_the_cap_passes_and_one_byte_more_does_not(name: str, pack: Pack) -> None:
    assert len(decoded(pack(b"x" * 5_000), name, 5_000)) == 5_000
    with pytest.raises(TooLargeError):
        decoded(pack(b"x" * 5_001), name, 5_000)


@each
def test_a_bomb_takes_no_more_memory_than_the_cap_allows(name: str, pack: Pack) -> None:
    bomb = pack(bytes(16_000_000))
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        decoded(bomb, name, 1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_bomb_inside_a_stack_is_caught() -> None:
    with pytest.raises(TooLargeError):
        decoded(gzip.compress(gzip.compress(bytes(16_000_000))), "gzip, gzip", 100_000)


@each
def test_a_body_that_breaks_off_is_told_from_one_that_is_wrong(name: str, pack: Pack) -> None:
    with pytest.raises(CutShortError):
        decoded(pack(NOISE)[:-20], name, 1_000_000)
    with pytest.raises(BadEncodingError):
        decoded(b"<p>this was never packed</p>", name, 1_000_000)


@each
def test_with_truncate_the_beginning_is_returned(name: str, pack: Pack) -> None:
    assert decoded(pack(NOISE), name, 1_000, truncate=True) == NOISE[:1_000]
    assert NOISE.startswith(decoded(pack(NOISE)[:-20], name, 1_000_000, truncate=True))
    assert decoded(b"never packed", name, 1_000, truncate=True) == b""


@pytest.mark.parametrize("name", [None, "", "identity", "utf-8", "none", "x-unheard-of"])
def test_a_name_that_is_no_coding_changes_nothing(name: str | None) -> None:
    assert decoded(b"text", name, 100) == b"text"


@pytest.mark.parametrize("name", ["compress", "gzip, dcb", ", ".join(["gzip"] * 6)])
def test_what_cannot_be_undone_is_refused(name: str) -> None:
    with pytest.raises(BadEncodingError):
        decoded(b"text", name, 100)


def test_members_follow_each_other_and_what_is_none_is_passed_over() -> None:
    assert decoded(gzip.compress(b"a") + gzip.compress(b"b") + b"rest", "gzip", 100) == b"ab"
    assert decoded(zstandard.compress(b"a") + zstandard.compress(b"b") + b"rest", "zstd", 100) == b"ab"


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.booleans())
def test_nothing_else_is_ever_raised(body: bytes, name: str, truncate: bool) -> None:  # noqa: FBT001
    try:
        decoded(body, name, 10_000, truncate=truncate)
    except (BadEncodingError, TooLargeError):
        assert not truncate
