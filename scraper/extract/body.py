"""The body of a page: which blocks of the stream are the article, and how sure that is."""

from typing import Final, Literal

from scraper.extract import blocks, features, model
from scraper.extract.blocks import Piece, Stream
from scraper.records import Block, Extraction, Metadata
from scraper.web.dom import Tree

METHOD: Final = "blocks"
"""`Extraction.method` where the extractor of this package spoke."""
KEEP: Final = 0.45
"""Probability from which a block is kept."""


def extract_body(
    tree: Tree,
    *,
    html: str,
    url: str | None,
    metadata: Metadata,
    second_opinion: Literal["auto", "never", "always"] = "auto",
) -> Extraction:
    """Find the article's text. The tree is only read.

    Args:
        tree: The page, parsed.
        html: The same page as text, for the second opinion.
        url: Where it comes from.
        metadata: What the page says of itself; title, description and JSON-LD body are used as hints.
        second_opinion: When trafilatura is asked too.

    Returns:
        Blocks in document order; none when the page has no body.
    """
    stream = blocks.read(tree)
    probabilities = judge(stream, metadata)
    kept = [index for index, value in enumerate(probabilities) if value >= KEEP]
    confidence = sum(probabilities[index] for index in kept) / len(kept) if kept else 0.0
    result = tuple(_block(stream.pieces[index]) for index in kept)
    return Extraction(blocks=result, method=METHOD, confidence=confidence)


def judge(stream: Stream, metadata: Metadata) -> list[float]:
    """The probability of each piece to belong to the article: two passes, the second told of the first."""
    if not stream.pieces:
        return []
    columns = features.columns(stream, metadata)
    first, second = model.load()
    opinions = first.predict(columns)
    return second.predict([*columns, *features.second_columns(opinions)])


def _block(piece: Piece) -> Block:
    return Block(
        text=piece.text,
        tag=blocks.block_tag(piece.box),
        path=blocks.path(piece.box),
        link_density=min(1.0, round(piece.link_chars / len(piece.text), 3)),
    )
