"""Learn what words weigh in streams of tokens: `python -m tests.benchmarks.weights PATH… -o FILE`.

The log of how much more frequent a word is in boilerplate than in articles: for the words of the catalogue,
for those of English boilerplate and for pairs of these. Boilerplate are the blocks around the articles of the
corpora (`surroundings`) that the catalogue knows in form (a), each once a site; articles are the reference
texts. With `--without N` the sites of fold N are left out, for trying weights and bars on them.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log
from pathlib import Path
from typing import NamedTuple

from scraper.clean import clean_blocks, words
from scraper.clean.catalogue import catalogue
from scraper.clean.twins import Learnt, stop_words
from scraper.clean.twins import counts as is_counted
from scraper.clean.twins import literals as literals_of
from scraper.records import Block, Metadata
from tests.benchmarks import corpora
from tests.benchmarks.folds import fold_of
from tests.benchmarks.surroundings import Piece, surroundings

SITE_MOST = 4
"""A site's boilerplate counts for a word at most so often."""
LEAST = 3
"""A word must have been met so often that something is learnt of it."""
LEAST_SITES = 3
"""And, if no phrase has it, in the boilerplate of so many sites: nothing of a single one is learnt."""
LOWEST, HIGHEST = 0.8, 4.0
LOWEST_ENGLISH = -1.0
HIGHEST_PAIR = 8.0


STOPS = stop_words(None)


class Example(NamedTuple):
    """A page: its article, and the boilerplate around it."""

    site: str
    language: str
    article: str
    boilerplate: list[str]


def known_boilerplate(pieces: Iterable[Piece], language: str | None = None) -> list[str]:
    """Texts of the blocks that the catalogue knows by their phrases."""
    pieces = list(pieces)
    removed = clean_blocks(
        [Block(text=piece.block.text, tag="p") for piece in pieces], metadata=Metadata(), language=language
    ).removed
    found = []
    offset = 0
    whole = {(removal.offset, len(removal.text)) for removal in removed if ": " in removal.rule}
    for piece in pieces:
        text = piece.block.text
        if piece.is_other and (offset, len(text)) in whole:
            found.append(text)
        offset += len(text) + 2
    return found


Unit = str | tuple[str, str]
"""A word, or two that follow each other."""


class _Counts:
    """How often articles and boilerplate have each word and pair."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self.article: Counter[Unit] = Counter()
        self.boilerplate: Counter[Unit] = Counter()
        self.english_sites: dict[Unit, set[str]] = defaultdict(set)
        by_site: dict[str, Counter[Unit]] = defaultdict(Counter)
        seen: set[tuple[str, str]] = set()
        for example in examples:
            self.article.update(_units(example.article))
            for block in example.boilerplate:
                if (example.site, block) in seen:
                    continue
                seen.add((example.site, block))
                units = list(_units(block))
                by_site[example.site].update(units)
                if example.language in {"en", "?"}:
                    for unit in units:
                        self.english_sites[unit].add(example.site)
        for counts in by_site.values():
            for unit, number in counts.items():
                self.boilerplate[unit] += min(number, SITE_MOST)
        self._here, self._there = (
            sum(number for unit, number in counts.items() if isinstance(unit, str))
            for counts in (self.article, self.boilerplate)
        )

    def weight(self, unit: Unit) -> float:
        """The log of how much more frequent it is in boilerplate."""
        there, here = self.boilerplate[unit] + 0.5, self.article[unit] + 0.5
        return log(there / self._there) - log(here / self._here)


def learn(examples: Iterable[Example]) -> Learnt:
    """Weights of words and of pairs."""
    counts = _Counts(examples)
    learnt = Learnt({}, {}, {})
    for word in {word for phrase in catalogue().phrases for word in literals_of(phrase.source)}:
        if counts.boilerplate[word] + counts.article[word] >= LEAST and is_counted(word, STOPS):
            learnt.words[word] = min(HIGHEST, max(LOWEST, counts.weight(word)))
    for unit, sites in counts.english_sites.items():
        weight = counts.weight(unit)
        if len(sites) < LEAST_SITES:
            continue
        if isinstance(unit, str):
            if weight > LOWEST_ENGLISH:
                learnt.english[unit] = min(HIGHEST, weight)
        elif weight > 0:
            learnt.pairs[unit] = min(HIGHEST_PAIR, weight)
    return learnt


def _units(text: str) -> Iterator[Unit]:
    """The words of a text that count, and the pairs of these."""
    found = [word for word in words.fold(text) if is_counted(word, STOPS)]
    yield from found
    yield from pairwise(found)


def examples_in(samples: Iterable[corpora.Sample]) -> Iterator[Example]:
    """The pages to learn from."""
    for sample in samples:
        if sample.kind == "article":
            known = known_boilerplate(surroundings(sample))
            yield Example(sample.site, sample.language, sample.reference, known)


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--without", type=int, action="append", default=[], metavar="FOLD")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    samples = corpora.read(options.paths)
    learnt = learn(examples_in(s for s in samples if fold_of(s.site) not in options.without))
    lines = [
        "# Written by tests/benchmarks/weights.py: words of phrases, English boilerplate and pairs of",
        "# these, by tenths of the log of how much more frequent they are in boilerplate than in articles.",
    ]
    pairs = {f"{one}_{other}": weight for (one, other), weight in learnt.pairs.items()}
    for name, weights in (("words", learnt.words), ("english", learnt.english), ("pairs", pairs)):
        by_weight: dict[int, list[str]] = defaultdict(list)
        for word, weight in sorted(weights.items()):
            by_weight[round(weight * 10)].append(word)
        lines += ["", f"[{name}]"]
        lines += [
            f'"{weight}" = "{" ".join(found)}"' for weight, found in sorted(by_weight.items(), reverse=True)
        ]
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
