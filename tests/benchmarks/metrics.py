"""The publishers' own measures of how well a text was extracted."""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from tests.benchmarks.corpora import AEB, FUNDUS

WORD = re.compile(r"\w+")
CJK_OR_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    "|[^\\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
SHINGLE = 4


class Score(NamedTuple):
    """Precision, recall and F of one page or of many."""

    precision: float
    recall: float
    f: float


def score(suite: str, reference: str, text: str) -> Score:
    """The measure of one page, as the suite's publisher defines it (for AEB, its part in the mean)."""
    if suite == AEB:
        return _from_counters(_shingles(reference), _shingles(text))
    if suite == FUNDUS:
        expected, got = CJK_OR_WORD.findall(reference), CJK_OR_WORD.findall(text)
        return _prf(lcs_length(expected, got), len(got), len(expected))
    return _from_counters(Counter(WORD.findall(reference.lower())), Counter(WORD.findall(text.lower())))


def overall(suite: str, scores: Sequence[Score]) -> Score:
    """The measure of a suite: AEB takes the F of the means, the others the mean of the F."""
    if not scores:
        return Score(0.0, 0.0, 0.0)
    precision = fmean(s.precision for s in scores)
    recall = fmean(s.recall for s in scores)
    if suite == AEB:
        return Score(
            precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        )
    return Score(precision, recall, fmean(s.f for s in scores))


def _prf(common: float, got: float, expected: float) -> Score:
    if got == 0 or expected == 0:
        perfect = float(got == expected)
        return Score(perfect, perfect, perfect)
    precision, recall = common / got, common / expected
    return Score(
        precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    )


def _from_counters(expected: Counter[Any], got: Counter[Any]) -> Score:
    return _prf((expected & got).total(), got.total(), expected.total())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))


def lcs_length(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence.

    Bit-parallel in whole integers: H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
    """
    masks: dict[Hashable, int] = {}
    for index, item in enumerate(a):
        masks[item] = masks.get(item, 0) | 1 << index
    full = (1 << len(a)) - 1
    row = full
    for item in b:
        match = row & masks.get(item, 0)
        row = ((row + match) | (row - match)) & full
    return len(a) - row.bit_count()
