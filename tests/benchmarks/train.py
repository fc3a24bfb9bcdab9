"""Train the body extractor's model: `python -m tests.benchmarks.train PATH… -o scraper/extract/model.json`.

Needs the `train` extra (lightgbm, scikit-learn). With `--folds DIR` it also writes one model for each
fold of the sites, trained without it, for `tests.benchmarks.quality --folds DIR` to score honestly.
"""

import argparse
import json
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from scraper.extract import blocks, features, model, wording
from scraper.extract.metadata import extract_metadata
from scraper.records import Metadata
from scraper.web import dom
from tests.benchmarks.corpora import AEB, FUNDUS, WCXB, Sample, read
from tests.benchmarks.folds import FOLDS, fold_of
from tests.benchmarks.metrics import CJK_OR_WORD

INNER = 4
"""Parts of the sites for the first pass's out-of-fold opinions, on which the second pass is trained."""
FIRST_TREES, SECOND_TREES = 25, 60
FIRST_RATE, SECOND_RATE = 0.2, 0.15
"""On the public corpora 40 and 90 trees with 63 thresholds are not better across sites (nor are the means of
four such models), and take half as long again."""
SEED = 1
SETTINGS = {
    "objective": "binary",
    "num_leaves": 12,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 31,
    "verbose": -1,
    "num_threads": 1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
}
SUITE_WEIGHT = {AEB: 3.0, FUNDUS: 4.0, WCXB: 1.0}
OTHER_KINDS_WEIGHT = 0.3
"""Of pages that are not articles."""
USABLE = 0.6
"""Share of a reference that must be found in its page, or the page teaches nothing."""
EASY_KEPT = 0.25
"""Share of the short link blocks that are trained on, with the weight of all."""
WORD_SITES = 5
"""A word or name must be met on this many sites to be weighed."""
WORD_STRENGTH = 0.02
"""Inverse regularisation of the word weights."""
SMALLEST_WEIGHT = 6
"""Hundredths of a logit below which a weight is left out of the file."""
NAMELESS = 0.4
"""Share of the blocks that are learnt from once more as if nothing above them had a telling name, so that the
model does not lean on the names of the sites that it knows: +.002 on WCXB and +.005 on the golden pages."""
NAMELESS_WEIGHT = 0.5
LICENCES = {AEB: "MIT", FUNDUS: "MIT", WCXB: "CC BY 4.0"}


class Case(NamedTuple):
    """One page made ready for training."""

    sample: Sample
    stream: blocks.Stream
    table: np.ndarray[Any, Any]
    label: np.ndarray[Any, Any]
    weight: np.ndarray[Any, Any]
    used: np.ndarray[Any, Any]
    """Which blocks are trained on."""
    tokens: list[tuple[list[str], list[str], list[str]]]
    metadata: Metadata


def prepare(sample: Sample) -> Case:
    """Read a page and label its blocks by the reference."""
    tree = dom.parse(sample.html)
    metadata = extract_metadata(tree, html=sample.html, url=sample.url)
    stream = blocks.read(tree)
    columns = features.columns(stream, metadata)
    table = _matrix(columns)
    matched, total = _matches(stream, sample.reference)
    label = (matched * 2 >= total) & (total > 0)
    weight = np.sqrt(np.maximum(total, 1))
    factor = SUITE_WEIGHT[sample.suite] * (1.0 if sample.kind == "article" else OTHER_KINDS_WEIGHT)
    weight *= 100.0 * factor / max(weight.sum(), 1.0)
    expected = len(CJK_OR_WORD.findall(sample.reference))
    used = np.full(len(label), bool(expected and matched.sum() >= USABLE * expected))
    if len(label):
        easy = (
            (table[:, features.NAMES.index("link_density")] > 150)
            & (table[:, features.NAMES.index("length")] < 110)
            & ~label
        )
        dice = np.random.RandomState(zlib.crc32(sample.name.encode())).rand(len(label))
        used &= ~easy | (dice < EASY_KEPT)
        weight[easy] /= EASY_KEPT
    tokens = [
        (
            sorted(wording.words_of(piece.text)),
            wording.near_names(piece.box),
            wording.far_names(piece.box),
        )
        for piece in stream.pieces
    ]
    return Case(sample, stream, table, label, weight, used, tokens, metadata)


def _matrix(columns: list[bytes]) -> np.ndarray[Any, Any]:
    return np.frombuffer(b"".join(columns), dtype=np.uint8).reshape(len(columns), -1).T


