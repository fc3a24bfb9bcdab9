"""The catalogue of boilerplate phrases, compiled to one automaton that is built once a process."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Final, NamedTuple, Protocol

from ahocorasick_rs import AhoCorasick

from scraper.clean import patterns
from scraper.clean.words import Surface, fold
from scraper.errors import ConfigError

SHORT_WORDS: Final = 45
"""Words of a line that weak phrases may fill: in longer ones, as articles have, they are not looked for."""
LONG_WORD: Final = 60
"""Characters within which the first word of a text ends."""


class Strength(IntEnum):
    """How much else must speak for boilerplate when the phrase fills a piece of text."""

    HINT = 1
    """Its place or its neighbours must be suspicious too."""
    LINE = 2
    """Nothing, if it fills a block or line of its own; in a stream its words are too common to tell."""
    BLOCK = 3
    """Nothing, if it fills a block or line of its own; in a stream it is evidence."""
    SENTENCE = 4
    """Nothing, even as a sentence within running text; in a stream it tells as little as a line."""
    SURE = 5
    """Nothing, even as a sentence within running text; in a stream it is evidence."""

    @property
    def is_common(self) -> bool:
        """Whether the words of the phrase tell nothing where lines and sentences have no ends."""
        return self in {Strength.LINE, Strength.SENTENCE}


class Phrase(NamedTuple):
    """One line of the catalogue."""

    language: str
    kind: str
    strength: Strength
    source: str
    """The pattern, as `patterns` reads it."""

    @property
    def rule(self) -> str:
        """The name under which removals give it as their reason."""
        return f"{self.language}.{self.kind}: {self.source}"


class Span(NamedTuple):
    """A phrase found at words `start` to `end`."""

    start: int
    end: int
    phrase: Phrase


STRUCTURAL_KINDS: Final = frozenset({"title"})
"""Kinds that are found by what the text repeats, not by phrases."""
KINDS: Final = STRUCTURAL_KINDS | {
    "advertisement",
    "app",
    "audio",
    "author_bio",
    "byline",
    "caption",
    "captcha",
    "comments",
    "cookie",
    "feedback",
    "legal",
    "newsletter",
    "print_edition",
    "related",
    "share",
    "subscribe",
    "support",
    "template",
    "timestamp",
}
"""All kinds of boilerplate, as `keep` takes them."""


class Compiled(NamedTuple):
    """A phrase that was met and is ready to be compared."""

    longest: int
    state: patterns.State


class Piece(Protocol):
    """A text, folded for comparison."""

    words: list[str]
    folded: str
    """The words between single spaces."""

    def surfaces(self) -> Sequence[Surface]:
        """Its words as they are written."""


class _Finder:
    """Finds anchors, and knows which phrases they belong to."""

    def __init__(self, anchors: Mapping[str, list[int]]) -> None:
        self._numbers = tuple(anchors.values())
        self._automaton = AhoCorasick(list(anchors), store_patterns=False)

    def numbers(self, folded: str) -> set[int]:
        """Phrases whose anchors stand in the text."""
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return {number for which, _, _ in found for number in self._numbers[which]} if found else set()

    def hits(self, folded: str) -> dict[int, set[int]]:
        """Phrases whose anchors stand in the text, with the places of the anchors counted in words."""
        hits: dict[int, set[int]] = {}
        place = last = 0
        for which, at, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            # Counted from the match before: from the start, a long text would take quadratic time.
            place += folded.count(" ", last, at) if at >= last else -folded.count(" ", at, last)
            last = at
            for number in self._numbers[which]:
                hits.setdefault(number, set()).add(place)
        return hits


class Catalogue:
    """Phrases, and the automaton that finds where one may be."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        anchors: dict[str, list[int]] = {}
        strong: dict[str, list[int]] = {}
        self._by_first: dict[str, set[int]] = {}
        self._vague: set[int] = set()
        self._sure: set[int] = set()
        self._needed: list[tuple[tuple[str, ...], ...]] = []
        for number, phrase in enumerate(self.phrases):
            needed = patterns.anchors(phrase.source)
            if not needed:
                raise ConfigError(f"phrase {phrase.source!r}: has no word that every match contains")
            self._needed.append(needed[1:])
            for anchor in needed[0]:
                anchors.setdefault(anchor, []).append(number)
                if phrase.strength >= Strength.BLOCK:
                    strong.setdefault(anchor, []).append(number)
            firsts = patterns.first_words(phrase.source)
            if firsts is None:
                self._vague.add(number)
            for word in firsts or ():
                self._by_first.setdefault(word, set()).add(number)
            if phrase.strength >= Strength.SENTENCE:
                self._sure.add(number)
        self._finder = _Finder(anchors)
        self._strong_finder = _Finder(strong)
        self._compiled: dict[int, Compiled] = {}

    def near(self, piece: Piece) -> set[int]:
        """The numbers of the phrases that can be in the text; of weak ones only those in a short text."""
        return self._finder_for(piece).numbers(piece.folded)

    def _finder_for(self, piece: Piece) -> _Finder:
        return self._finder if len(piece.words) <= SHORT_WORDS else self._strong_finder

    def may_be_sure(self, near: set[int], folded: str) -> bool:
        """Whether one of the phrases near may go as a sentence."""
        return any(self._possible(number, folded) for number in near & self._sure)

    def may_begin(self, text: str, near: set[int]) -> bool:
        """Whether `text`, a part of what `near` was found in, can begin with a phrase."""
        first = fold(text[:LONG_WORD])[:1]
        return bool(first) and bool(self._beginning(first[0], near))

    def _beginning(self, word: str, near: set[int]) -> set[int]:
        """Those of the phrases near that can begin with the word."""
        found = near & self._vague
        if word in self._by_first:
            found |= near & self._by_first[word]
        if not word.isalpha() and any(map(str.isdigit, word)):
            found |= near & self._by_first.get(patterns.NUMBER, set())
        return found

    def begins(self, piece: Piece, near: set[int]) -> list[Span]:
        """The phrases with which the piece of text begins, of those near it."""
        spans: list[Span] = []
        for number in sorted(self._beginning(piece.words[0], near)):
            if self._possible(number, piece.folded):
                spans.extend(self._match(number, (0,), piece))
        return spans

    def _possible(self, number: int, folded: str) -> bool:
        """Whether the text, which has an anchor of the phrase, has a word of each other set that it needs."""
        for needed in self._needed[number]:
            for anchor in needed:
                if anchor in folded:
                    break
            else:
                return False
        return True

    def find(self, piece: Piece) -> list[Span]:
        """Every phrase in the text, the longest at each place."""
        spans: list[Span] = []
        for number, places in self._finder_for(piece).hits(piece.folded).items():
            if not self._possible(number, piece.folded):
                continue
            reach = self._ready(number).longest - 1
            starts = {start for place in places for start in range(max(0, place - reach), place + 1)}
            spans.extend(self._match(number, starts, piece))
        return spans

    def find_literal(
        self, piece: Piece, weights: Mapping[str, float]
    ) -> Iterator[tuple[int, list[int], Phrase]]:
        """As `find`, by words alone: start, the places of the words of the phrase itself, and the phrase."""
        for number, places in self._finder.hits(piece.folded).items():
            if not self._possible(number, piece.folded):
                continue
            reach, state = self._ready(number)
            starts = {start for place in places for start in range(max(0, place - reach + 1), place + 1)}
            for start in sorted(starts):
                if start < len(piece.words) and piece.words[start] in state.literals:
                    end, literals = patterns.best_literal_match(state, piece.words, start, weights)
                    if end > start and len(literals) > 1:
                        yield start, literals, self.phrases[number]

    def _match(self, number: int, starts: Iterable[int], piece: Piece) -> Iterator[Span]:
        phrase = self.phrases[number]
        state = self._ready(number).state
        for start in starts:
            end = patterns.longest_match(state, piece.words, piece.surfaces, start)
            if end > start:
                yield Span(start, end, phrase)

    def _ready(self, number: int) -> Compiled:
        # Most phrases never come up in a process, so each is parsed when its anchor is first seen.
        if number not in self._compiled:
            pattern = patterns.parse(self.phrases[number].source)
            self._compiled[number] = Compiled(pattern.longest, pattern.compiled())
        return self._compiled[number]


