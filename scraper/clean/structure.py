"""What a line's form, and the lines around it, say where its words alone do not."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Final

from scraper.clean import words
from scraper.rules.loader import load

LONGEST_CAPTION: Final = 45
"""Words of a line that may be a caption with its credit; a longer one may be a paragraph with one glued on.

No line of 1.5 million words of reference texts is taken for one."""
LONGEST_CREDIT: Final = 80
MOST_NAMES: Final = 7
"""Characters and words of a credit, from its first word on."""
LEAST_TITLE: Final = 3
"""Words at the start of a line that must be the title's, where they are not all of it."""
LONGEST_BENEFIT: Final = 9
"""Words of an item that says what registering is good for."""

_WORDS: Final = load("cleaning.toml")
BETWEEN_NAMES: Final = frozenset(_WORDS["between_names"].split())
_CREDIT: Final = re.compile(
    r"[.!?…。»”\"')\]]\s*\b(\w+)\s?[:：©]\s?((?:[^.!?:;。]|(?<=[\s/:][^\W\d_])\.)+)\.?$"  # noqa: RUF001
)
"""The end of a sentence, a word, a colon, and no further sentence."""
_LEADS_IN: Final = frozenset(":：©")  # noqa: RUF001
_BULLET: Final = re.compile(r"[-*•✓✔·]\s*")


def is_credited(text: str) -> bool:
    """Whether a line is a caption, by the credit at its end: “The pier at dawn. Photo: Ines Calder”."""
    if text.count(" ") >= LONGEST_CAPTION:
        return False
    end = text[-LONGEST_CREDIT:]
    if _LEADS_IN.isdisjoint(end):
        return False
    found = _CREDIT.search(end)
    if found is None or found[1].lower() not in _listed("credit_words"):
        return False
    names = words.Surfaces(found[2])
    return 0 < len(names) <= MOST_NAMES and names[0].capital


def is_head(found: Sequence[str], title: Sequence[str], names: AbstractSet[str]) -> bool:
    """Whether the folded words of a line are title, authors and perhaps the date, and nothing else.

    The title may be a part of the page's: what the name of the site was left out of.
    """
    start = _shared(found, title)
    rest = found[start:]
    if not start or not rest or names.isdisjoint(rest):
        return False
    between = BETWEEN_NAMES | _listed("weekdays") | months()
    return all(word in names or word in between or word.isdigit() for word in rest)


def _shared(found: Sequence[str], title: Sequence[str]) -> int:
    """How many words at the start of a line are the beginning or the end of a title."""
    size = min(len(found), len(title))
    for length in range(size, 0, -1):
        if length < LEAST_TITLE and length < len(title):
            break
        part = list(found[:length])
        if part in (list(title[:length]), list(title[-length:])):
            return length
    return 0


def is_benefit(text: str, *, tag: str) -> bool:
    """Whether a line is an item of a list that tells the reader what to do, in few words."""
    bullet = _BULLET.match(text)
    if tag != "li" and bullet is None:
        return False
    found = words.fold(text)
    return 0 < len(found) <= LONGEST_BENEFIT and found[0] in _listed("benefits") and not text.endswith("?")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(_WORDS[name].split())


@cache
def months() -> frozenset[str]:
    """The names of months in all languages that dates are read in, in lower case."""
    return frozenset(word for names in load("dates.toml")["months"].values() for word in names)
