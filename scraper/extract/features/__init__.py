"""What the model is told of each block: its shape, its place, its company. Linear in the page.

Every feature is a whole number from 0 to 250 (`LOG` of a size, a share times 250, a clipped count),
so a column is a run of bytes: quick to build, quick to compare, the same on every machine.
"""

from collections.abc import Sequence
from typing import Final

from scraper.extract.blocks import Stream
from scraper.extract.features.containers import add_up, containers, title_at
from scraper.extract.features.names import (
    NAMES,
    SECOND_NAMES,
    SHAPE,
    SHIFTED,
    STEPS,
    TOP,
    log_of,
    shift,
)
from scraper.extract.features.places import company, places, same_parent
from scraper.extract.features.shapes import NO_TAG, is_wide, shapes, squeezed
from scraper.records import Metadata

__all__ = ["NAMES", "SECOND_NAMES", "TOP", "columns", "second_columns", "squeezed", "title_at"]

GOOD_CHARS: Final = 80
"""A block this long with few links is taken for running text when containers are weighed."""
WORDS_UNKNOWN: Final = TOP // 2


def columns(stream: Stream, metadata: Metadata) -> list[bytes]:
    """One column for each of `NAMES`, one byte for each piece of the stream."""
    pieces = stream.pieces
    if not pieces:
        return [b""] * len(NAMES)
    whole = "".join([piece.text for piece in pieces])
    wide = is_wide(whole)
    lengths = [len(piece.text) for piece in pieces]
    sizes = [length * 5 // 2 for length in lengths] if wide else lengths
    links = [min(piece.link_chars, length) for piece, length in zip(pieces, lengths, strict=True)]
    goods = [
        size if size >= GOOD_CHARS and link * 10 < length * 3 else 0
        for size, link, length in zip(sizes, links, lengths, strict=True)
    ]
    add_up(stream, sizes, goods)
    good = sum(goods)
    heading = title_at(pieces, metadata)
    shape = shapes(pieces, whole, sizes, links, metadata)
    page = (
        log_of(len(pieces)),
        log_of(good // 4),
        min(TOP, TOP * sum(links) // (sum(sizes) or 1)),
        int(wide),
        1 if metadata.article_body and len(metadata.article_body) > 2 * GOOD_CHARS else 0,
    )
    return [
        *shape,
        *containers(stream, good, heading),
        *places(pieces, sizes, links, goods, heading),
        *_neighbours(shape),
        *same_parent(pieces),
        *[bytes([value]) * len(pieces) for value in page],
    ]


def _neighbours(shape: Sequence[bytes]) -> list[bytes]:
    return [
        shift(shape[SHAPE.index(name)], step, NO_TAG if name == "tag" else 0)
        for name in SHIFTED
        for step in STEPS
    ]


def second_columns(stream: Stream, opinions: Sequence[float], words: bytes, names: bytes) -> list[bytes]:
    """One column for each of `SECOND_NAMES`: what the second pass is told besides.

    Args:
        stream: The page.
        opinions: Probabilities of the first pass.
        words: What the words of each piece say (`wording`).
        names: What the names above each piece say.
    """
    return [
        *company(stream, opinions),
        words,
        names,
        shift(words, -1, WORDS_UNKNOWN),
        shift(words, 1, WORDS_UNKNOWN),
    ]
