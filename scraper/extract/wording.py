"""What single words and names are worth: a linear model of a block's first words and of the names above it."""

import re
from collections.abc import Mapping
from typing import Final

from scraper.extract.blocks import Box, Piece, Stream
from scraper.extract.vocabulary import parts

WORD: Final = re.compile(r"[^\W\d_]{2,}")
HEAD: Final = 240
"""Characters of a block that are looked at: prompts and teasers give themselves away at the start."""
SCALE: Final = 100
"""Weights are hundredths of a logit."""
MIDDLE: Final = 125
STEPS: Final = 18
"""Bytes for one logit, around `MIDDLE`."""
TOP: Final = 250


def words_of(text: str) -> set[str]:
    """The words at the start of a block, in lower case, and the first one marked as such."""
    found = WORD.findall(text[:HEAD].lower())
    words = set(found)
    if found:
        words.add("^" + found[0])
    return words


def near_names(box: Box) -> list[str]:
    """The parts of the names of the box and of its parent."""
    parent = box.parent
    mine = parts(f"{box.names} {box.ident}")
    return [*mine, *parts(f"{parent.names} {parent.ident}")] if parent is not None else list(mine)


def far_names(box: Box) -> list[str]:
    """The parts of the names of all boxes above the parent, but the root."""
    found: list[str] = []
    at = box.parent.parent if box.parent is not None else None
    while at is not None and at.parent is not None:
        found += parts(f"{at.names} {at.ident}")
        at = at.parent
    return found


class Lexicon:
    """The weights, ready to score a page."""

    def __init__(self, words: Mapping[str, int], near: Mapping[str, int], far: Mapping[str, int]) -> None:
        self._words = words
        self._near = near
        self._far = far

    def columns(self, stream: Stream) -> tuple[bytes, bytes]:
        """For each piece, what its words say and what the names above it say."""
        near: dict[Box, int] = {}
        far: dict[Box, int] = {}
        for box in stream.boxes:
            names = f"{box.names} {box.ident}"
            parent = box.parent
            found = parts(names)
            near[box] = sum([self._near.get(part, 0) for part in found])
            above = 0 if parent is None else far[parent]
            own = 0 if parent is None else sum([self._far.get(part, 0) for part in found])
            far[box] = above + own
        words = bytes([self._words_score(piece) for piece in stream.pieces])
        names_column = []
        for piece in stream.pieces:
            box = piece.box
            total = near[box]
            if (parent := box.parent) is not None:
                total += near[parent]
                if parent.parent is not None:
                    total += far[parent.parent]
            names_column.append(_byte(total))
        return words, bytes(names_column)

    def _words_score(self, piece: Piece) -> int:
        weights = self._words
        return _byte(sum([weights.get(word, 0) for word in words_of(piece.text)]))


def _byte(total: int) -> int:
    value = MIDDLE + STEPS * total // SCALE
    return 0 if value < 0 else value if value < TOP else TOP
