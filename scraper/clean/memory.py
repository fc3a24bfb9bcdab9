"""Site memory: what a site repeats in different articles is boilerplate, whatever it says.

Pure: `learn` makes a memory of some documents of one site, `judge_blocks` and `find_runs` hold another one
against it. Whatever recurs is told by hashes, with numbers and names of months masked; a bit mask beside
each says which documents have it, so that a document never counts for itself, nor do its near-duplicates.
"""

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from math import ceil
from typing import Final, NamedTuple

import msgspec

from scraper.clean import hygiene, sentences, words
from scraper.clean.lines import LINKS_SUSPICIOUS, Finding, Line
from scraper.records import Metadata, Record
from scraper.rules.loader import load

KIND: Final = "template"
MOST_DOCUMENTS: Final = 60
"""Documents that a memory is made of; each has a bit in masks of 64."""

# ---- how often is often enough -----------------------------------------------------------------------
# Tuned on articles of the public corpora, by site, with templates put in (the benchmark `memory`), and on
# the sites of which the corpora have several articles.

FEW: Final = 8
"""Other documents up to which one that has the same is evidence, where its place speaks against it too."""
FIRM: Final = 2
"""Other documents that must have the same: with the one at hand it stands in three."""
FIRM_SHARE: Final = 0.05
OFTEN: Final = 3
OFTEN_SHARE: Final = 0.2
"""What a long paragraph between others needs: background that a story's articles share recurs less."""
LONG_WORDS: Final = 30
SHORT_WORDS: Final = 3
"""A shorter block goes only beside one that went: Pros, Cons, Key points."""
STRUCTURE_WORDS: Final = 4
"""A block of so many words that a document has twice is part of how it is built."""
LONG_LINE: Final = 60
"""A line of text with more spaces is a paragraph at least, perhaps all of the text."""
FIRST_WORDS: Final = 12
"""The first block with so many words is the first paragraph."""
TOP: Final = 4
TOP_SHARE: Final = 0.5
"""What stands before the text in so many documents is not the first paragraph of each."""
TWIN_SHARE: Final = 0.5
"""Of what is not common, so much shared with one other document makes the two one story."""

SMALL_SET: Final = 5
"""Documents from which on shorter runs in more documents are asked for."""
RUN_SMALL_SET: Final = 7
RUN: Final = 5
"""Tokens of a run that must recur, in sets below `SMALL_SET` and from there on."""
BRIDGE: Final = 2
"""Tokens between two runs that are taken with them: names and dates that differ."""
FIRST_TOKENS: Final = 30
"""Tokens of a stream that stand for title, dek and first paragraph."""
MOST_RUN: Final = 40
"""A longer run must recur often, unless the text ends with it."""

HEADINGS: Final = frozenset({"h2", "h3"})


class SiteMemory(Record, frozen=True, kw_only=True):
    """What several documents of one site repeat, by hash; a bit for each document that has it."""

    documents: int = 0
    """The documents that count, a bit each: of near-duplicates only the first."""
    blocks: dict[int, int] = msgspec.field(default_factory=dict)
    runs: dict[int, int] = msgspec.field(default_factory=dict)
    run_length: int = 0
    """Tokens of the runs."""
    own: int = 0
    """The document at hand, where it is among them: it does not count for itself."""


class Run(NamedTuple):
    """Tokens `start` to `end`, and the share of the other documents that have them."""

    start: int
    end: int
    score: float


# ---- what is compared --------------------------------------------------------------------------------


def masked(found: Iterable[str]) -> list[str]:
    """Folded words with a nought for numbers and months; several in a row, such as a date, are one."""
    result: list[str] = []
    months = _months()
    for word in found:
        if word in months or any(map(str.isdigit, word)):
            if not result or result[-1] != "0":
                result.append("0")
        else:
            result.append(word)
    return result


@cache
def _months() -> frozenset[str]:
    return frozenset(word for names in load("dates.toml")["months"].values() for word in names)


def block_key(text: str) -> int:
    """What a block is known by; 0 where it has no word."""
    return _key(masked(words.fold(text)))


def _key(found: Sequence[str]) -> int:
    if not found or list(found) == ["0"]:
        return 0
    return int.from_bytes(blake2b(" ".join(found).encode(), digest_size=8).digest()) or 1


def block_keys(texts: Iterable[str]) -> tuple[int, ...]:
    """The keys of a document's blocks, each once, in order."""
    return tuple(dict.fromkeys(filter(None, map(block_key, map(hygiene.tidy, texts)))))


def run_keys(tokens: Sequence[str], length: int) -> list[int]:
    """The key of each run of `length` tokens, by the token it begins with."""
    shifted = (tokens[start:] for start in range(length))
    return list(map(zlib.crc32, map(str.encode, map(" ".join, zip(*shifted, strict=False)))))


# ---- learning ----------------------------------------------------------------------------------------


