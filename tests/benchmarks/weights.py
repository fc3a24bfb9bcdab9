"""Learn what words of phrases weigh in streams of tokens: `python -m tests.benchmarks.weights PATH… -o FILE`.

For each word of the catalogue, the log of how much more frequent it is in boilerplate than in articles.
Boilerplate are the blocks around the articles of the corpora (`surroundings`) that the catalogue knows in
form (a), each once a site; articles are the reference texts. With `--without N` the sites of fold N are left
out, for trying weights and bars on them.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from math import log
from pathlib import Path

from scraper.clean import clean_blocks, words
from scraper.clean.catalogue import catalogue
from scraper.clean.twins import counts as is_counted
from scraper.clean.twins import literals as literals_of
from scraper.clean.twins import stop_words
from scraper.records import Block, Metadata
from tests.benchmarks import corpora
from tests.benchmarks.folds import fold_of
from tests.benchmarks.surroundings import Piece, surroundings

SITE_MOST = 4
"""A site's boilerplate counts for a word at most so often."""
LEAST = 3
"""A word must have been met so often that something is learnt of it."""
LOWEST, HIGHEST = 0.8, 4.0


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


def learn(samples: Iterable[tuple[str, str, list[str]]]) -> dict[str, float]:
    """Weights of words, of samples of site, article and boilerplate."""
    vocabulary = {word for phrase in catalogue().phrases for word in literals_of(phrase.source)}
    stops = stop_words(None)
    article: Counter[str] = Counter()
    boilerplate: Counter[str] = Counter()
    sites: dict[str, Counter[str]] = {}
    seen: set[tuple[str, str]] = set()
    for site, text, blocks in samples:
        article.update(word for word in words.fold(text) if is_counted(word, stops))
        for block in blocks:
            if (site, block) not in seen:
                seen.add((site, block))
                sites.setdefault(site, Counter()).update(w for w in words.fold(block) if is_counted(w, stops))
    for counts in sites.values():
        for word, number in counts.items():
            boilerplate[word] += min(number, SITE_MOST)
    total_article, total_boilerplate = article.total(), boilerplate.total()
    weights = {}
    for word in sorted(vocabulary):
        there, here = boilerplate[word], article[word]
        if there + here >= LEAST and is_counted(word, stops):
            weight = log((there + 0.5) / total_boilerplate) - log((here + 0.5) / total_article)
            weights[word] = min(HIGHEST, max(LOWEST, weight))
    return weights


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--without", type=int, action="append", default=[], metavar="FOLD")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    samples = []
    for sample in corpora.read(options.paths):
        if sample.kind == "article" and fold_of(sample.site) not in options.without:
            known = known_boilerplate(surroundings(sample))
            samples.append((sample.site, sample.reference, known))
    by_weight: dict[int, list[str]] = {}
    for word, weight in learn(samples).items():
        by_weight.setdefault(round(weight * 10), []).append(word)
    lines = [
        "# Written by tests/benchmarks/weights.py: words of phrases by tenths of the log of how much more",
        "# frequent they are in boilerplate than in articles.",
        "",
    ]
    for weight, found in sorted(by_weight.items(), reverse=True):
        lines.append(f'"{weight}" = "{" ".join(found)}"')
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
