"""Weighs the words of short English lines that no phrase fills: “Get it in your inbox” is nobody's article.

A line weighs what a logistic regression learnt of its words, of the pairs of these and of its form, and a
share of what the lines around it weigh: boilerplate stands together, and between paragraphs of an article a
line must say more. `tests/benchmarks/wording.py` learns the weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import exp
from typing import Final, NamedTuple

from scraper.rules.loader import load, weights_of

RULE: Final = "line.words"
LONGEST: Final = 12
"""Words of a line that is weighed; prose is longer."""
BAR: Final = 3.5
BAR_OF_PARTS: Final = 4.5
BAR_BEFORE: Final = 1.5
BAR_AFTER: Final = 0.5
"""Log of the odds from which a line is boilerplate: a paragraph amid the article's or a sentence behind it, a
sub-heading or an item of a list amid it, any line before its first paragraph of prose, and any other after
its last.

Tuned on the English sites of the corpora, each fifth weighed with what was learnt on the others: no word
of the news references goes; with 2 and 3 amid the article, 140 words more of 1.3 million of other pages.
"""
PROSE: Final = 16
"""Words from which a line is prose: between the first such line and the last is the article."""
WIDTH: Final = 2
SHARE: Final = 0.3
MOST: Final = 4.0
"""So many lines on either side lend so much of what they weigh on average, each at most this, for or against.

What was taken out weighs the most, what is too long to be weighed the least. Tuned with the bar.
"""
LEAST_TELLING: Final = 0.5
"""What a word or pair of the line must weigh itself: form alone condemns nobody's name."""
LEAST_SAID: Final = -2.0
"""What the words of a line must weigh without its form and its neighbours, or it is left alone: marks of form
weigh little, but for those that stand with telling words."""
USUAL_KIND: Final = "feedback"
"""The kind of a line whose telling words belong to none."""
MOST_SHOWN: Final = 3
"""Telling words that a removal gives as its reason."""
_LENGTHS: Final = tuple(f"=words{count}" for count in range(9))
_ENDS: Final = frozenset('.!?:…»"”')
_MARKS: Final = "@|©»›:"  # noqa: RUF001


class Weights(NamedTuple):
    """What `tests.benchmarks.wording` learnt."""

    constant: float
    weights: Mapping[str, float]
    """Of signs, as `signs` names them."""
    kinds: Mapping[str, str]
    """The kind of boilerplate that a word or pair is most often met in."""


class Weighed(NamedTuple):
    """What a line weighs by itself."""

    worth: float
    """Log of the odds that it is boilerplate."""
    kind: str
    telling: tuple[str, ...]
    """The words and pairs that say most, the weightiest first; none if its form says it all."""

    @property
    def rule(self) -> str:
        """The name under which a removal gives it as its reason."""
        return f"{RULE} ({', '.join(self.telling)})"


def may_be_telling(found: Sequence[str], weights: Weights) -> bool:
    """Whether a short line of these folded words can weigh enough: most of an article's can't."""
    return bool(found) and weights.constant + sum(_said(found, weights).values()) > LEAST_SAID


def weigh(text: str, found: Sequence[str], weights: Weights) -> Weighed | None:
    """What a line weighs; None if it is too long.

    Args:
        text: The line.
        found: Its folded words.
        weights: What was learnt.
    """
    if not 0 < len(found) <= LONGEST:
        return None
    said = _said(found, weights)
    form = [weights.weights.get(sign, 0.0) for sign in _form(text, found)]
    worth = weights.constant + sum(said.values()) + sum(form)
    speaking = sorted((sign for sign in said if said[sign] > 0), key=lambda sign: (-said[sign], sign))
    if not speaking or said[speaking[0]] < LEAST_TELLING:
        return Weighed(worth, USUAL_KIND, ())
    by_kind: dict[str, float] = {}
    for sign in speaking:
        if sign in weights.kinds:
            kind = weights.kinds[sign]
            by_kind[kind] = by_kind.get(kind, 0.0) + said[sign]
    kind = max(by_kind, key=lambda kind: (by_kind[kind], kind), default=USUAL_KIND)
    return Weighed(worth, kind, tuple(speaking[:MOST_SHOWN]))


def lent(near: Sequence[float]) -> float:
    """What lines of these worths add to the line that they stand around."""
    clipped = [max(-MOST, min(MOST, worth)) for worth in near]
    return SHARE * sum(clipped) / len(clipped) if clipped else -SHARE * MOST


def odds_to_score(worth: float) -> float:
    """The log of odds as a probability."""
    return round(1 / (1 + exp(-worth)), 3)


def signs(text: str, found: Sequence[str]) -> set[str]:
    """All that is weighed of a line: `word`, `word_word`, and its form as `=name`."""
    return {*found, *_pairs(found), *_form(text, found)}


def _said(found: Sequence[str], weights: Weights) -> dict[str, float]:
    known = weights.weights
    said = {word: known[word] for word in found if word in known}
    for pair in _pairs(found):
        if pair in known:
            said[pair] = known[pair]
    return said


def _pairs(found: Sequence[str]) -> Iterator[str]:
    return map("_".join, pairwise(("^", *found, "$")))


def _form(text: str, found: Sequence[str]) -> list[str]:
    last = text[-1]
    form = [_LENGTHS[min(len(found), len(_LENGTHS) - 1)], "=ends" + (last if last in _ENDS else "")]
    form += [f"={mark}" for mark in _MARKS if mark in text]
    return form


@cache
def learnt() -> Weights:
    """What comes with the package."""
    table = load("wording.toml")
    kinds = {sign: kind for kind, listed in table["kinds"].items() for sign in listed.split()}
    return Weights(table["constant"], weights_of(table["weights"]), kinds)