def _matches(stream: blocks.Stream, reference: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """For each piece, how many of its tokens are the reference's, and how many it has."""
    tokens = [CJK_OR_WORD.findall(piece.text.lower()) for piece in stream.pieces]
    flat = list(chain.from_iterable(tokens))
    expected = CJK_OR_WORD.findall(reference.lower())
    hits = np.zeros(len(flat) + 1, dtype=np.int64)
    for match in SequenceMatcher(None, flat, expected, autojunk=False).get_matching_blocks():
        hits[match.a : match.a + match.size] = 1
    upto = np.concatenate([[0], np.cumsum(hits)])
    ends = np.cumsum([len(words) for words in tokens]).astype(np.int64)
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    return upto[ends] - upto[starts], ends - starts


class Words:
    """The words and names of all cases as one sparse table."""

    def __init__(self, cases: Sequence[Case]) -> None:
        numbers: dict[str, int] = {}
        sites: dict[int, set[str]] = {}
        rows: list[int] = []
        columns: list[int] = []
        self.starts: dict[int, tuple[int, int]] = {}
        row = 0
        for case in cases:
            start = row
            for groups in case.tokens:
                for kind, words in zip("wnf", groups, strict=True):
                    for word in words:
                        number = numbers.setdefault(kind + word, len(numbers))
                        sites.setdefault(number, set()).add(case.sample.site)
                        rows.append(row)
                        columns.append(number)
                row += 1
            self.starts[id(case)] = (start, row)
        kept = [number for number in range(len(numbers)) if len(sites[number]) >= WORD_SITES]
        whole = sparse.csr_matrix(
            (np.ones(len(rows), np.float32), (rows, columns)), shape=(row, max(len(numbers), 1))
        )
        self.table = whole[:, kept].tocsr()
        names = list(numbers)
        self.names = [names[number] for number in kept]

    def rows(self, case: Case) -> Any:
        """The part of the table that is one case."""
        start, end = self.starts[id(case)]
        return self.table[start:end]

    def fit(self, cases: Sequence[Case]) -> dict[str, dict[str, int]]:
        """Weights in hundredths of a logit, by kind of word."""
        table = sparse.vstack([self.rows(case)[case.used] for case in cases])
        label = np.concatenate([case.label[case.used] for case in cases])
        weight = np.concatenate([case.weight[case.used] for case in cases])
        fitted = LogisticRegression(C=WORD_STRENGTH, max_iter=80, tol=1e-3).fit(
            table, label, sample_weight=weight / weight.mean()
        )
        result: dict[str, dict[str, int]] = {"words": {}, "near": {}, "far": {}}
        kinds = {"w": "words", "n": "near", "f": "far"}
        for name, value in sorted(zip(self.names, fitted.coef_[0], strict=True)):
            hundredths = round(float(value) * wording.SCALE)
            if abs(hundredths) >= SMALLEST_WEIGHT:
                result[kinds[name[0]]][name[1:]] = hundredths
        return result


def _boost(
    cases: Sequence[Case], table: Callable[[Case], np.ndarray[Any, Any]], trees: int, rate: float
) -> lightgbm.Booster:
    rows = np.vstack([table(case)[case.used] for case in cases])
    label = np.concatenate([case.label[case.used] for case in cases]).astype(int)
    weight = np.concatenate([case.weight[case.used] for case in cases])
    chosen = np.random.RandomState(SEED).rand(len(rows)) < NAMELESS
    data = lightgbm.Dataset(
        np.vstack([rows, _nameless(rows[chosen])]),
        np.concatenate([label, label[chosen]]),
        weight=np.concatenate([weight, weight[chosen] * NAMELESS_WEIGHT]),
    )
    return lightgbm.train(SETTINGS | {"learning_rate": rate}, data, trees)


def _nameless(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The rows as they would be if no box had a name."""
    rows = rows.copy()
    rows[:, [index for index, name in enumerate(features.NAMES) if name.startswith("near_")]] = features.TOP
    if rows.shape[1] > len(features.NAMES):
        rows[:, len(features.NAMES) + features.SECOND_NAMES.index("names")] = wording.MIDDLE
    return rows


def fit(cases: Sequence[Case], words: Words, about: dict[str, Any]) -> dict[str, Any]:
    """Train on the cases; the content of a model file."""
    cases = [case for case in cases if case.used.any()]
    seconds: dict[int, np.ndarray[Any, Any]] = {}
    for part in range(INNER):
        rest = [case for case in cases if fold_of(case.sample.site + "/", INNER) != part]
        booster = _boost(rest, _first_table, FIRST_TREES, FIRST_RATE)
        lexicon = wording.Lexicon(**words.fit(rest))
        for case in cases:
            if fold_of(case.sample.site + "/", INNER) == part:
                opinions = [float(value) for value in booster.predict(case.table)]
                more = features.second_columns(case.stream, opinions, *lexicon.columns(case.stream, opinions))
                seconds[id(case)] = np.hstack([case.table, _matrix(more)])
    first = _boost(cases, _first_table, FIRST_TREES, FIRST_RATE)
    second = _boost(cases, lambda case: seconds[id(case)], SECOND_TREES, SECOND_RATE)
    return {
        "about": about,
        "stages": [
            {"features": list(features.NAMES), "trees": _trees(first)},
            {"features": [*features.NAMES, *features.SECOND_NAMES], "trees": _trees(second)},
        ],
        **words.fit(cases),
    }


def _first_table(case: Case) -> np.ndarray[Any, Any]:
    return case.table


def _trees(booster: lightgbm.Booster) -> list[dict[str, list[Any]]]:
    return [_flat(info["tree_structure"]) for info in booster.dump_model()["tree_info"]]


def _flat(root: dict[str, Any]) -> dict[str, list[Any]]:
    """A tree as flat lists (`model.Tree`)."""
    tree: dict[str, list[Any]] = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}

    def place(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            tree["value"].append(round(float(node["leaf_value"]), 4))
            return -len(tree["value"])
        index = len(tree["feature"])
        tree["feature"].append(node["split_feature"])
        tree["threshold"].append(int(node["threshold"]))
        tree["left"].append(0)
        tree["right"].append(0)
        tree["left"][index] = place(node["left_child"])
        tree["right"][index] = place(node["right_child"])
        return index

    place(root)
    return tree


def render(content: dict[str, Any]) -> str:
    """The model file: one tree or group of words a line, so that changes can be read."""
    stages = []
    for stage in content["stages"]:
        trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in stage["trees"])
        stages.append(f'{{"features": {json.dumps(stage["features"])},\n"trees": [\n{trees}\n]}}')
    parts = [f'"about": {json.dumps(content["about"], indent=1)}', f'"stages": [{",".join(stages)}]']
    parts += [f'"{kind}": {_rendered_words(content[kind])}' for kind in ("words", "near", "far")]
    return "{" + ",\n".join(parts) + "}\n"


def _rendered_words(weights: dict[str, int]) -> str:
    lines: dict[str, list[str]] = {}
    for word, weight in sorted(weights.items()):
        lines.setdefault(word.lstrip("^")[:1], []).append(f"{json.dumps(word, ensure_ascii=False)}:{weight}")
    return "{\n" + ",\n".join(",".join(line) for line in lines.values()) + "}"


def _about(cases: Iterable[Case]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for case in cases:
        counts[case.sample.suite] = counts.get(case.sample.suite, 0) + 1
    return {
        "made_by": "tests/benchmarks/train.py",
        "corpora": {
            suite: {"pages": count, "licence": LICENCES[suite]} for suite, count in sorted(counts.items())
        },
        "attribution": "WCXB: Murrough Foley, web-content-extraction-benchmark, CC BY 4.0",
        "settings": {
            **SETTINGS,
            "first_trees": FIRST_TREES,
            "second_trees": SECOND_TREES,
            "learning_rates": [FIRST_RATE, SECOND_RATE],
        },
    }


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of corpora")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the model file to write")
    parser.add_argument("--folds", type=Path, help="folder for one model for each fold")
    parser.add_argument("--scores", type=Path, help="JSON of `quality --json`, to be noted in the file")
    options = parser.parse_args()
    began = time.monotonic()
    cases = [prepare(sample) for sample in read(options.paths)]
    words = Words(cases)
    _say(f"{len(cases)} pages read in {time.monotonic() - began:.0f} s")
    about = _about(cases)
    if options.scores:
        about["scores_cross_validated"] = json.loads(options.scores.read_text(encoding="utf-8"))
    content = render(fit(cases, words, about))
    model.read(content.encode())
    options.output.write_text(content, encoding="utf-8")
    _say(f"{options.output}: {len(content) // 1024} KiB, {time.monotonic() - began:.0f} s")
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        for fold in range(FOLDS):
            rest = [case for case in cases if fold_of(case.sample.site, FOLDS) != fold]
            text = render(fit(rest, words, about | {"without_fold": fold}))
            (options.folds / f"fold-{fold}.json").write_text(text, encoding="utf-8")
            _say(f"fold {fold}: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
