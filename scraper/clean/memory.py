"""Site memory: which blocks and runs of tokens different documents of one site have in common.

Whatever may recur is known by a hash, with numbers and names of months masked; a bit mask beside each says
which documents have it, so that a document never counts for itself, nor do its near-duplicates.
"""

import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import blake2b
from math import ceil
from typing import Final

import msgspec

from scraper.clean import hygiene, sentences, structure, words
from scraper.records import Record

KIND: Final = "template"
MOST_DOCUMENTS: Final = 60
"""Documents that a memory is made of; each has a bit in masks of 64."""
TWIN_SHARE: Final = 0.5
"""Of what is not common to the site, so much shared with one other document makes the two one story."""
ALL_SHARE: Final = 0.8
"""And so much of all there is, where all that is known of the site may be one story."""

# How often is often enough. Tuned on articles of the public corpora with furniture and shared paragraphs put
# in (the benchmark `memory`), and on the sites of which the corpora have several articles.
FEW: Final = 8
FIRM: Final = 2
FIRM_SHARE: Final = 0.05
MIDDLE_SHARE: Final = 0.25
OFTEN: Final = 3
OFTEN_SHARE: Final = 0.4
TOP: Final = 3
TOP_SHARE: Final = 0.5

MOST_NUMBERS: Final = 2
"""What has more of them, a date being one, may have the same form in each article and say another thing."""
LONG_LINE: Final = 60
"""A line of text with more spaces is a paragraph at least, perhaps all of the text."""
TOP_BLOCKS: Final = 5
TOP_TOKENS: Final = 30
"""Among so many blocks or tokens are title, dek and first paragraph."""
SMALL_SET: Final = 5
RUN_OF_FEW: Final = 7
RUN_OF_MORE: Final = 5
"""Tokens of a run that must recur, in sets below `SMALL_SET` and from there on."""

_DIGIT: Final = re.compile(r"\d")
_AT_TOP: Final = 0x6C8E9CF5


class SiteMemory(Record, frozen=True, kw_only=True):
    """What several documents of one site have in common, by hash; a bit for each document that has it."""

    documents: int = 0
    """The documents that count, a bit each: of near-duplicates only the first."""
    blocks: dict[int, int] = msgspec.field(default_factory=dict)
    runs: dict[int, int] = msgspec.field(default_factory=dict)
    run_length: int = RUN_OF_MORE
    """Tokens of the runs."""
    first_of: tuple[int, ...] = ()
    """For each document, which one stands for it: itself, or the first of its near-duplicates."""
    own: int = 0
    """The bit of the document at hand, where it is among them."""

    def seen_from(self, place: int) -> "SiteMemory":
        """The memory as it is held against one of its own documents, which does not count for itself."""
        return msgspec.structs.replace(self, own=1 << self.first_of[place], first_of=())


class Others:
    """The documents of a memory that are other articles than the one at hand, and how many are enough."""

    def __init__(self, memory: SiteMemory, seen: dict[int, int], keys: Collection[int]) -> None:
        """`keys` is what the document at hand has; `seen` is the part of the memory to look in."""
        twins = _twins(keys, seen, memory.documents, memory.own)
        self._mask = memory.documents & ~memory.own & ~twins
        self._seen = seen
        self.number = self._mask.bit_count()
        self.near = 1 if self.number <= FEW else self._bar(FIRM, FIRM_SHARE)
        """Where the place speaks against it too: it stands in links, or the text ends with it."""
        self.middle = self._bar(FIRM, MIDDLE_SHARE)
        """Where background that articles of one story share may stand too: three with this one, or more."""
        self.often = self._bar(OFTEN, OFTEN_SHARE)
        """For what is as long as such background."""
        self.top = self._bar(TOP, TOP_SHARE)
        """Where title, dek and first paragraph stand; counted are those that have it at their top too."""

    def _bar(self, least: int, share: float) -> int:
        return max(least, ceil(share * self.number))

    def count(self, key: int) -> int:
        """How many have it."""
        return (self._seen.get(key, 0) & self._mask).bit_count()

    def share(self, count: int) -> float:
        """`count` as a score."""
        return round(count / self.number, 3) if self.number else 0.0


# ---- what is compared --------------------------------------------------------------------------------


def masked(text: str, folded: list[str] | None = None) -> list[str]:
    """Folded words with a nought for numbers and months; several in a row, such as a date, are one.

    Args:
        text: A block or a line.
        folded: Its words, where they are known.
    """
    found = words.fold(text) if folded is None else folded
    if _DIGIT.search(text) is None and structure.months().isdisjoint(found):
        return found
    result: list[str] = []
    for word in _masks(found):
        if word != "0" or result[-1:] != ["0"]:
            result.append(word)
    return result


def _masks(found: Iterable[str]) -> list[str]:
    """Each word, or a nought for it where it is a number or the name of a month."""
    months = structure.months()
    return ["0" if word in months or (not word.isalpha() and _DIGIT.search(word)) else word for word in found]


def key_of(found: list[str]) -> int:
    """What a block of masked words is known by; 0 where there is no word."""
    if not found or found == ["0"]:
        return 0
    return int.from_bytes(blake2b(" ".join(found).encode(), digest_size=8).digest()) or 1


def at_top(key: int) -> int:
    """What a block or run is known by when it is among the first of a document."""
    return key and key ^ _AT_TOP


