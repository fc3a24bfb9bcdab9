"""Form (c): streams of bare tokens, as corpora of processed text hold them."""

from collections.abc import Collection
from typing import Final

from scraper.records import Removal

LEAST_TOKENS: Final = 40
"""A shorter text is never taken for a stream of tokens by its look."""


def is_stream(text: str) -> bool:
    """Whether `text` is lower case without punctuation."""
    tokens = text.split()
    if len(tokens) < LEAST_TOKENS or len(tokens[0]) > 100:
        return False
    return text.islower() and sum(map(text.count, '.,:;!?"()')) * 200 < len(tokens)


def clean_stream(
    text: str, languages: Collection[str] | None, keep: Collection[str]
) -> tuple[str, list[Removal]]:
    """What is left of the stream, and what was taken out."""
    return " ".join(text.split()), []
