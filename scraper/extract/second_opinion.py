"""The second opinion: what trafilatura takes for the article. The only importer of trafilatura."""

from collections.abc import Sequence
from math import exp, log
from typing import Final

SURE: Final = 30
"""Characters from which a block that stands within a line of the other text counts as in it."""
PROBE: Final = 60
MAX_HTML: Final = 1_500_000
MAX_TAGS: Final = 30_000
"""Pages with more characters or tags are not worth the minutes that a second look at them can take."""


def other_text(html: str) -> str:
    """The article as trafilatura sees it, one paragraph a line; empty when it sees none.

    Without its own fallbacks: on the pages of the public corpora where it is asked, what comes of it is as
    good without them, in three fifths of the time. Whatever it stumbles over is no more than a missing second
    opinion.
    """
    if len(html) > MAX_HTML or html.count("<") > 2 * MAX_TAGS:
        return ""
    from lxml.etree import LxmlError  # noqa: PLC0415 - slow to import, and seldom needed
    from trafilatura import extract  # noqa: PLC0415 - as above

    try:
        return extract(html, include_comments=False, fast=True) or ""
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError):
        return ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


def agreement(texts: Sequence[str], other: str) -> list[bool]:
    """Which blocks are in the other text."""
    lines = {_squeezed(line).lstrip("-|#>*") for line in other.splitlines()}
    whole = _squeezed(other)
    result = []
    for text in texts:
        squeezed = _squeezed(text.replace("|", ""))
        result.append(squeezed in lines or (len(squeezed) >= SURE and squeezed[:PROBE] in whole))
    return result


def weighed(opinions: Sequence[float], agreed: Sequence[bool], weight: float) -> list[float]:
    """The opinions moved by `weight` logits towards what the other extractor says."""
    result = []
    for opinion, yes in zip(opinions, agreed, strict=True):
        p = min(max(opinion, 1e-6), 1 - 1e-6)
        odds = log(p / (1 - p)) + (weight if yes else -weight)
        result.append(1 / (1 + exp(-odds)))
    return result