def learn(documents: Sequence[Collection[int]]) -> SiteMemory:
    """The memory of documents given by the keys of their blocks; the first `MOST_DOCUMENTS` count."""
    seen, present = _learn(documents)
    return SiteMemory(documents=present, blocks=seen)


def learn_runs(documents: Sequence[Sequence[str]]) -> SiteMemory:
    """The memory of documents given as tokens."""
    length = RUN if len(documents) >= SMALL_SET else RUN_SMALL_SET
    seen, present = _learn([frozenset(run_keys(tokens, length)) for tokens in documents])
    return SiteMemory(documents=present, runs=seen, run_length=length)


def _learn(documents: Sequence[Collection[int]]) -> tuple[dict[int, int], int]:
    seen: dict[int, int] = {}
    documents = documents[:MOST_DOCUMENTS]
    for number, keys in enumerate(documents):
        bit = 1 << number
        for key in keys:
            seen[key] = seen.get(key, 0) | bit
    repeated = {key: mask for key, mask in seen.items() if mask & (mask - 1)}
    present = (1 << len(documents)) - 1
    stands_for: list[int] = []
    for number, keys in enumerate(documents):
        earlier = _twins(keys, repeated, present, 1 << number) & ((1 << number) - 1)
        stands_for.append(stands_for[next(_bits(earlier))] if earlier else number)
    if all(number == other for number, other in enumerate(stands_for)):
        return repeated, present
    joined = {key: sum({1 << stands_for[number] for number in _bits(mask)}) for key, mask in repeated.items()}
    return joined, sum({1 << number for number in stands_for})


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _twins(keys: Collection[int], seen: dict[int, int], present: int, own: int) -> int:
    """The documents that share with `keys` most of what is not common to the site."""
    common = max(2, ceil((present | own).bit_count() / 2))
    rare = 0
    shared: Counter[int] = Counter()
    for key in keys:
        others = seen.get(key, 0) & present & ~own
        if not others:
            rare += 1
        elif others.bit_count() < common:
            rare += 1
            shared.update(_bits(others))
    return sum(1 << number for number, count in shared.items() if count >= rare * TWIN_SHARE)


class _Others:
    """The documents of a memory that are other articles than the one at hand."""

    def __init__(self, memory: SiteMemory, seen: dict[int, int], keys: Collection[int]) -> None:
        twins = _twins(keys, seen, memory.documents, memory.own)
        self._mask = memory.documents & ~memory.own & ~twins
        self._seen = seen
        self.number = self._mask.bit_count()
        self.firm = max(FIRM, ceil(FIRM_SHARE * self.number))
        self.often = max(OFTEN, ceil(OFTEN_SHARE * self.number))
        self.least = 1 if self.number <= FEW else self.firm

    def count(self, key: int) -> int:
        """How many have it."""
        return (self._seen.get(key, 0) & self._mask).bit_count()

    def share(self, count: int) -> float:
        """`count` as a score."""
        return round(count / self.number, 3) if self.number else 0.0


# ---- blocks and lines --------------------------------------------------------------------------------


def judge_blocks(lines: Sequence[Line], site: SiteMemory, metadata: Metadata) -> None:
    """Take out of a page's lines what the site repeats; title, dek and first paragraph stay.

    What phrases took out before counts as gone: it is evidence for its neighbours.
    """
    page = _Page(lines, site, [])
    page.protect(metadata)
    page.judge()


def judge_lines(lines: Sequence[Line], site: SiteMemory) -> None:
    """As `judge_blocks`, for text without markup; long lines are looked at by sentences too."""
    parts = [sentence for line in lines for sentence in _parts(line.text)]
    page = _Page(lines, site, [block_key(text) for _, text in parts])
    page.protect(Metadata())
    page.judge()
    for line in lines:
        page.judge_sentences(line)


def text_keys(text: str) -> tuple[int, ...]:
    """The keys of a text's lines, and of the sentences in long ones."""
    lines = [hygiene.tidy(line) for _, line in hygiene.split_lines(text)]
    texts = [*lines, *(sentence for line in lines for _, sentence in _parts(line))]
    return tuple(dict.fromkeys(filter(None, map(block_key, texts))))


def _parts(line: str) -> list[tuple[int, str]]:
    return sentences.split(line) if line.count(" ") >= LONG_LINE else []