def block_keys(texts: Iterable[str]) -> tuple[int, ...]:
    """The keys of a document's blocks, each once."""
    return with_tops([key_of(masked(text)) for text in map(hygiene.tidy, texts) if text])


def with_tops(keys: Sequence[int]) -> tuple[int, ...]:
    """The keys of blocks, each once, and those of the first ones as what stands at the top."""
    return _each_once([*map(at_top, keys[:TOP_BLOCKS]), *keys])


def text_keys(text: str) -> tuple[int, ...]:
    """The keys of a text's lines, and of the sentences in long ones, each once."""
    lines = [line for _, found in hygiene.split_lines(text) if (line := hygiene.tidy(found))]
    parts = [part for line in lines for part in parts_of(line)]
    return _each_once([*block_keys(lines), *(key_of(masked(part)) for part in parts)])


def parts_of(line: str) -> list[str]:
    """The sentences of a line that is so long that lines say nothing."""
    return [text for _, text in sentences.split(line)] if line.count(" ") >= LONG_LINE else []


def _each_once(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(filter(None, keys)))


def run_keys(tokens: Sequence[str], length: int) -> list[int]:
    """The key of each run of `length` tokens, by the token it begins with; 0 for rows of numbers."""
    bare = _masks(tokens)
    shifted = [bare[start:] for start in range(length)]
    keys = list(map(zlib.crc32, map(str.encode, map(" ".join, zip(*shifted, strict=False)))))
    if "0" in bare:
        few = (run.count("0") <= MOST_NUMBERS for run in zip(*shifted, strict=False))
        keys = [key if sound else 0 for key, sound in zip(keys, few, strict=True)]
    return keys


# ---- learning ----------------------------------------------------------------------------------------


def learn(documents: Sequence[Collection[int]], *, for_others: bool = False) -> SiteMemory:
    """The memory of documents given by the keys of their blocks; the first `MOST_DOCUMENTS` count.

    Args:
        documents: A collection of keys each.
        for_others: Whether documents that are not among these are held against it.
    """
    documents = documents[:MOST_DOCUMENTS]
    alone = for_others and len(documents) <= FEW
    least = 1 if alone else 2 if len(documents) <= FEW + 1 or for_others else FIRM + 1
    seen, first_of = _learn(documents, alone=alone)
    return SiteMemory(documents=_present(first_of), blocks=_known_to(seen, least), first_of=first_of)


def run_length(documents: int) -> int:
    """Tokens of the runs to learn from so many documents."""
    return RUN_OF_MORE if documents >= SMALL_SET else RUN_OF_FEW


def learn_runs(documents: Sequence[Sequence[int]]) -> SiteMemory:
    """The memory of documents given by the keys of all their runs, of `run_length`, in order."""
    documents = documents[:MOST_DOCUMENTS]
    length = run_length(len(documents))
    seen, first_of = _learn([{*keys, *map(at_top, keys[:TOP_TOKENS])} - {0} for keys in documents])
    seen = _known_to(seen, 2 if length == RUN_OF_FEW else FIRM + 1)
    return SiteMemory(documents=_present(first_of), runs=seen, run_length=length, first_of=first_of)


def _present(first_of: Sequence[int]) -> int:
    return sum({1 << first for first in first_of})


def _known_to(seen: dict[int, int], least: int) -> dict[int, int]:
    """What at least so many documents have: what is in fewer can never be enough."""
    return {key: mask for key, mask in seen.items() if mask.bit_count() >= least}


def _learn(
    documents: Sequence[Collection[int]], *, alone: bool = False
) -> tuple[dict[int, int], tuple[int, ...]]:
    """Which documents have each key, keys of a single one only if `alone`, and which one stands for each."""
    seen: dict[int, int] = {}
    for number, keys in enumerate(documents):
        bit = 1 << number
        for key in keys:
            seen[key] = seen.get(key, 0) | bit
    if not alone:
        seen = {key: mask for key, mask in seen.items() if mask & (mask - 1)}
    present = (1 << len(documents)) - 1
    first_of: list[int] = []
    for number, keys in enumerate(documents):
        earlier = _twins(keys, seen, present, 1 << number) & ((1 << number) - 1)
        first_of.append(first_of[next(_bits(earlier))] if earlier else number)
    if any(number != first for number, first in enumerate(first_of)):
        seen = {key: sum({1 << first_of[number] for number in _bits(mask)}) for key, mask in seen.items()}
    return seen, tuple(first_of)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _twins(keys: Collection[int], seen: dict[int, int], present: int, own: int) -> int:
    """The documents that are near-duplicates of the one with `keys`.

    They share most of what is not common to the site; or nearly all there is, where hardly anything is not.
    """
    masks = [seen.get(key, 0) & present & ~own for key in keys]
    common = max(2, ceil((present | own).bit_count() / 2))
    rare = [mask for mask in masks if mask.bit_count() < common]
    twins = _sharing(rare, TWIN_SHARE)
    if len(masks) - len(rare) >= len(masks) * ALL_SHARE:
        twins |= _sharing(masks, ALL_SHARE)
    return twins


def _sharing(masks: Sequence[int], share: float) -> int:
    """The documents that have at least so much of what stands behind the masks."""
    shared = Counter(number for mask in masks if mask for number in _bits(mask))
    return sum(1 << number for number, count in shared.items() if count >= len(masks) * share)
