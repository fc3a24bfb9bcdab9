"""Takes out of a document what the memory of its site has in other documents."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from scraper.clean import sentences
from scraper.clean.line import Finding, Line
from scraper.clean.lines import LINKS_SUSPICIOUS
from scraper.clean.memory import (
    KIND,
    LONG_LINE,
    MOST_NUMBERS,
    RUN_OF_FEW,
    TOP_BLOCKS,
    TOP_TOKENS,
    Others,
    SiteMemory,
    at_top,
    key_of,
    masked,
    parts_of,
    run_keys,
    with_tops,
)
from scraper.records import Metadata

LONG_WORDS: Final = 30
SHORT_WORDS: Final = 3
"""A block of no more words goes only above one that went: Pros, Cons, Key points."""
STRUCTURE_WORDS: Final = 4
"""A block of no more words that a document has twice is part of how it is built."""
FIRST_WORDS: Final = 12
"""The first block with so many words is the first paragraph."""
BRIDGE: Final = 2
"""Tokens between two runs that are taken with them: names and dates that differ."""
LONG_RUN: Final = 20
MOST_SHARED: Final = 0.8
"""Share of a document's words that others may have: what has more in common with them is the same article."""
HEADINGS: Final = frozenset({"h2", "h3"})


class Run(NamedTuple):
    """Tokens `start` to `end`, and the share of the other documents that have them."""

    start: int
    end: int
    score: float


def judge_blocks(
    lines: Sequence[Line], site: SiteMemory, metadata: Metadata, *, keep: bool = False
) -> tuple[int, ...]:
    """Take out of a page's lines what the site repeats; title, dek and first paragraph stay.

    What phrases took out before counts as gone: it is evidence for its neighbours.

    Args:
        lines: Those of the page.
        site: What is known.
        metadata: The page's, for title and dek.
        keep: Whether to leave in what the site repeats.

    Returns:
        The keys of the lines, by which the page itself is remembered.
    """
    page = _Page(lines, site)
    if not keep and not page.is_copy:
        page.protect(metadata)
        page.judge()
    return page.keys


def judge_lines(lines: Sequence[Line], site: SiteMemory) -> None:
    """As `judge_blocks`, for text without markup; long lines are looked at by sentences too."""
    page = _Page(lines, site, parts=[part for line in lines for part in parts_of(line.text)])
    if page.is_copy:
        return
    page.protect(Metadata())
    page.judge()
    for line in lines:
        page.judge_sentences(line)


