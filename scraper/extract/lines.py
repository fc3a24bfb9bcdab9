"""Line breaks within a block: which of them are part of the text, and which only wrap it."""

from itertools import groupby, pairwise
from typing import Final

BREAK: Final = "\0"
"""Stands for a `br` in the text of the walk: no parsed page has that character in it."""
EMPTY_LINE: Final = "\u2029"
"""Stands for an empty line in the walk, Unicode's paragraph separator: one character, like all white space,
so that a text is as long as its words make it."""
WRAPPED_CHARS: Final = 60
"""A line this long that ends within a sentence, before one that begins in lower case, was wrapped to fit a
page: all 116 such places in the kept text of 891 pages were read, none is verse, an address or a list."""


def laid_out(text: str, *, preformatted: bool) -> str:
    """`text` with white space collapsed and each line that the author began on a line of its own.

    Args:
        text: As it stands in the page, `BREAK` for each `br`.
        preformatted: Whether the line ends of the page's source count as well; of empty lines one is kept.
    """
    if preformatted:
        return _preformatted(text.replace(BREAK, "\n").replace("\r", ""))
    lines = [line for raw in text.split(BREAK) if (line := " ".join(raw.split()))]
    parts = lines[:1]
    for line, following in pairwise(lines):
        parts += (" " if _is_wrapped(line, following) else "\n", following)
    return "".join(parts)


def _preformatted(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    stanzas = ["\n".join(group) for filled, group in groupby(lines, key=bool) if filled]
    return EMPTY_LINE.join(stanzas)


def printed(text: str) -> str:
    """A text of the walk as blocks have it."""
    return text.replace(EMPTY_LINE, "\n\n")


def flat(text: str) -> str:
    """A text of the walk on one line, for comparing: what is set in other lines is the same text."""
    return text.replace("\n", " ").replace(EMPTY_LINE, " ")


def _is_wrapped(line: str, following: str) -> bool:
    """Whether the next line only goes on with a sentence that did not fit."""
    end = line[-1]
    return len(line) >= WRAPPED_CHARS and (end.isalnum() or end in ",-") and following[0].islower()
