"""Cuts text into the folded words on which phrases are matched."""

import re
from collections.abc import Sequence
from typing import Final

CJK: Final = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Han, Hiragana and Katakana: each character is a word of its own."""

_WORD: Final = re.compile(rf"[{CJK}©]|[@#]?[^\W_{CJK}]+")
_APOSTROPHES: Final = {ord(mark): None for mark in "'’‘ʼ`´"}
_LETTERS: Final = {ord("ё"): "е", ord("ı"): "i", ord("İ"): "i"}
# Turkish text comes with and without its dots, Russian with and without ё.

COLON: Final = 1
"""Mark of a word that is followed by a colon, dash, bar or arrow."""
CAPITAL: Final = 2
"""Mark of a word that is written with a capital, or in a script that has none."""
DIGIT: Final = 4
"""Mark of a word that has a digit in it."""

_LEAD_IN: Final = re.compile(r"[:：|»›>→▶►/–—-]")


def fold(text: str) -> list[str]:
    """The words of `text` in lower case, apostrophes dropped, punctuation gone."""
    return _WORD.findall(_bare(text).lower())


def fold_all(text: str) -> str:
    """The words of `text` between single spaces, as the automata read them."""
    return f" {' '.join(fold(text))} "


def marks(text: str) -> list[int]:
    """What stands around each word that `fold` returns, as a sum of marks."""
    text = _bare(text)
    found = list(_WORD.finditer(text))
    result = []
    for index, match in enumerate(found):
        word = match[0]
        mark = 0
        following = found[index + 1].start() if index + 1 < len(found) else len(text)
        if _LEAD_IN.search(text, match.end(), following):
            mark |= COLON
        first = word.lstrip("@#")[:1]
        if first.lower() != first or first.upper() == first.lower():
            mark |= CAPITAL
        if any(map(str.isdigit, word)):
            mark |= DIGIT
        result.append(mark)
    return result


def _bare(text: str) -> str:
    if text.isascii():
        return text.replace("'", "").replace("`", "")
    return text.translate(_APOSTROPHES).translate(_LETTERS)


def contains(words: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `part` stands in `words` as a run."""
    return f" {' '.join(part)} " in f" {' '.join(words)} "
