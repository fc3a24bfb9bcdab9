"""Tells whose phrases a text is compared with, where nobody says its language."""

import re
from collections import Counter
from functools import cache
from typing import Final

from scraper.clean.words import fold
from scraper.rules.loader import load

ENGLISH: Final = "en"
"""Pages of every language have English phrases on them: they are always compared."""
SAMPLE_CHARACTERS: Final = 3000
LEAST_WORDS: Final = 40
"""A shorter text could be of any language."""
LEAST_SHARE: Final = 0.05
"""Share of telling words below which a text could be of any language."""
LEAST_CONTENT: Final = 0.01
"""And of words of content, where there are no function words."""
CLOSE: Final = 0.6
"""A language with so much of the best one's share is taken too."""
_SAME: Final = {"nb": "no", "nn": "no", "cmn": "zh", "yue": "zh"}
_SCRIPTS: Final = (("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7a3]")))
_HAN: Final = re.compile("[\u4e00-\u9fff]")


def languages_of(text: str, language: str | None) -> frozenset[str] | None:
    """English and the language named, or else those that the text looks like; None where it could be any."""
    if language:
        short = language.lower().replace("_", "-").split("-")[0]
        return frozenset({_SAME.get(short, short), ENGLISH})
    text = text[:SAMPLE_CHARACTERS]
    for name, letters in _SCRIPTS:
        if letters.search(text):
            return frozenset({name, ENGLISH})
    if _HAN.search(text):
        return frozenset({"zh", ENGLISH})
    words = fold(text)
    if len(words) < LEAST_WORDS:
        return None
    counts = Counter(words)
    found = _best(_shares(counts, _words("languages.toml")), LEAST_SHARE)
    # Perhaps it is without function words: then the others must tell, or else the letters.
    found = found or _best(_shares(counts, _words("content_words.toml")), LEAST_CONTENT)
    if not found:
        return frozenset({ENGLISH}) if text.isascii() else None
    return found | {ENGLISH}


def _shares(counts: Counter[str], telling: dict[str, frozenset[str]]) -> dict[str, float]:
    total = counts.total()
    found = counts.keys()
    return {name: sum(counts[word] for word in found & known) / total for name, known in telling.items()}


def _best(shares: dict[str, float], least: float) -> frozenset[str]:
    best = max(shares.values())
    return frozenset(name for name, share in shares.items() if share >= max(least, best * CLOSE))


@cache
def _words(name: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in load(name).items()}
