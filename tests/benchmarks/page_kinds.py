"""Measure verdicts, and fit the weights behind them: `python -m tests.benchmarks.page_kinds PATH…`.

Prints how many articles are kept and how many other pages told, by corpus and kind, each page judged by
weights that never saw its site. `--fit FILE` writes the weights fitted on all pages; that takes the `train`
extra, which the package itself does not need, and so does the cross-validation.
"""

import argparse
import importlib.util
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from scraper.classify import classify_page, classify_response, kinds
from scraper.classify.features import Features
from scraper.classify.kinds import Weights, signs, weigh
from scraper.extract.metadata import extract_metadata
from scraper.records import Extraction, Metadata, Page, PageKind, Verdict
from scraper.web import dom
from tests.benchmarks import corpora
from tests.benchmarks.folds import FOLDS, fold_of
from tests.benchmarks.metadata import ARTICLES, NOW, body_of

STRENGTH = 0.08
"""Inverse of the penalty on large weights of signs that are scaled alike: of 0.02 to 0.12, the best in
cross-validation over eight divisions of the sites; unscaled signs tell 4 in 100 fewer at their best."""
NARROWEST = 0.05
"""Spread that the rarest signs are taken to have, so that a few pages give them no great weight."""
KEPT = 0.987
"""Share of the articles that is to stay articles: a little more than what is promised, 0.985, for sites that
were not fitted on."""
SMALLEST = 0.02
"""Weights below this are left out of the file."""
MIN_WORDS = 25
WALLS = frozenset(
    {
        PageKind.CHALLENGE,
        PageKind.CONSENT_WALL,
        PageKind.PAYWALL_STUB,
        PageKind.SOFT_404,
        PageKind.LOGIN,
        PageKind.ERROR_PAGE,
    }
)
"""What hardly any page of the corpora is: each such verdict is listed."""


class Case(NamedTuple):
    """A page made ready to be judged."""

    sample: corpora.Sample
    page: Page
    metadata: Metadata
    extraction: Extraction
    signs: dict[str, float]
    settled: float | None = None
    """The likelihood of being told, 0 or 1, where other rules than the weights decide."""


class Judged(NamedTuple):
    """A page and what it was taken for."""

    sample: corpora.Sample
    verdict: Verdict
    seconds: float


def prepare(sample: corpora.Sample) -> Case:
    """Read a page as the corridor does, up to its verdict."""
    tree = dom.parse(sample.html)
    metadata = extract_metadata(tree, html=sample.html, url=sample.url)
    extraction = body_of(sample, tree, metadata)
    page = Page(
        url=sample.url, body=sample.html.encode("utf-8", "ignore"), content_type="text/html", fetched_at=NOW
    )
    found = signs(Features(page, tree, sample.html, metadata, extraction, MIN_WORDS))
    case = Case(sample, page, metadata, extraction, found)
    first, last = (
        kept(judge(case, msgspec.structs.replace(kinds.weights(), likely=likely))) for likely in (-1.0, 2.0)
    )
    return case._replace(settled=float(not first) if first == last else None)


def fit(cases: Sequence[Case]) -> Weights:
    """Weights, and the likelihood from which a page is told: the lowest that keeps enough articles.

    The likelihood is chosen on pages judged by weights that never saw their site.
    """
    found: list[float] = []
    for fold in range(FOLDS):
        held = [case for case in cases if fold_of(case.sample.site) == fold]
        content = weighed([case for case in cases if fold_of(case.sample.site) != fold]) if held else None
        found += [likelihood(case, content) for case in held if content and case.sample.kind == "article"]
    return msgspec.structs.replace(weighed(cases), likely=lowest(found))


def lowest(likelihoods: Sequence[float]) -> float:
    """The lowest likelihood that no more articles reach than may be lost."""
    steps = (step / 100 for step in range(30, 100))
    few = (1 - KEPT) * len(likelihoods)
    return next((step for step in steps if sum(one >= step for one in likelihoods) <= few), 1.0)


