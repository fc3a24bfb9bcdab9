"""Line breaks within a block: which of them are part of the text, and which only wrap it."""

from itertools import pairwise
from typing import Final

BREAK: Final = "\0"
"""Stands for a `br` in the text of the walk: no parsed page has that character in it."""
WRAPPED_CHARS: Final = 60
"""A line this long that ends within a sentence, before one that begins in lower case, was wrapped to fit a
page. Of the lines of verse, addresses and lists made with `br` on 891 pages of news and articles none is."""


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
    lines: list[str] = []
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip("\n")


def _is_wrapped(line: str, following: str) -> bool:
    """Whether the next line only goes on with a sentence that did not fit."""
    end = line[-1]
    return len(line) >= WRAPPED_CHARS and (end.isalnum() or end in ",-") and following[0].islower()
