"""The catalogue of boilerplate phrases, compiled to one automaton that is built once a process."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from scraper.clean import patterns
from scraper.errors import ConfigError


class Strength(IntEnum):
    """How much else must speak for boilerplate when the phrase fills a piece of text."""

    HINT = 1
    """Its place or its neighbours must be suspicious too."""
    BLOCK = 2
    """Nothing, if it fills a block or line of its own."""
    SURE = 3
    """Nothing, even as a sentence within running text."""


class Phrase(NamedTuple):
    """One line of the catalogue."""

    language: str
    kind: str
    strength: Strength
    pattern: patterns.Pattern

    @property
    def rule(self) -> str:
        """The name under which removals give it as their reason."""
        return f"{self.language}.{self.kind}: {self.pattern.source}"


class Span(NamedTuple):
    """A phrase found at words `start` to `end`."""

    start: int
    end: int
    phrase: Phrase


class Hit(NamedTuple):
    """An anchor of a phrase, and how many words may stand before it in the match."""

    number: int
    least_before: int
    most_before: int


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
    "timestamp",
}
"""All kinds of boilerplate, as `keep` takes them."""


class Catalogue:
    """Phrases and the automaton that finds where one may be."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        hits: dict[str, list[Hit]] = {}
        for number, phrase in enumerate(self.phrases):
            for anchor in phrase.pattern.anchors():
                hits.setdefault(anchor.text, []).append(Hit(number, anchor.least_before, anchor.most_before))
        self._hits = tuple(tuple(found) for found in hits.values())
        self._states: dict[int, patterns.State] = {}
        self._automaton = AhoCorasick(list(hits), store_patterns=False)

    def may_match(self, folded: str) -> bool:
        """Whether any phrase can be in the text, given as `words.fold_all` returns it."""
        return bool(self._automaton.find_matches_as_indexes(folded))

    def find(
        self, folded: str, text: Sequence[str], marks: Sequence[int], languages: Collection[str] | None
    ) -> list[Span]:
        """Every phrase of the languages (of all, when None) in the text, the longest at each place."""
        spans: list[Span] = []
        tried: set[tuple[int, int]] = set()
        for which, at, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            word = folded.count(" ", 0, at)
            for hit in self._hits[which]:
                phrase = self.phrases[hit.number]
                if languages is not None and phrase.language not in languages:
                    continue
                for start in range(max(0, word - hit.most_before), word - hit.least_before + 1):
                    if (hit.number, start) in tried:
                        continue
                    tried.add((hit.number, start))
                    end = patterns.longest_match(self._state(hit.number), text, marks, start)
                    if end > start:
                        spans.append(Span(start, end, phrase))
        return spans

    def _state(self, number: int) -> patterns.State:
        # Most phrases never come up in a process, so each is built when its anchor is first seen.
        if number not in self._states:
            self._states[number] = self.phrases[number].pattern.compiled()
        return self._states[number]


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the package."""
    return Catalogue(_load())


def check_kinds(keep: Collection[str]) -> None:
    """Refuse names that are no kind of boilerplate.

    Raises:
        ConfigError: With the names, and those that there are.
    """
    unknown = sorted(set(keep) - KINDS)
    if unknown:
        raise ConfigError(f"keep: no such kind: {', '.join(unknown)}; there are {', '.join(sorted(KINDS))}")


def _load() -> list[Phrase]:
    folder = resources.files("scraper.rules") / "boilerplate"
    phrases: list[Phrase] = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            phrases.extend(read_phrases(file.name.removesuffix(".toml"), data))
    return phrases


def read_phrases(language: str, data: Mapping[str, Mapping[str, str]]) -> list[Phrase]:
    """The phrases of one file: a table for each kind, in it a list of lines for each strength.

    Raises:
        ConfigError: A strength or a pattern is not one.
    """
    phrases = []
    for kind, by_strength in data.items():
        if kind not in KINDS:
            raise ConfigError(f"boilerplate {language}: {kind}: no such kind")
        for name, lines in by_strength.items():
            if name.upper() not in Strength.__members__:
                raise ConfigError(f"boilerplate {language}: {kind}.{name}: no such strength")
            phrases.extend(
                Phrase(language, kind, Strength[name.upper()], patterns.parse(line))
                for line in lines.splitlines()
                if line.strip()
            )
    return phrases
