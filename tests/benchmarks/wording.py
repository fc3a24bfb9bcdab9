"""Learn what words of short lines weigh: `python -m tests.benchmarks.wording PATH… -o FILE`.

FILE is `scraper/rules/wording.toml`, which must be there, if with other weights or none. Needs the `train`
extra (scikit-learn). Boilerplate are short blocks around the articles of the English pages of the corpora
(`surroundings`): those that the catalogue knows or `phrase_kind.txt` lists and, for half as much, those that
blocks of two sites say word for word and no article does. Articles are the references and their blocks in
the page. Sites of `held_out.txt` teach nothing of boilerplate, so that `cleaning --sample` stays what it
says. `cleaning --held-out` measures each fold of the sites with what the others teach.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from scraper.clean import clean_blocks, words
from scraper.clean.wording import LONGEST, RULE, Weights, signs
from scraper.records import Metadata
from tests.benchmarks import corpora
from tests.benchmarks.folds import fold_of
from tests.benchmarks.surroundings import Piece, hashes, key, surroundings

ENGLISH: Final = {"en", "?"}
LEAST_SITES: Final = 5
LEAST_SITES_OF_BOILERPLATE: Final = 5
"""Sites that must have a sign for it to be weighed; and sites whose boilerplate must, if any's has it."""
LEAST_OF_KIND: Final = 2
"""Times that a word must have been met in boilerplate of a kind."""
NOT_BY_WORDS: Final = {"byline"}
"""Kinds known by names more than by words: “by” begins many a line of an article."""
REPEATED_WEIGHT: Final = 0.5
LOOSENESS: Final = 1.0
"""How little the weights cost (L1): a half is as good with 700 signs instead of 1,300, two is worse."""


class Example(NamedTuple):
    """A short line of a page."""

    site: str
    text: str
    kind: str
    """Of boilerplate that a phrase fills."""
    weight: float
    """Negative if it is the article's."""

    @property
    def words(self) -> tuple[str, ...]:
        """Folded."""
        return tuple(words.fold(self.text))


class _Page(NamedTuple):
    site: str
    pieces: list[Piece]
    kinds: list[str]
    lines: list[str]


def examples_in(samples: Iterable[corpora.Sample]) -> list[Example]:
    """The short lines to learn from, each once a site."""
    pages = [_page(sample) for sample in samples if sample.kind == "article" and sample.language in ENGLISH]
    listed = hashes("phrase_kind.txt")
    held_out = {line.split()[0] for line in hashes("held_out.txt") if not line.startswith("#")}
    silent = {
        page.site
        for page in pages
        if any(key(f"{page.site} {piece.block.text}") in held_out for piece in page.pieces)
    }
    sites: dict[tuple[str, ...], set[str]] = defaultdict(set)
    articles: set[tuple[str, ...]] = set()
    for page in pages:
        for piece in page.pieces:
            folded = tuple(words.fold(piece.block.text))
            if not piece.is_other:
                articles.add(folded)
            elif page.site not in silent:
                sites[folded].add(page.site)
    repeated = {folded for folded, those in sites.items() if len(those) > 1} - articles
    found: dict[tuple[str, tuple[str, ...]], Example] = {}
    for page in pages:
        for example in _of_page(page, listed, repeated, silent=page.site in silent):
            if 0 < len(example.words) <= LONGEST:
                found.setdefault((example.site, example.words), example)
    return list(found.values())


def _page(sample: corpora.Sample) -> _Page:
    pieces = surroundings(sample)
    removed = clean_blocks([piece.block for piece in pieces], metadata=Metadata()).removed
    whole = {(one.offset, len(one.text)): one.kind for one in removed if not one.rule.startswith(RULE)}
    kinds = []
    offset = 0
    for piece in pieces:
        kinds.append(whole.get((offset, len(piece.block.text)), ""))
        offset += len(piece.block.text) + 2
    return _Page(sample.site, pieces, kinds, sample.reference.splitlines())


