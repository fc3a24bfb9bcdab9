"""Cuts a line into sentences, rather too few than too many."""

import re
from typing import Final

from scraper.rules.loader import load

_END: Final = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»“)\]]*\s+|[。！？]+[」』）”]*\s*|\s[|•·►»]\s+")  # noqa: RUF001
_ABBREVIATIONS: Final = frozenset(load("cleaning.toml")["abbreviations"].split())
INITIALS_CHARACTERS: Final = 5
"""Up to so many characters, a word with a full stop in it is initials: U.S., p.m."""
_OPENING: Final = "“«「『"
_CLOSING: Final = "”»」』"


def split(line: str) -> list[tuple[int, str]]:
    """The sentences of `line`, each with the place where it begins; together they are the line.

    A place is an end of a sentence for what stands before it and for what stands after it,
    each looked at alone: where a sentence in the middle is taken out, the others stay
    what they were.
    """
    sentences = []
    start = 0
    for match in _END.finditer(line):
        if match.end() >= len(line) or not _ends(line, start, match) or not _begins(line[match.end()]):
            continue
        sentences.append((start, line[start : match.end()]))
        start = match.end()
    sentences.append((start, line[start:]))
    return sentences


class Quotes:
    """Follows quotation marks through the sentences of a line."""

    def __init__(self) -> None:
        self._depth = 0
        self._straight = False

    def read(self, sentence: str) -> bool:
        """Whether the next sentence stands in a quotation, or has a quotation mark in it."""
        if not self._depth and sentence.isascii() and '"' not in sentence:
            return self._straight
        opened = sum(map(sentence.count, _OPENING))
        closed = sum(map(sentence.count, _CLOSING))
        straight = sentence.count('"')
        inside = self._depth > 0 or self._straight or bool(opened or closed or straight)
        self._depth = max(0, self._depth + opened - closed)
        self._straight ^= straight % 2 == 1
        return inside


def _ends(line: str, start: int, match: re.Match[str]) -> bool:
    mark = match[0].strip()
    if mark != ".":
        return True
    word = line[start : match.start()].rpartition(" ")[2].lstrip("(\"'“‘«")  # noqa: RUF001
    if len(word) == 1 and word.isalpha():
        return False
    return word.lower() not in _ABBREVIATIONS and not ("." in word and len(word) <= INITIALS_CHARACTERS)


def _begins(character: str) -> bool:
    return not character.islower()
