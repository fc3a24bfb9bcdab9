"""Cuts a line into sentences, rather too few than too many."""

import re
from typing import Final

_END: Final = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»“)\]]*\s+|[。！？]+[」』）”]*\s*|\s[|•·►»]\s+")
_ABBREVIATIONS: Final = frozenset(
    "mr mrs ms dr prof st jr sr sen gov rep gen col lt sgt capt rev hon no vs etc inc corp ltd co fig vol jan feb "
    "mar apr aug sept sep oct nov dec approx est dept mt ave art bzw ca usw nr abs str hr hrn "
    "mme mlle sra dra ud av pág núm dott sig rev tel ul ok г ул им т н р".split()
)
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


def in_quotes(line: str, start: int, sentence: str) -> bool:
    """Whether the sentence that begins at `start` stands in a quotation, or begins or ends one."""
    before = line[:start]
    depth = sum(map(before.count, _OPENING)) - sum(map(before.count, _CLOSING))
    return (
        depth > 0
        or before.count('"') % 2 == 1
        or any(mark in sentence for mark in (*_OPENING, *_CLOSING, '"'))
    )


def _ends(line: str, start: int, match: re.Match[str]) -> bool:
    mark = match[0].strip()
    if mark != ".":
        return True
    word = line[start : match.start()].rpartition(" ")[2].lstrip("(\"'“‘«")
    if len(word) == 1 and word.isalpha():
        return False
    return word.lower() not in _ABBREVIATIONS and not ("." in word and len(word) <= 5)


def _begins(character: str) -> bool:
    return not character.islower()