class _Page:
    """The lines of a document, each with the number of other documents that have it."""

    def __init__(self, lines: Sequence[Line], site: SiteMemory, more_keys: Sequence[int]) -> None:
        found = [masked(words.fold(line.text)) for line in lines]
        self._keys = list(map(_key, found))
        self._others = _Others(site, site.blocks, {*self._keys, *more_keys} - {0})
        self._counts = list(map(self._others.count, self._keys))
        self._lines = lines
        self._sizes = list(map(len, found))
        self._times = Counter(self._keys)
        self._kept: set[int] = set()

    def protect(self, metadata: Metadata) -> None:
        """Title and dek wherever they stand, and the first paragraph."""
        told = {block_key(text) for text in (metadata.title, metadata.description) if text}
        self._kept = {index for index, key in enumerate(self._keys) if key in told}
        always = max(TOP, ceil(TOP_SHARE * self._others.number))
        for index, line in enumerate(self._lines):
            full = self._sizes[index] >= FIRST_WORDS and line.tag not in HEADINGS and bool(line.left)
            if full and line.link_density < LINKS_SUSPICIOUS and self._counts[index] < always:
                self._kept.add(index)
                return

    def judge(self) -> None:
        """Each line by itself, then by what went around it."""
        if any(count >= self._others.least for count in self._counts):
            self._judge_each()
            self._judge_end()
            self._judge_between()

    def _judge_each(self) -> None:
        others = self._others
        for index, line in enumerate(self._lines):
            count, size = self._counts[index], self._sizes[index]
            linked = line.link_density >= LINKS_SUSPICIOUS and size > 1
            needed = others.often if size > LONG_WORDS else others.firm
            full = size > SHORT_WORDS and not self._is_structure(index)
            if (linked and count >= others.least) or (full and count >= needed):
                self._drop(index)

    def _judge_end(self) -> None:
        """What has nothing behind it but what went."""
        for index in range(len(self._lines) - 1, -1, -1):
            if self._lines[index].left:
                if self._counts[index] < self._others.least or index in self._kept:
                    return
                self._drop(index)

    def _judge_between(self) -> None:
        """Headings of which nothing is left, and short lines above one that went."""
        for index in range(len(self._lines) - 2, -1, -1):
            if self._counts[index] < self._others.firm or not self._lines[index].left:
                continue
            heads = self._lines[index].tag in HEADINGS
            below = self._below(index) if heads else range(index + 1, index + 2)
            empty = below and not any(self._lines[other].left for other in below)
            if empty and (heads or not self._is_structure(index)):
                self._drop(index)

    def _below(self, index: int) -> range:
        end = index + 1
        while end < len(self._lines) and self._lines[end].tag not in HEADINGS:
            end += 1
        return range(index + 1, end)

    def _is_structure(self, index: int) -> bool:
        """Whether it is a heading, or says the same in many places."""
        repeated = self._sizes[index] <= STRUCTURE_WORDS and self._times[self._keys[index]] > 1
        return repeated or self._lines[index].tag in HEADINGS

    def _drop(self, index: int) -> None:
        if index not in self._kept and self._lines[index].left:
            self._lines[index].drop(KIND, "memory.block", self._others.share(self._counts[index]))

    def judge_sentences(self, line: Line) -> None:
        """Sentences of a long line, but for those with which the text begins."""
        if line.text.count(" ") < LONG_LINE:
            return
        passed = 0 if line is self._lines[0] else FIRST_WORDS
        pieces = []
        for start, piece in line.pieces:
            for at, text in sentences.split(piece):
                found = masked(words.fold(text))
                count = self._others.count(_key(found)) if passed >= FIRST_WORDS else 0
                passed += len(found)
                if count < self._others.firm or len(found) <= SHORT_WORDS:
                    pieces.append((start + at, text))
                    continue
                end = start + at + len(text.rstrip())
                line.found.append(
                    Finding(start + at, end, KIND, "memory.sentence", self._others.share(count))
                )
        if len(pieces) != len(line.pieces):
            line.pieces = pieces


# ---- token streams -----------------------------------------------------------------------------------


def find_runs(tokens: Sequence[str], memory: SiteMemory) -> list[Run]:
    """The stretches of a stream that the site repeats, but for its beginning."""
    length = memory.run_length
    keys = run_keys(tokens, length)
    others = _Others(memory, memory.runs, frozenset(keys))
    if not others.number:
        return []
    least = others.firm if length == RUN else 1
    counts = [others.count(key) if key in memory.runs else 0 for key in keys]
    runs: list[Run] = []
    for begin, end, count in _stretches(counts, least, length):
        start = max(begin, FIRST_TOKENS)
        at_end = end >= len(tokens) - BRIDGE
        enough = end - start <= MOST_RUN or count >= others.often or at_end
        if end - start >= length and enough:
            runs.append(Run(start, end, others.share(count)))
    return runs


def _stretches(counts: Sequence[int], least: int, length: int) -> list[tuple[int, int, int]]:
    """Start, end and highest count of the tokens that runs with at least `least` documents cover."""
    found: list[tuple[int, int, int]] = []
    for start, count in enumerate(counts):
        if count < least:
            continue
        if found and start <= found[-1][1] + BRIDGE:
            found[-1] = (found[-1][0], start + length, max(found[-1][2], count))
        else:
            found.append((start, start + length, count))
    return found