def _of_page(
    page: _Page, listed: set[str], repeated: set[tuple[str, ...]], *, silent: bool
) -> Iterator[Example]:
    for piece, kind in zip(page.pieces, page.kinds, strict=True):
        text = piece.block.text
        if piece.is_article and not kind:
            yield Example(page.site, text, "", -1.0)
        elif not piece.is_other or silent or kind in NOT_BY_WORDS:
            continue
        elif kind or key(text) in listed:
            yield Example(page.site, text, kind, 1.0)
        elif tuple(words.fold(text)) in repeated:
            yield Example(page.site, text, "", REPEATED_WEIGHT)
    for line in page.lines:
        if line.strip():
            yield Example(page.site, line.strip(), "", -1.0)


def learn(examples: Sequence[Example]) -> Weights:
    """Weigh the signs."""
    sites: dict[str, set[str]] = defaultdict(set)
    speaking: dict[str, set[str]] = defaultdict(set)
    found = [signs(example.text, example.words) for example in examples]
    for example, those in zip(examples, found, strict=True):
        for sign in those:
            sites[sign].add(example.site)
            if example.weight > 0:
                speaking[sign].add(example.site)
    weighed = [
        sign
        for sign, those in sorted(sites.items())
        if len(those) >= LEAST_SITES and not 0 < len(speaking[sign]) < LEAST_SITES_OF_BOILERPLATE
    ]
    columns = {sign: number for number, sign in enumerate(weighed)}
    rows = [[columns[sign] for sign in sorted(those) if sign in columns] for those in found]
    matrix = csr_matrix(
        (
            [1.0] * sum(map(len, rows)),
            ([number for number, row in enumerate(rows) for _ in row], [one for row in rows for one in row]),
        ),
        shape=(len(rows), len(columns)),
    )
    model = LogisticRegression(C=LOOSENESS, l1_ratio=1, solver="liblinear", max_iter=300, random_state=1)
    model.fit(
        matrix,
        [example.weight > 0 for example in examples],
        sample_weight=[abs(example.weight) for example in examples],
    )
    weights = {sign: round(float(model.coef_[0][number]), 1) for sign, number in columns.items()}
    weights = {sign: weight for sign, weight in weights.items() if weight}
    return Weights(round(float(model.intercept_[0]), 2), weights, _kinds(examples, weights))


def _kinds(examples: Iterable[Example], weights: dict[str, float]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        if example.kind:
            for sign in signs(example.text, example.words):
                if weights.get(sign, 0.0) > 0 and not sign.startswith("="):
                    counts[sign][example.kind] += 1
    best = {sign: max(found.items(), key=lambda item: (item[1], item[0])) for sign, found in counts.items()}
    return {sign: kind for sign, (kind, number) in best.items() if number >= LEAST_OF_KIND}


def written(weights: Weights) -> str:
    """The weights as the package has them."""
    by_weight: dict[int, list[str]] = defaultdict(list)
    for sign, weight in sorted(weights.weights.items()):
        by_weight[round(weight * 10)].append(sign)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for sign, kind in sorted(weights.kinds.items()):
        by_kind[kind].append(sign)
    lines = [
        "# Written by tests/benchmarks/wording.py: signs of short English lines by tenths of the log of the",
        "# odds that they are boilerplate, and the kinds of boilerplate that words are met in.",
        f"constant = {weights.constant}",
        "",
        "[weights]",
        *(f"{weight} = '{' '.join(found)}'" for weight, found in sorted(by_weight.items(), reverse=True)),
        "",
        "[kinds]",
        *(f"{kind} = '{' '.join(found)}'" for kind, found in sorted(by_kind.items())),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--without", type=int, action="append", default=[], metavar="FOLD")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    samples = corpora.read(options.paths)
    examples = examples_in(s for s in samples if fold_of(s.site) not in options.without)
    options.output.write_text(written(learn(examples)), encoding="utf-8")


if __name__ == "__main__":
    main()