def likelihood(case: Case, by: Weights) -> float:
    """How likely a page is told: never or always, where the weights are not asked."""
    return weigh(case.signs, by).likelihood if case.settled is None else case.settled


def weighed(cases: Sequence[Case]) -> Weights:
    """Weights of a multinomial logistic regression, less those of "article"."""
    import numpy as np  # noqa: PLC0415 - of the `train` extra
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    names = sorted(cases[0].signs)
    table: Any = np.array([[case.signs[name] for name in names] for case in cases])
    spread = np.maximum(table.std(axis=0), NARROWEST)
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(
        table / spread, [case.sample.kind for case in cases]
    )
    labels = [str(label) for label in model.classes_]
    article = labels.index("article")
    rows = [row for row in range(len(labels)) if row != article]
    found: dict[str, list[float]] = {}
    for column, name in enumerate(names):
        own = [
            round(float(model.coef_[row, column] - model.coef_[article, column]) / spread[column], 2)
            for row in rows
        ]
        if max(map(abs, own)) >= SMALLEST:
            found[name] = own
    return Weights(
        about={
            "made_by": "tests/benchmarks/page_kinds.py",
            "pages": dict(sorted(Counter(case.sample.suite for case in cases).items())),
            "attribution": "WCXB: Murrough Foley, web-content-extraction-benchmark, CC BY 4.0",
        },
        likely=1.0,
        kinds=["list" if labels[row] == "listing" else labels[row] for row in rows],
        constant=[round(float(model.intercept_[row] - model.intercept_[article]), 2) for row in rows],
        signs=found,
    )


def render(content: Weights) -> bytes:
    """The weights file: one sign a line, so that changes can be read."""
    lines = [f" {json.dumps(name)}: {json.dumps(own)}" for name, own in content.signs.items()]
    head = {
        "about": content.about,
        "likely": content.likely,
        "kinds": content.kinds,
        "constant": content.constant,
    }
    opening = json.dumps(head, indent=1).rstrip("\n}")
    return (opening + ',\n "signs": {\n' + ",\n".join(lines) + "\n}}\n").encode()


def judge(case: Case, by: Weights | None = None) -> Judged:
    """The verdict on a page, by other weights than those that ship where they are given."""
    shipped, sample = kinds.weights, case.sample
    if by is not None:
        kinds.weights = lambda: by  # type: ignore[assignment]
    try:
        tree = dom.parse(sample.html)
        began = time.process_time()
        verdict = classify_response(case.page) or classify_page(
            case.page,
            tree,
            html=sample.html,
            metadata=case.metadata,
            extraction=case.extraction,
            min_words=MIN_WORDS,
        )
        return Judged(sample, verdict, time.process_time() - began)
    finally:
        kinds.weights = shipped


def across_sites(cases: Sequence[Case]) -> list[Judged]:
    """Each page judged by weights fitted without its site."""
    judged = []
    for fold in range(FOLDS):
        content = fit([case for case in cases if fold_of(case.sample.site) != fold])
        judged += [judge(case, content) for case in cases if fold_of(case.sample.site) == fold]
    return judged


def kept(one: Judged) -> bool:
    """Whether a page was taken for an article."""
    return one.verdict.kind in ARTICLES


def rows_of(judged: Sequence[Judged]) -> Iterator[tuple[str, int, float]]:
    """Group, pages, and the share that was judged rightly."""
    articles = [one for one in judged if one.sample.kind == "article"]
    others = [one for one in judged if one.sample.kind != "article"]
    for suite in dict.fromkeys(one.sample.suite for one in articles):
        own = [one for one in articles if one.sample.suite == suite]
        yield f"{suite}: articles kept", len(own), sum(map(kept, own)) / len(own)
    if articles:
        yield "all articles kept", len(articles), sum(map(kept, articles)) / len(articles)
    for kind in sorted({one.sample.kind for one in others}):
        own = [one for one in others if one.sample.kind == kind]
        yield f"{kind} told", len(own), 1 - sum(map(kept, own)) / len(own)
    if others:
        yield "all others told", len(others), 1 - sum(map(kept, others)) / len(others)