class _Page:
    """The lines of a document, each with the number of other documents that have it."""

    def __init__(self, lines: Sequence[Line], site: SiteMemory, parts: Sequence[str] = ()) -> None:
        # Of a line that something was taken of, the words that are known may be those that were left.
        found = [masked(line.text, None if line.found else line.words or None) for line in lines]
        self._keys = list(map(key_of, found))
        self.keys = with_tops(self._keys)
        more = {key_of(masked(part)) for part in parts} - {0}
        self._others = Others(site, site.blocks, more.union(self.keys))
        self._counts = list(map(self._others.count, self._keys))
        self._lines = lines
        self._sizes = list(map(len, found))
        self._numbers = [each.count("0") for each in found]
        self._times = Counter(self._keys)
        self._kept: set[int] = set()

    @property
    def is_copy(self) -> bool:
        """Whether others have nearly all of it: it is a copy of theirs, and they tell nothing of it."""
        shared = sum(
            size
            for size, count in zip(self._sizes, self._counts, strict=True)
            if count >= self._others.middle
        )
        return shared > MOST_SHARED * sum(self._sizes)

    def protect(self, metadata: Metadata) -> None:
        """Title and dek wherever they stand, and the first paragraph."""
        told = {key_of(masked(text)) for text in (metadata.title, metadata.description) if text} - {0}
        self._kept = {index for index, key in enumerate(self._keys) if key in told}
        for index, line in enumerate(self._lines):
            full = self._sizes[index] >= FIRST_WORDS and line.tag not in HEADINGS and bool(line.left)
            if full and line.link_density < LINKS_SUSPICIOUS and not self._is_common_top(index):
                self._kept.add(index)
                return

    def _is_common_top(self, index: int) -> bool:
        key = self._keys[index]
        return index < TOP_BLOCKS and self._others.count(at_top(key)) >= self._others.top

    def judge(self) -> None:
        """Each line by itself, then by what went around it."""
        if any(count >= self._others.near for count in self._counts):
            self._judge_each()
            self._judge_end()
            self._judge_between()

    def _judge_each(self) -> None:
        others = self._others
        for index, line in enumerate(self._lines):
            count, size = self._counts[index], self._sizes[index]
            linked = line.link_density >= LINKS_SUSPICIOUS and size > 1
            full = size > SHORT_WORDS and not self._is_structure(index)
            full = full and self._numbers[index] <= MOST_NUMBERS
            needed = others.often if size > LONG_WORDS or self._numbers[index] else others.middle
            if (linked and count >= others.near) or (full and count >= needed):
                self._drop(index)

    def _judge_end(self) -> None:
        """What has nothing behind it but what went."""
        for index in range(len(self._lines) - 1, -1, -1):
            if self._lines[index].left:
                needed = self._others.near if self._sizes[index] <= LONG_WORDS else self._others.middle
                if self._counts[index] < needed or index in self._kept:
                    return
                self._drop(index)

    def _judge_between(self) -> None:
        """Headings of which nothing is left, and short lines above one that went."""
        for index in range(len(self._lines) - 2, -1, -1):
            if self._counts[index] < self._others.middle or not self._lines[index].left:
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
                found = masked(text)
                count = self._others.count(key_of(found)) if passed >= FIRST_WORDS else 0
                passed += len(found)
                data = found.count("0") > MOST_NUMBERS
                if count < self._others.often or len(found) <= SHORT_WORDS or data:
                    pieces.append((start + at, text))
                    continue
                end = start + at + len(text.rstrip())
                score = self._others.share(count)
                line.found.append(Finding(start + at, end, KIND, "memory.sentence", score))
        if pieces != line.pieces:
            line.pieces = pieces


def find_runs(tokens: Sequence[str], site: SiteMemory) -> list[Run]:
    """The stretches of a stream that the site repeats; at its beginning, those that others begin with."""
    keys = run_keys(tokens, site.run_length)
    top = list(map(at_top, keys[:TOP_TOKENS]))
    others = Others(site, site.runs, {*keys, *top})
    if not others.number:
        return []
    counts = [others.count(key) if key in site.runs else 0 for key in keys]
    counts[: len(top)] = [count if (count := others.count(key)) >= others.top else 0 for key in top]
    few = site.run_length == RUN_OF_FEW
    least = 1 if few else max(2, others.near)
    usual, long = (1, max(2, others.number)) if few else (others.middle, others.often)
    covered = _covered([count if count >= least else 0 for count in counts], len(tokens), site.run_length)
    taken: list[Run] = []
    open_end = len(tokens)
    for start, end in reversed(list(_alike(covered, usual, long))):
        ends_text = end >= open_end - BRIDGE
        most = max(covered[start:end])
        if ends_text or most >= long or (most >= usual and end - start <= LONG_RUN):
            open_end = start if ends_text else open_end
            taken.append(Run(start, end, others.share(most)))
    joined = _joined(taken[::-1])
    is_copy = sum(run.end - run.start for run in joined) > MOST_SHARED * len(tokens)
    return [] if is_copy else joined


def _covered(counts: Sequence[int], length: int, run_length: int) -> list[int]:
    """Of each token, in how many other documents the most frequent run over it stands."""
    covered = [0] * length
    for start, count in enumerate(counts):
        if count:
            for place in range(start, start + run_length):
                covered[place] = max(covered[place], count)
    return covered


def _alike(covered: Sequence[int], usual: int, long: int) -> Iterator[tuple[int, int]]:
    """Stretches of covered tokens that reach the same bar."""
    start = 0
    for (some, _, _), group in groupby(covered, lambda count: (count > 0, count >= usual, count >= long)):
        end = start + len(list(group))
        if some:
            yield start, end
        start = end


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Runs with what little lies between them."""
    joined: list[Run] = []
    for run in runs:
        if joined and run.start <= joined[-1].end + BRIDGE:
            last = joined.pop()
            joined.append(Run(last.start, run.end, max(last.score, run.score)))
        else:
            joined.append(run)
    return joined
