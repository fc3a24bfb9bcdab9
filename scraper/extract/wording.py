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

        @lru_cache(maxsize=20_000)
        def score(names: str) -> tuple[int, int]:
            found = parts(names)
            return sum([near.get(part, 0) for part in found]), sum([far.get(part, 0) for part in found])

        self._score = score

    def columns(self, stream: Stream, opinions: Sequence[float]) -> tuple[bytes, bytes]:
        """For each piece, what its words say and what the names above it say.

        The words of pieces that the first pass rules out are not read: most of a page, and most of the time.
        """
        score = self._score
        near: dict[Box, int] = {}
        far: dict[Box, int] = {}
        for box in stream.boxes:
            mine, above = score(box.all_names)
            near[box] = mine
            parent = box.parent
            far[box] = far[parent] + above if parent is not None else 0
        names = []
        for piece in stream.pieces:
            box = piece.box
            total = near[box]
            if (parent := box.parent) is not None:
                total += near[parent]
                if parent.parent is not None:
                    total += far[parent.parent]
            names.append(_byte(total))
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
