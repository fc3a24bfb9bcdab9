"""Learns from texts and from pages, of several sources, what each source repeats."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from scraper.clean.memory import (
    MOST_DOCUMENTS,
    SMALL_SET,
    SiteMemory,
    learn,
    learn_runs,
    run_keys,
    run_length,
    text_keys,
)
from scraper.clean.stream import is_stream

TURN: Final = MOST_DOCUMENTS // 2
"""Texts of a source that are learnt from at a time, together with those just before: what comes together is
of one time, and no more than these are held."""

Form = Literal["auto", "text", "tokens"]


class Learner:
    """Takes texts once, then gives each its memory, in the order in which they came.

    What is held for a text is its hashes until its turn is over, then only what the source repeats.
    """

    def __init__(self, form: Form = "auto") -> None:
        """`form` as `clean_text` is given it."""
        self._form = form
        self._sources: dict[tuple[str, bool], _Source] = {}

    def add(self, source: str, text: str) -> None:
        """Learn from a text."""
        key = self._key(source, text)
        if key not in self._sources:
            self._sources[key] = _Source(tokens=key[1])
        self._sources[key].add(text)

    def memory_for(self, source: str, text: str) -> SiteMemory | None:
        """The memory for the next text of the source; once it is asked for, nothing can be added."""
        known = self._sources.get(self._key(source, text))
        return known.next() if known else None

    def _key(self, source: str, text: str) -> tuple[str, bool]:
        return source, self._form == "tokens" or (self._form == "auto" and is_stream(text))


class PageLearner:
    """As `Learner`, for pages: learns from the keys of their blocks, and is asked by place, in any order."""

    def __init__(self) -> None:
        self._sources: dict[str, _Source] = {}

    def add(self, source: str, keys: Iterable[int]) -> int:
        """Learn from a page; returns its place among those of its source."""
        known = self._sources.setdefault(source, _Source(tokens=False))
        return known.take(keys)

    def memory_for(self, source: str, place: int) -> SiteMemory | None:
        """The memory for a page; once it is asked for, nothing can be added to the source."""
        known = self._sources.get(source)
        return known.at(place) if known and known.taken > 1 else None


class _Source:
    """The texts of one source and one form."""

    def __init__(self, *, tokens: bool) -> None:
        self._tokens = tokens
        self._before: list[array[int]] = []
        self._turn: list[array[int]] = []
        self._first: list[str] = []
        """Texts that may be all there are: what is learnt from so few are other runs."""
        self._memories: list[tuple[SiteMemory, int]] = []
        self._given = 0
        self.taken = 0

    def add(self, text: str) -> None:
        if self._tokens and len(self._first) < SMALL_SET:
            self._first.append(text)
        self.take(run_keys(text.split(), run_length(SMALL_SET)) if self._tokens else text_keys(text))

    def take(self, keys: Iterable[int]) -> int:
        if len(self._turn) == TURN:
            self._end_turn()
        self._turn.append(array("I" if self._tokens else "Q", keys))
        self.taken += 1
        return self.taken - 1

    def _end_turn(self) -> None:
        if self._before:
            if not self._memories:
                self._memories.append((self._learnt(self._before + self._turn), 0))
            self._memories.append((self._learnt(self._before + self._turn), len(self._before)))
        self._before, self._turn = self._turn, []

    def _learnt(self, documents: Sequence[Sequence[int]]) -> SiteMemory:
        return learn_runs(documents) if self._tokens else learn(documents)

    def next(self) -> SiteMemory | None:
        self._given += 1
        return self.at(self._given - 1)

    def at(self, number: int) -> SiteMemory | None:
        if self._turn:
            self._end()
        turn, place = divmod(number, TURN)
        if turn >= len(self._memories):
            return None  # there are more texts now than there were
        memory, before = self._memories[turn]
        return memory.seen_from(before + place) if before + place < len(memory.first_of) else None

    def _end(self) -> None:
        if self._tokens and not self._before and len(self._turn) < SMALL_SET:
            length = run_length(len(self._turn))
            self._turn = [array("I", run_keys(text.split(), length)) for text in self._first]
        if self._before:
            self._end_turn()
        else:
            self._memories.append((self._learnt(self._turn), 0))
        self._before, self._turn, self._first = [], [], []
