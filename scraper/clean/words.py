"""Cuts text into the folded words on which phrases are matched."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple, overload

CJK: Final = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Han, Hiragana and Katakana: each character is a word of its own."""

_WORD: Final = re.compile(rf"[{CJK}©]|[@#]?[^\W_{CJK}]+")
_WORD_AND_REST: Final = re.compile(rf"([{CJK}©]|[@#]?[^\W_{CJK}]+)([^\w{CJK}©@#]*)")
_FOLDED_AWAY: Final = "’‘ʼ´`'"  # noqa: RUF001
_FOLDED_LETTERS: Final = (("ё", "е"), ("ı", "i"), ("İ", "i"))  # noqa: RUF001
# Turkish text comes with and without its dots, Russian with and without ё.
_ASCII: Final = bytes(code if bytes((code,)).isalnum() else 32 for code in bytes(range(128)).lower()).ljust(
    256
)
"""What becomes of each byte of ASCII text: letters in lower case, digits, and spaces for all else."""
_PUNCTUATION: Final = (("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"), ("…", "."), ("\xa0", " "))  # noqa: RUF001
_LEAD_IN: Final = re.compile(r"[:：|»›>→▶►】］／＝]|\s[–—-]+\s")  # noqa: RUF001


class Surface(NamedTuple):
    """A word as it is written, and what stands between it and the next."""

    word: str
    rest: str

    @property
    def leads_in(self) -> bool:
        """Whether a colon, dash, bar or arrow follows."""
        return _LEAD_IN.search(self.rest) is not None

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital, or in a script that has none."""
        first = self.word.lstrip("@#")[:1]
        return not first.islower()

    @property
    def digit(self) -> bool:
        """Whether it has a digit in it."""
        return any(map(str.isdigit, self.word))


def fold(text: str) -> list[str]:
    """The words of `text` in lower case, apostrophes dropped, punctuation gone."""
    if not text.isascii():
        text = _bare(text)
    if text.isascii() and "@" not in text and "#" not in text:
        return text.encode("ascii").translate(_ASCII, b"'`").decode("ascii").split()  # the same, much faster
    return _WORD.findall(_bare(text).lower())


class Surfaces(Sequence[Surface]):
    """The words that `fold` returns as they are written.

    Each is read when it is first asked for: most phrases are found to be another at the second word.
    """

    __slots__ = ("_rest", "_words")

    def __init__(self, text: str) -> None:
        self._words: list[Surface] = []
        self._rest = map(Surface._make, map(re.Match.groups, _WORD_AND_REST.finditer(_bare(text))))

    def __len__(self) -> int:
        self._words += self._rest
        return len(self._words)

    @overload
    def __getitem__(self, place: int) -> Surface: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Surface]: ...
    def __getitem__(self, place: int | slice) -> Surface | Sequence[Surface]:
        if isinstance(place, slice) or place < 0:
            self._words += self._rest
        elif place >= len(self._words):
            self._words += islice(self._rest, place + 1 - len(self._words))
        return self._words[place]


def _bare(text: str) -> str:
    if text.isascii():
        return text.replace("'", "").replace("`", "")
    for mark, plain in _PUNCTUATION:
        text = text.replace(mark, plain)
    for mark in _FOLDED_AWAY:
        text = text.replace(mark, "")
    for letter, plain in _FOLDED_LETTERS:
        text = text.replace(letter, plain)
    return text
