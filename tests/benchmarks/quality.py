"""Measure the body extractor on public corpora: `python -m tests.benchmarks.quality PATH…`.

Every page is read by every extractor in the same process, and scored by its suite's own measure.
Pages that took part in training are scored fairly only with `--folds DIR` (written by
`tests.benchmarks.train --folds DIR`): each is then read by the model that never saw its site.
"""

import argparse
import importlib.util
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table

from scraper import extract_article
from scraper.clean import clean_blocks
from scraper.extract import model
from scraper.extract.body import METHOD, extract_with
from scraper.extract.metadata import extract_metadata
from scraper.extract.second_opinion import other_text
from scraper.records import Metadata
from scraper.web import dom
from tests.benchmarks import corpora, metrics, page_kinds, worst
from tests.benchmarks import metadata as bibliography
from tests.benchmarks.corpora import Sample
from tests.benchmarks.folds import FOLDS, fold_of
from tests.benchmarks.metrics import Score

LOG = logging.getLogger(__name__)

OURS, ALONE, CLEANED = "ours", "ours alone", "ours, cleaned"
DEFAULT, FAST = "trafilatura", "trafilatura fast"
Extractor = Callable[[Sample, Metadata], str]


@dataclass
class Result:
    """What one extractor did."""

    texts: list[str] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Ours:
    """This project's extractor, with the model that may be used for a page."""

    def __init__(self, folds: Path | None, *, alone: bool = False, cleaned: bool = False) -> None:
        self._opinion: str = "never" if alone else "auto"
        self._cleaned = cleaned
        self._models = (
            [model.read((folds / f"fold-{fold}.json").read_bytes()) for fold in range(FOLDS)] if folds else []
        )
        self.asked: list[bool] = []

    def __call__(self, sample: Sample, metadata: Metadata) -> str:
        chosen = self._models[fold_of(sample.site, FOLDS)] if self._models else None
        extraction = extract_with(
            chosen,
            dom.parse(sample.html),
            html=sample.html,
            metadata=metadata,
            second_opinion="never" if self._opinion == "never" else "auto",
        )
        self.asked.append(extraction.method != METHOD)
        if self._cleaned:
            return clean_blocks(extraction.blocks, metadata=metadata, language=metadata.language).text
        return "\n".join(block.text for block in extraction.blocks)


def _trafilatura(*, fast: bool) -> Extractor:
    from trafilatura import extract  # noqa: PLC0415 - may not be installed

    return lambda sample, _: extract(sample.html, include_comments=False, fast=fast) or ""


def _optional() -> dict[str, Extractor]:
    """Other extractors, where they are installed (`bench` extra)."""
    found: dict[str, Extractor] = {}
    if importlib.util.find_spec("readability"):
        from readability import Document  # noqa: PLC0415 - may not be installed

        found["readability-lxml"] = lambda sample, _: dom.text(
            dom.parse(Document(sample.html).summary()).root or dom.parse("").css("html")[0]
        )
    if importlib.util.find_spec("newspaper"):
        from newspaper import Article  # noqa: PLC0415 - may not be installed

        def newspaper(sample: Sample, _: Metadata) -> str:
            article = Article(sample.url or "http://localhost/", fetch_images=False)
            article.download(input_html=sample.html)
            article.parse()
            return str(article.text)

        found["newspaper4k"] = newspaper
    if importlib.util.find_spec("resiliparse"):
        from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415 - may not be installed

        found["resiliparse"] = lambda sample, _: str(
            extract_plain_text(sample.html, main_content=True, alt_texts=False)
        )
    return found


def measure(samples: Sequence[Sample], extractors: dict[str, Extractor]) -> tuple[dict[str, Result], float]:
    """Run all extractors over all samples; also the mean CPU seconds that reading metadata took."""
    results = {name: Result() for name in extractors}
    other_text(samples[0].html)
    for extractor in extractors.values():  # what is imported or loaded on first use is nobody's speed
        extractor(samples[0], Metadata())
    spent_on_metadata = []
    for sample in samples:
        began = time.process_time()
        metadata = extract_metadata(dom.parse(sample.html), html=sample.html, url=sample.url)
        spent_on_metadata.append(time.process_time() - began)
        for name, extractor in extractors.items():
            began = time.process_time()
            try:
                text = extractor(sample, metadata)
            except Exception as error:  # noqa: BLE001 - a competitor's failure is its score
                LOG.warning("%s failed on %s: %r", name, sample.name, error)
                text = ""
            results[name].seconds.append(time.process_time() - began)
            results[name].texts.append(text)
            results[name].scores.append(metrics.score(sample.suite, sample.reference, text))
    return results, fmean(spent_on_metadata)


def _table(
    title: str, groups: dict[str, list[int]], samples: Sequence[Sample], results: dict[str, Result]
) -> Table:
    table = Table(title=title)
    for heading in ("group", "pages", "extractor", "P", "R", "F", "ms/page", "speed"):
        table.add_column(heading, justify="left" if heading in {"group", "extractor"} else "right")
    for group, indices in groups.items():
        base = fmean(results[DEFAULT].seconds[i] for i in indices)
        for name, result in results.items():
            score = metrics.overall(samples[indices[0]].suite, [result.scores[i] for i in indices])
            seconds = fmean(result.seconds[i] for i in indices)
            table.add_row(
                group,
                str(len(indices)),
                name,
                f"{score.precision:.4f}",
                f"{score.recall:.4f}",
                f"{score.f:.4f}",
                f"{1000 * seconds:.1f}",
                f"{base / seconds:.1f}x",
            )
    return table