def competitors() -> dict[str, Callable[[corpora.Sample], str]]:
    """Extractors that say "no article" by finding no text."""
    from trafilatura import extract  # noqa: PLC0415 - slow to import

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found: dict[str, Callable[[corpora.Sample], str]] = {
        "trafilatura": lambda sample: extract(sample.html, url=sample.url or None) or ""
    }
    if importlib.util.find_spec("newspaper"):
        from newspaper import Article  # noqa: PLC0415 - of the `bench` extra

        def newspaper(sample: corpora.Sample) -> str:
            article = Article(sample.url or "http://localhost/", fetch_images=False)
            article.download(input_html=sample.html)
            article.parse()
            return str(article.text) if article.is_valid_body() else ""

        found["newspaper4k"] = newspaper
    return found


def by_text(samples: Sequence[corpora.Sample], extractor: Callable[[corpora.Sample], str]) -> list[Judged]:
    """What a competitor takes each page for: an article wherever it finds a text."""
    judged = []
    for sample in samples:
        began = time.process_time()
        try:
            text = extractor(sample)
        except Exception:  # noqa: BLE001 - a competitor's failure is its verdict
            text = ""
        kind = PageKind.ARTICLE if text.strip() else PageKind.EMPTY
        judged.append(Judged(sample, Verdict(kind=kind, rule="text"), time.process_time() - began))
    return judged


def report(paths: Sequence[Path], *, listed: bool = False, others: bool = False, out: Any = None) -> None:
    """Print the figures, and with `listed` each wrong page and each wall."""
    write = (out or sys.stdout).write
    cases = [prepare(sample) for sample in corpora.read(paths)]
    across = bool(importlib.util.find_spec("sklearn"))
    shipped = [judge(case) for case in cases]
    results = {"shipped": shipped}
    if across:
        results = {"across sites": across_sites(cases)} | results
    if others:
        results |= {
            name: by_text([case.sample for case in cases], run) for name, run in competitors().items()
        }
    tables = {name: {group: share for group, _, share in rows_of(own)} for name, own in results.items()}
    write(f"{'':44}{'pages':>6}" + "".join(f"{name:>14}" for name in results) + "\n")
    for group, pages, _ in rows_of(shipped):
        write(f"{group:44}{pages:6}" + "".join(f"{tables[name][group]:14.3f}" for name in results) + "\n")
    spent = 1000 * sum(one.seconds for one in shipped) / len(shipped)
    write(f"a verdict takes {spent:.2f} ms of CPU on the parsed tree\n")
    if listed:
        for line in wrong(next(iter(results.values()))):
            write(line + "\n")


def wrong(judged: Sequence[Judged]) -> Iterator[str]:
    """The pages judged wrongly, and all that were taken for walls, whatever they are."""
    for one in judged:
        article = one.sample.kind == "article"
        what = "LOST" if article and not kept(one) else "LET " if kept(one) and not article else None
        what = "WALL" if one.verdict.kind in WALLS else what
        if what:
            verdict = f"{one.verdict.rule}: {one.verdict.evidence[:80]}"
            sample = one.sample
            yield f"{what} {sample.suite}/{sample.name} {sample.kind} {sample.url}\n     {verdict}"


def main() -> int:
    """Measure, or fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--fit", type=Path, metavar="FILE", help="write the weights fitted on all pages")
    parser.add_argument("--list", action="store_true", help="list each wrong page, and each wall")
    parser.add_argument("--others", action="store_true", help="also trafilatura and newspaper4k")
    options = parser.parse_args()
    if options.fit:
        content = render(fit([prepare(sample) for sample in corpora.read(options.paths)]))
        msgspec.json.decode(content, type=Weights)
        options.fit.write_bytes(content)
    else:
        report(options.paths, listed=options.list, others=options.others)
    return 0


if __name__ == "__main__":
    sys.exit(main())
