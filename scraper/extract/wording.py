"""What words and names are worth: a linear model of a block's first words and of the names above it."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Final

from scraper.extract.blocks import Box, Stream
from scraper.extract.vocabulary import parts

WORD: Final = re.compile(r"[^\W\d_]{2,}")
HEAD: Final = 160
"""Characters of a block that are looked at: prompts and teasers give themselves away at the start."""
SCALE: Final = 100
"""Weights are hundredths of a logit."""
MIDDLE: Final = 125
STEPS: Final = 18
"""Bytes for one logit, around `MIDDLE`."""
TOP: Final = 250
WORTH_READING: Final = 0.02
"""Probability of the first pass from which a block's words are read."""


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
    mine = parts(box.all_names)
    return [*mine, *parts(parent.all_names)] if parent is not None else list(mine)


def far_names(box: Box) -> list[str]:
    """The parts of the names of all boxes above the parent, but the root."""
    found: list[str] = []
    at = box.parent.parent if box.parent is not None else None
    while at is not None and at.parent is not None:
        found += parts(at.all_names)
        at = at.parent
    return found


class Lexicon:
    """The weights, ready to score a page."""

    def __init__(self, words: Mapping[str, int], near: Mapping[str, int], far: Mapping[str, int]) -> None:
        self._words = words
        names = {part: (near.get(part, 0), far.get(part, 0)) for part in {*near, *far}}

        @lru_cache(maxsize=20_000)
        def score(all_names: str) -> tuple[int, int]:
            mine = above = 0
            for part in parts(all_names):
                if part in names:
                    weights = names[part]
                    mine += weights[0]
                    above += weights[1]
            return mine, above

        self._score = score

    def columns(self, stream: Stream, opinions: Sequence[float]) -> tuple[bytes, bytes]:
        """For each piece, what its words say and what the names above it say.

        The words of pieces that the first pass rules out are not read: most of a page, and most of the time.
        """
        score = self._score
        near: dict[Box | None, int] = {None: 0}
        far: dict[Box | None, int] = {None: 0}
        totals: dict[Box, int] = {}
        for box in stream.boxes:
            parent = box.parent
            if box.all_names:
                near[box], above = score(box.all_names)
            else:
                near[box] = above = 0
            if parent is None:
                far[box], totals[box] = 0, near[box]
            else:
                far[box] = far[parent] + above
                totals[box] = near[box] + near[parent] + far[parent.parent]
        names = [_byte(totals[piece.box]) for piece in stream.pieces]
        words = [
            self._words_score(piece.text) if opinion >= WORTH_READING else MIDDLE
            for piece, opinion in zip(stream.pieces, opinions, strict=True)
        ]
        return bytes(words), bytes(names)

    def _words_score(self, text: str) -> int:
        return _byte(sum(map(self._words.get, words_of(text), repeat(0))))


def _byte(total: int) -> int:
    value = MIDDLE + STEPS * total // SCALE
    return max(0, min(TOP, value))
