"""The blocks of a page around its article, parted by the reference text into article and the rest."""

import hashlib
import unicodedata
from pathlib import Path
from typing import Final, NamedTuple

from scraper.clean import words
from scraper.extract import blocks
from scraper.records import Block
from scraper.web import dom
from tests.benchmarks.corpora import Sample

BEFORE: Final = 6
AFTER: Final = 12
"""Blocks before the first and after the last of the article that belong to its surroundings."""
GROUP: Final = 3
"""Words of a group; a block is compared with the reference by its groups."""
IS_ARTICLE: Final = 0.7
IS_OTHER: Final = 0.15
"""Share of a block's groups that the reference has: from the one on it is article, up to the other it is not.

What lies between is left out of every figure.
"""
LEAST_FOUND: Final = 0.6
"""Share of the reference's groups that the page's blocks must have, or the page tells nothing."""


class Piece(NamedTuple):
    """A block of the page."""

    block: Block
    share: float
    """Of its groups of words, those that the reference has."""

    @property
    def is_article(self) -> bool:
        """Whether the reference has it."""
        return self.share >= IS_ARTICLE

    @property
    def is_other(self) -> bool:
        """Whether the reference has nothing of it."""
        return self.share <= IS_OTHER


def surroundings(sample: Sample) -> list[Piece]:
    """The article's blocks and what lies around them; nothing if the reference is another text."""
    reference = groups(sample.reference)
    lines = {tuple(words.fold(line)) for line in sample.reference.splitlines()}
    spoken = f" {' '.join(words.fold(sample.reference))} "
    found: set[tuple[str, ...]] = set()
    pieces = []
    for block in page_blocks(sample.html):
        folded = words.fold(block.text)
        own = groups(block.text)
        if len(folded) < GROUP:
            share = 1.0 if tuple(folded) in lines else 0.5 if f" {' '.join(folded)} " in spoken else 0.0
        else:
            share = len(own & reference) / len(own)
        if share >= IS_ARTICLE:
            found |= own
        pieces.append(Piece(block, share))
    if not reference or len(found & reference) < LEAST_FOUND * len(reference):
        return []
    article = [index for index, piece in enumerate(pieces) if piece.is_article]
    return pieces[max(0, article[0] - BEFORE) : article[-1] + 1 + AFTER]


def page_blocks(html: str) -> list[Block]:
    """All blocks of a page, as the extractor would hand them on."""
    stream = blocks.read(dom.parse(html))
    paths = blocks.Paths()
    found = []
    for piece in stream.pieces:
        tag, path = blocks.block_tag(piece.box), paths[piece.box]
        density = min(1.0, round(piece.link_chars / len(piece.text), 3))
        found += [
            Block(text=text, tag=tag, path=path, link_density=density)
            for text in piece.items or (piece.text,)
        ]
    return found


def groups(text: str) -> set[tuple[str, ...]]:
    """The runs of words in a text; a shorter text is one run."""
    folded = words.fold(text)
    if len(folded) < GROUP:
        return {tuple(folded)} if folded else set()
    return set(zip(*(folded[start:] for start in range(GROUP)), strict=False))


def key(text: str) -> str:
    """What a text is known by in a list of judgements: a hash of its words, which gives none of them away."""
    folded = " ".join(words.fold(unicodedata.normalize("NFC", text)))
    return hashlib.sha256(folded.encode()).hexdigest()[:12]


def hashes(name: str) -> set[str]:
    """The lines of one of the lists of judgements beside this file."""
    return set(Path(__file__).with_name(name).read_text("utf-8").splitlines())