@cache
def catalogue(languages: frozenset[str] | None = None) -> Catalogue:
    """The catalogue that comes with the package, of some languages or of all."""
    return Catalogue(_load(languages))


def check_kinds(keep: Collection[str]) -> None:
    """Refuse names that are no kind of boilerplate.

    Raises:
        ConfigError: With the names, and those that there are.
    """
    unknown = sorted(set(keep) - KINDS)
    if unknown:
        raise ConfigError(f"keep: no such kind: {', '.join(unknown)}; there are {', '.join(sorted(KINDS))}")


def _load(languages: Collection[str] | None) -> list[Phrase]:
    folder = resources.files("scraper.rules") / "boilerplate"
    phrases: list[Phrase] = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        language, _, suffix = file.name.partition(".")
        if suffix == "toml" and (languages is None or language in languages):
            phrases.extend(read_phrases(language, tomllib.loads(file.read_text(encoding="utf-8"))))
    return phrases


def read_phrases(language: str, data: Mapping[str, Mapping[str, str]]) -> list[Phrase]:
    """The phrases of one file: a table for each kind, in it a list of lines for each strength.

    Raises:
        ConfigError: A strength or a pattern is not one.
    """
    phrases: list[Phrase] = []
    for kind, by_strength in data.items():
        if kind not in KINDS:
            raise ConfigError(f"boilerplate {language}: {kind}: no such kind")
        for name, lines in by_strength.items():
            if name.upper() not in Strength.__members__:
                raise ConfigError(f"boilerplate {language}: {kind}.{name}: no such strength")
            phrases.extend(
                Phrase(language, kind, Strength[name.upper()], line.strip())
                for line in lines.splitlines()
                if line.strip()
            )
    return phrases
