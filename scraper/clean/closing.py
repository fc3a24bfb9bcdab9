"""What tokens of a stream say by how they stand: names written together, the same again, closing formulas."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from scraper.clean.evidence import HANDLE_RULE, HANDLE_WORTH, NETWORKS, SIGN_OFF_REACH, Hit
from scraper.rules.loader import load

TAIL: Final = 0.8
"""Share of a text behind which its end begins."""
LEAST_HANDLE: Final = 8
"""Characters; a shorter word may be two others written together by chance."""
ADDRESS: Final = "com"
ADDRESS_REACH: Final = 2
"""What is left of an address, and the tokens before a name within which it is that of a post or picture."""
ECHO: Final = 2.7
"""Nats that a word weighs that soon becomes boilerplate when it comes again and again: reply reply reply."""
LEAST_ECHO: Final = 5
LEAST_LIGHT_ECHO: Final = 15
LEAST_TIMES: Final = 3
LONGEST_ECHO: Final = 4
"""Tokens that such a stretch has at least, and one of lighter words (private address private address), how
often it says the same, and in how many tokens at most."""
BIO_REACH: Final = 45
TAGS_REACH: Final = 30
"""Tokens before the end of a text within which a note on its author, or its tags, begin.

Of 840 English references of the corpora two lose something by it: notes on authors."""
CLOSING_WORTH: Final = 12.0
NAME: Final = 2
"""Tokens of a name."""

_WORDS: Final = load("cleaning.toml")
_MONTHS: Final = tuple(_WORDS["months"].split())
_TRADES: Final = frozenset(_WORDS["trades"].split())
_RANKS: Final = frozenset(_WORDS["ranks"].split())
_TAGS: Final = frozenset(_WORDS["tags"].split())
_WRITTEN: Final = frozenset(_WORDS["written"].split())


def handle_hits(tokens: Sequence[str]) -> list[Hit]:
    """Places near the end where a name is followed by itself written together: a handle."""
    hits = []
    for index in range(max(2, int(len(tokens) * TAIL)), len(tokens)):
        handle = tokens[index]
        if len(handle) < LEAST_HANDLE:
            continue
        last = index - 1 if tokens[index - 1] not in NETWORKS else index - 2
        if last < 1 or handle != tokens[last - 1] + tokens[last]:
            continue
        start = last - 1
        if _is_post(tokens, start, index + 1):
            continue
        if tokens[start - 1] == "follow":
            start -= 1
        places = frozenset(range(start, index + 1))
        hits.append(Hit(start, index + 1, HANDLE_WORTH, "author_bio", HANDLE_RULE, places))
    return hits


def _is_post(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether name and handle sign a post that an article shows: an address is before it or a day behind."""
    return ADDRESS in tokens[max(0, start - ADDRESS_REACH) : start] or (
        end < len(tokens) and tokens[end] in _MONTHS
    )


def head_byline(tokens: Sequence[str], found: Sequence[Hit], handles: Sequence[Hit]) -> Hit | None:
    """The names on top, known from the sign-off at the end; the last may have the month glued to it.

    One who signs off with a handle must be named there in full: the place of the report may begin a text too.
    """
    if not handles:
        return None
    known = {
        token
        for hit in found
        if any(hit.start <= handle.start < hit.end for handle in handles)
        for token in tokens[hit.start : hit.end][: SIGN_OFF_REACH + 6]
    }
    end = 0
    while end < len(tokens) and tokens[end] in known:
        end += 1
    glued = tokens[end] if end < len(tokens) else ""
    if any(glued.endswith(month) and glued.removesuffix(month) in known for month in _MONTHS):
        end += 1
    names = set(tokens[:end])
    signed = any(names.issuperset(_name(tokens, handle)) for handle in handles)
    return Hit(0, end, float(end), "byline", "stream.byline") if signed else None


def _name(tokens: Sequence[str], handle: Hit) -> Sequence[str]:
    """First and last name of whoever has the handle."""
    start = handle.start + (tokens[handle.start] == "follow")
    return tokens[start : start + NAME]


def echoes(tokens: Sequence[str], marks: Sequence[int], telling: Mapping[str, float]) -> list[Hit]:
    """Stretches in which the same few words, one of those at `marks` first, come again and again."""
    hits = []
    index = 0
    for number in marks:
        if number < index or tokens[number] not in tokens[number + 1 : number + 1 + LONGEST_ECHO]:
            continue
        least = LEAST_ECHO if telling[tokens[number]] >= ECHO else LEAST_LIGHT_ECHO
        for length in range(1, LONGEST_ECHO + 1):
            end = number + length
            while end < len(tokens) and tokens[end] == tokens[end - length]:
                end += 1
            if end - number >= max(LEAST_TIMES * length, least):
                hits.append(Hit(number, end, float(end - number), "related", "stream.echo"))
                index = end
                break
    return hits


def closing_note(tokens: Sequence[str], languages: Collection[str]) -> Hit | None:
    """A note on the author, or tags, with which a text in English ends."""
    if "en" not in languages:
        return None
    for index in range(max(NAME + 1, len(tokens) - BIO_REACH), len(tokens)):
        if tokens[index] in _TAGS and index >= len(tokens) - TAGS_REACH:
            return Hit(index, len(tokens), CLOSING_WORTH, "related", "stream.tags")
        if tokens[index] in _TRADES and not _RANKS.isdisjoint(tokens[index - 2 : index]):
            start = index - 1
            while start > NAME and tokens[start - 1] in _RANKS | _TRADES:
                start -= 1
            start = max(0, start - NAME)
            start -= start > 0 and tokens[start - 1] in _WRITTEN
            return Hit(start, len(tokens), CLOSING_WORTH, "author_bio", "stream.bio")
    return None
