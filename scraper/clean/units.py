"""Judges pieces of text, blocks and sentences, by the phrases they are made of."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from scraper.clean.catalogue import Catalogue, Phrase, Span, Strength
from scraper.clean.words import Surfaces, fold

MOST_WORDS: Final = 110
"""A longer piece is never judged as a whole; the longest real form on one line has about ninety words."""
LOOSE_WORDS: Final = 0.12
"""Share of the words of a piece that phrases need not cover (reference texts: no article word lost)."""


class Verdict(NamedTuple):
    """Which phrase a piece is made of, and how far."""

    phrase: Phrase
    strength: Strength
    """Of the strongest phrase in it."""
    score: float
    """Share of the words that phrases cover."""


class Unit:
    """A block, line or sentence, folded for comparison."""

    __slots__ = ("_near", "_surfaces", "folded", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = fold(text)
        self.folded = f" {' '.join(self.words)} "
        self._surfaces: Surfaces | None = None
        self._near: set[int] | None = None

    def near(self, catalogue: Catalogue) -> set[int]:
        """The phrases of the one catalogue it is compared with that can be in it."""
        if self._near is None:
            self._near = catalogue.near(self)
        return self._near

    def surfaces(self) -> Surfaces:
        """Its words as they are written."""
        if self._surfaces is None:
            self._surfaces = Surfaces(self.text)
        return self._surfaces


def judge(unit: Unit, catalogue: Catalogue) -> Verdict | None:
    """What phrases say of the unit as a whole; None if they do not fill it from its first word on."""
    count = len(unit.words)
    if not 0 < count <= MOST_WORDS:
        return None
    near = unit.near(catalogue)
    spans = catalogue.begins(unit, near) if near else []
    if not spans:
        return None
    loose = int(count * LOOSE_WORDS)
    if count - max(span.end for span in spans) > loose:
        spans = catalogue.find(unit)
    firm = [span for span in spans if span.phrase.strength > Strength.HINT]
    return _filled(firm, count, loose) or _filled(spans, count, loose, at_most=Strength.HINT)


def _filled(
    spans: Sequence[Span], count: int, loose: int, at_most: Strength = Strength.SURE
) -> Verdict | None:
    chosen = cover(spans)
    covered = sum(span.end - span.start for span in chosen)
    if not chosen or count - covered > loose:
        return None
    main = max(chosen, key=lambda span: (span.phrase.strength, span.end - span.start))
    return Verdict(main.phrase, min(main.phrase.strength, at_most), round(covered / count, 3))


def cover(spans: Sequence[Span]) -> list[Span]:
    """Spans without overlap that together cover the most words, stronger ones where that is equal.

    Weighted interval scheduling over the ends of the spans.
    """
    ordered = sorted(spans, key=lambda span: (span.end, span.start))
    best: list[tuple[int, int]] = [(0, 0)]
    came: list[tuple[int, bool]] = [(0, False)]
    ends = [0]
    for index, span in enumerate(ordered):
        before = _last_not_after(ends, span.start, index)
        taken = (best[before][0] + span.end - span.start, best[before][1] + span.phrase.strength)
        use = taken > best[index]
        best.append(taken if use else best[index])
        came.append((before if use else index, use))
        ends.append(span.end)
    chosen = []
    index = len(ordered)
    while index:
        previous, used = came[index]
        if used:
            chosen.append(ordered[index - 1])
        index = previous
    return chosen[::-1]


def _last_not_after(ends: Sequence[int], start: int, index: int) -> int:
    while index and ends[index] > start:
        index -= 1
    return index
