"""The output profile `tokens`: a text as the words that carry its content, the form of processed corpora."""

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Final, Literal

from scraper.clean.words import fold
from scraper.rules.loader import load

Profile = Literal["text", "tokens"]
"""The forms in which cleaned text is handed over."""

APOSTROPHES: Final = "'’‘ʼ´`＇"  # noqa: RUF001
ELIDING: Final = frozenset({"fr", "it"})
"""Languages that write articles and prepositions with an apostrophe before a word: there it parts words."""
DOTTED: Final = frozenset({"tr", "az"})
"""Languages in which I and İ are capitals of two letters."""
TELLING: Final = 0.05
"""Share of function words from which a text is taken to be in a language; normalised text has none."""
SAMPLE_CHARACTERS: Final = 5_000
JOINERS: Final = "\u200c\u200d"
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff"
_NUMBER_WITHIN: Final = re.compile(rf"(?<=[{_UNSPACED}])\d+|(?<!\d)\d+(?=[{_UNSPACED}])")
"""Numbers in scripts that do not part words: they stand for themselves, not for the run they are in."""


def as_tokens(text: str, language: str | None = None) -> str:
    """The words of `text` in lower case between single spaces.

    Apostrophes are dropped (in French and Italian they part words), and with them go punctuation, words
    with digits, and function words. Done again for the same language, it changes nothing.

    Args:
        text: Of one language.
        language: Two letters, of the function words to leave out; unset, the text tells. In a language
            without a list, and in scripts that do not part words, none are.
    """
    short = spoken(text) if language is None else _short(language)
    marks = _characters(" " if short in ELIDING else "")
    if short in DOTTED:
        text = text.replace("I", "ı").replace("İ", "i")  # noqa: RUF001
    if not text.isascii():
        text = _NUMBER_WITHIN.sub(" ", text)
    # The capital with a dot has a lower case of two characters, the second of which is no letter.
    lowered = unicodedata.normalize("NFC", text.replace("İ", "i").lower()).translate(marks)
    left_out = function_words().get(short, frozenset())
    return " ".join(word for word in lowered.split() if word not in left_out and _is_word(word))


@cache
def function_words() -> dict[str, frozenset[str]]:
    """The words that are left out, by language."""
    return {language: frozenset(words.split()) for language, words in load("function_words.toml").items()}


class _Characters(dict[int, str]):
    """What becomes of each character, worked out when it is first seen."""

    def __init__(self, apostrophe: str) -> None:
        super().__init__({ord(mark): apostrophe for mark in APOSTROPHES})
        self.update({ord(mark): mark for mark in JOINERS} | {0xAD: "", 0x200B: ""})

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Vowel signs and accents (M) belong to words; numbers (N) stay for now, to take their word along.
        self[code] = character if unicodedata.category(character)[0] in "LMN" else " "
        return self[code]


@cache
def _characters(apostrophe: str) -> _Characters:
    return _Characters(apostrophe)


def _is_word(word: str) -> bool:
    return word.isalpha() or (
        any(map(str.isalpha, word)) and not any(unicodedata.category(mark)[0] == "N" for mark in word)
    )


def spoken(text: str) -> str:
    """The language whose function words the text has most of; a text without any speaks none, ``""``."""
    words = fold(text[:SAMPLE_CHARACTERS])
    counts = Counter(word for word in words if len(word) > 1)
    shares = {
        name: sum(counts[word] for word in known.intersection(counts))
        for name, known in function_words().items()
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > TELLING * len(words) else ""


def _short(language: str) -> str:
    short = language.lower().replace("_", "-").split("-")[0]
    return {"nb": "no", "nn": "no"}.get(short, short)