def _escalation(samples: Sequence[Sample], results: dict[str, Result], asked: Sequence[bool]) -> Table:
    """What the second opinion costs and gains, on all pages of a suite and on those where it was asked."""
    table = Table(title="Second opinion")
    for heading in (
        "suite",
        "pages",
        "asked",
        "F alone",
        "F with it",
        "gain",
        "alone, asked",
        "with it, asked",
    ):
        table.add_column(heading, justify="left" if heading == "suite" else "right")
    for suite, indices in _grouped(samples, lambda s: s.suite if s.kind == "article" else None).items():
        some = [i for i in indices if asked[i]]
        alone, both, alone_some, both_some = (
            metrics.overall(suite, [results[name].scores[i] for i in ids]).f
            for ids in (indices, some)
            for name in (ALONE, OURS)
        )
        table.add_row(
            suite,
            str(len(indices)),
            f"{len(some) / len(indices):.1%}",
            f"{alone:.4f}",
            f"{both:.4f}",
            f"{both - alone:+.4f}",
            f"{alone_some:.4f}" if some else "-",
            f"{both_some:.4f}" if some else "-",
        )
    return table


def _whole(samples: Sequence[Sample]) -> str:
    """What a page costs from its text to the record, beside trafilatura with metadata."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - as above

    ours: list[float] = []
    theirs: list[float] = []
    for sample in samples:
        began = time.process_time()
        extract_article(sample.html, sample.url)
        ours.append(time.process_time() - began)
        began = time.process_time()
        bare_extraction(sample.html, url=sample.url, include_comments=False, with_metadata=True)
        theirs.append(time.process_time() - began)
    return (
        f"all of a page, to the record: {1000 * fmean(ours):.1f} ms; trafilatura with metadata: "
        f"{1000 * fmean(theirs):.1f} ms, {fmean(theirs) / fmean(ours):.1f} times as long"
    )


def _grouped(samples: Sequence[Sample], key: Callable[[Sample], str | None]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for index, sample in enumerate(samples):
        name = key(sample)
        if name is not None:
            groups[name].append(index)
    return dict(sorted(groups.items()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of corpora")
    parser.add_argument("--folds", type=Path, help="folder of fold models, for pages that were trained on")
    parser.add_argument("--metadata", action="store_true", help="measure titles, authors and dates instead")
    parser.add_argument("--verdicts", action="store_true", help="measure what pages are taken for instead")
    parser.add_argument("--list", action="store_true", help="with --verdicts: each page judged wrongly")
    parser.add_argument("--all-kinds", action="store_true", help="also pages that are not articles")
    parser.add_argument("--others", action="store_true", help="also readability, newspaper4k, resiliparse")
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="write the N worst pages of each suite"
    )
    parser.add_argument("--html", type=Path, default=Path("worst.html"), help="where --worst writes")
    parser.add_argument("--json", type=Path, help="write the figures of the suites as JSON")
    options = parser.parse_args()
    if options.verdicts:
        page_kinds.report(options.paths, listed=options.list, others=options.others)
        return
    if options.metadata:
        bibliography.report(options.paths, Console(width=130))
        return
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    samples = [s for s in corpora.read(options.paths) if options.all_kinds or s.kind == "article"]
    ours, alone, cleaned = (
        Ours(options.folds),
        Ours(options.folds, alone=True),
        Ours(options.folds, cleaned=True),
    )
    extractors: dict[str, Extractor] = {OURS: ours, ALONE: alone, CLEANED: cleaned}
    extractors |= {DEFAULT: _trafilatura(fast=False), FAST: _trafilatura(fast=True)}
    if options.others:
        extractors |= _optional()
    results, metadata_s = measure(samples, extractors)
    console = Console(width=130)
    suites = _grouped(samples, lambda s: s.suite if s.kind == "article" else f"{s.suite}: {s.kind}")
    console.print(_table("By suite and kind of page", suites, samples, results))
    console.print(_escalation(samples, results, ours.asked[1:]))
    languages = _grouped(samples, lambda s: f"{s.suite}: {s.language}" if s.suite == corpora.FUNDUS else None)
    if languages:
        short = {name: results[name] for name in (OURS, DEFAULT)}
        console.print(_table("News by language", languages, samples, short))
    models = (
        "out-of-fold models"
        if options.folds
        else "the shipped model, which knows the pages it was trained on"
    )
    console.print(
        f"{models}; second opinion asked on {fmean(ours.asked[1:]):.1%} of pages; "
        f"reading metadata takes {1000 * metadata_s:.1f} ms more"
    )
    console.print(_whole(samples))
    if options.json:
        figures = {
            group: {
                name: [
                    round(value, 4)
                    for value in metrics.overall(samples[ids[0]].suite, [r.scores[i] for i in ids])
                ]
                for name, r in results.items()
            }
            for group, ids in suites.items()
        }
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    if options.worst:
        options.html.write_text(
            worst.page(samples, results[OURS].texts, results[OURS].scores, options.worst), "utf-8"
        )


if __name__ == "__main__":
    main()
