"""Measure metadata on the public corpora: `python -m tests.benchmarks.metadata PATH…`.

Every page is read by every extractor in the same process: this one on the parsed tree, the others from the
source as they do. Titles are compared after NFKC, case and punctuation folding; authors by F1 of folded
names, averaged over pages; dates by day, in the page's own zone or UTC, and to the minute in UTC.
"""

import argparse
import importlib.util
import json
import logging
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from scraper.extract import bylines, nearby
from scraper.extract.body import extract_body
from scraper.extract.jsonld import read_jsonld
from scraper.extract.metadata import extract_metadata
from scraper.extract.parts import gather
from scraper.extract.published import find_published
from scraper.extract.tags import read_tags
from scraper.extract.titles import folded
from scraper.records import Extraction, Metadata, PageKind
from scraper.web import dom
from tests.benchmarks import corpora
from tests.benchmarks.corpora import Sample

LOG = logging.getLogger(__name__)

OURS, TRAFILATURA, NEWSPAPER = "ours", "trafilatura", "newspaper4k"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NO_NAME = re.compile(
    r"^(?:[A-Z]{2,6}|Ph\.?D\.?|M\.D\.?.*|E-RYT.*|[A-Z][a-z]?[A-Z]\.?)$|Director|Manager|CEO|Editor|Expert|Years"
)
"""What stands behind a comma in a reference and is no further name."""
ARTICLES = frozenset({PageKind.ARTICLE, PageKind.LIVE_BLOG})


class Expected(NamedTuple):
    """What a corpus says of a page; None where it says nothing."""

    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: datetime | None = None
    exact: bool = False
    """Whether the time of day and its zone are given."""


class Answer(NamedTuple):
    """What an extractor says of a page."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    own_day: date | None = None
    """The day of publication as the page writes it, in its own zone."""


class Row(NamedTuple):
    """One page, read by one extractor."""

    sample: Sample
    expected: Expected
    answer: Answer
    seconds: float


Reader = Callable[[Sample, dom.Tree], Answer]


def expectations(paths: list[Path]) -> dict[tuple[str, str], Expected]:
    """The reference metadata of all pages that have some, by suite and name."""
    found: dict[tuple[str, str], Expected] = {}
    for path in paths:
        found.update(_of_wcxb(path))
        found.update(_of_fundus(path))
    return found


def _of_wcxb(folder: Path) -> Iterator[tuple[tuple[str, str], Expected]]:
    for path in sorted(folder.glob("*/ground-truth/*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))["ground_truth"]
        author = truth.get("author")
        day = truth.get("publish_date")
        yield (
            (corpora.WCXB, path.stem),
            Expected(
                title=truth.get("title"),
                authors=_wcxb_authors(author),
                published=_day(day),
            ),
        )


def _wcxb_authors(value: Any) -> tuple[str, ...] | None:
    """The names of a reference, without degrees and roles behind a comma."""
    if not value:
        return None
    parts = value if isinstance(value, list) else re.split(r",\s+| and | & ", str(value))
    names = [part.strip() for part in parts if part.strip()]
    kept = [name for name in names if not NO_NAME.search(name)] or names
    return tuple(kept)


def _day(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value[:10]).replace(tzinfo=UTC) if value else None
    except ValueError:
        return None


def _of_fundus(folder: Path) -> Iterator[tuple[tuple[str, str], Expected]]:
    for meta_path in sorted(folder.glob("*/meta.info")):
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
        by_publisher: dict[str, list[str]] = {}
        for name in sorted(meta):
            by_publisher.setdefault(name.split("_")[0], []).append(name)
        for publisher, names in by_publisher.items():
            versions = json.loads((meta_path.parent / f"{publisher}.json").read_text(encoding="utf-8"))
            for name, record in zip(names, versions.values(), strict=False):
                yield (
                    (corpora.FUNDUS, f"{meta_path.parent.name}/{name.removesuffix('.html.gz')}"),
                    _fundus_record(record),
                )


def _fundus_record(record: dict[str, Any]) -> Expected:
    when = datetime.fromisoformat(record["publishing_date"]) if record.get("publishing_date") else None
    exact = when is not None and when.tzinfo is not None
    return Expected(
        title=record.get("title"),
        authors=tuple(record["authors"]) if record.get("authors") else None,
        published=when if when is None or when.tzinfo else when.replace(tzinfo=UTC),
        exact=exact,
    )


def readers() -> dict[str, Reader]:
    """All extractors that are installed, by name."""
    found: dict[str, Reader] = {OURS: _ours, TRAFILATURA: _trafilatura()}
    if importlib.util.find_spec("newspaper"):
        found[NEWSPAPER] = _newspaper()
    return found


def _ours(sample: Sample, tree: dom.Tree) -> Answer:
    metadata = extract_metadata(tree, html=sample.html, url=sample.url)
    return Answer(metadata.title, metadata.authors, metadata.date_published)


def _own_day(sample: Sample, tree: dom.Tree) -> date | None:
    """The day that our extractor reads, before it is turned to UTC."""
    parts = gather(tree)
    moment, _ = find_published(
        parts,
        read_jsonld(parts, sample.url),
        read_tags(parts),
        html=sample.html,
        url=sample.url,
        near=lambda: nearby.around_headline(parts),
        printed=lambda: bylines.times(parts.times),
    )
    return moment.when.date() if moment else None


def _trafilatura() -> Reader:
    from trafilatura.metadata import extract_metadata as extract  # noqa: PLC0415 - may not be installed

    def read(sample: Sample, _: dom.Tree) -> Answer:
        found = extract(sample.html, default_url=sample.url or None)
        names = tuple(filter(None, (name.strip() for name in (found.author or "").split(";"))))
        when = _day(found.date)
        return Answer(found.title, names, when, when.date() if when else None)

    return read


def _newspaper() -> Reader:
    from newspaper import Article  # noqa: PLC0415 - may not be installed

    def read(sample: Sample, _: dom.Tree) -> Answer:
        article = Article(sample.url or "http://localhost/", fetch_images=False, language="en")
        article.download(input_html=sample.html)
        article.parse()
        when = article.publish_date if isinstance(article.publish_date, datetime) else None
        aware = when if when is None or when.tzinfo else when.replace(tzinfo=UTC)
        return Answer(article.title, tuple(article.authors), aware, when.date() if when else None)

    return read


def measure(samples: Sequence[tuple[Sample, Expected]]) -> dict[str, list[Row]]:
    """Read all pages with all extractors; a competitor that fails on a page says nothing of it."""
    found = readers()
    rows: dict[str, list[Row]] = {name: [] for name in found}
    for reader in found.values():  # what is imported or loaded on first use is nobody's speed
        reader(samples[0][0], dom.parse(samples[0][0].html))
    for sample, expected in samples:
        tree = dom.parse(sample.html)
        for name, reader in found.items():
            began = time.process_time()
            try:
                answer = reader(sample, tree)
            except Exception as error:
                if name == OURS:
                    raise
                LOG.warning("%s failed on %s: %r", name, sample.name, error)
                answer = Answer()
            seconds = time.process_time() - began
            if name == OURS:
                answer = answer._replace(own_day=_own_day(sample, tree))
            rows[name].append(Row(sample, expected, answer, seconds))
    return rows


def body_of(sample: Sample, tree: dom.Tree, metadata: Metadata) -> Extraction:
    """The body that the corridor hands to `classify_page`, without a second opinion."""
    return extract_body(tree, html=sample.html, url=sample.url, metadata=metadata, second_opinion="never")


def same_title(row: Row) -> bool:
    """Whether the titles are the same but for case, punctuation and compatibility forms."""
    return folded(row.expected.title or "") == folded(row.answer.title or "")


def author_score(row: Row) -> float:
    """F1 of the folded names of a page."""
    want = {folded(name) for name in row.expected.authors or ()}
    have = {folded(name) for name in row.answer.authors}
    return 2 * len(want & have) / (len(want) + len(have)) if want or have else 1.0


def same_day(row: Row) -> bool:
    """Whether the day is right: in UTC, in the zone that the page writes, or in the reference's."""
    want, have = row.expected.published, row.answer.published
    if want is None or have is None:
        return False
    days = {have.date(), have.astimezone(UTC).date(), row.answer.own_day}
    return want.date() in days or (row.expected.exact and have.astimezone(want.tzinfo).date() == want.date())


def same_minute(row: Row) -> bool:
    """Whether the moment is right to the minute."""
    want, have = row.expected.published, row.answer.published
    return want is not None and have is not None and abs(have - want) < timedelta(minutes=1)


def figures(rows: Sequence[Row]) -> dict[str, tuple[float, int]]:
    """Each measure with the number of pages whose reference allows it; without those that none allows."""
    dated = [row for row in rows if row.expected.published]
    measured = {
        "titles exact": [float(same_title(row)) for row in rows if row.expected.title],
        "authors F1": [author_score(row) for row in rows if row.expected.authors is not None],
        "day": [float(same_day(row)) for row in dated],
        "minute": [float(same_minute(row)) for row in dated if row.expected.exact],
    }
    return {name: (fmean(values), len(values)) for name, values in measured.items() if values}


def table(rows: dict[str, list[Row]]) -> Table:
    """The figures of all extractors, suite by suite."""
    shown = Table(title="Metadata of articles")
    names = ("titles exact", "authors F1", "day", "minute")
    for heading in ("suite", "extractor", *names, "ms CPU"):
        shown.add_column(heading, justify="left" if heading in {"suite", "extractor"} else "right")
    for suite in dict.fromkeys(row.sample.suite for row in rows[OURS]):
        for extractor, all_rows in rows.items():
            own = [row for row in all_rows if row.sample.suite == suite]
            found = figures(own)
            cells = [f"{found[name][0]:.3f} of {found[name][1]}" if name in found else "-" for name in names]
            shown.add_row(suite, extractor, *cells, f"{1000 * fmean(row.seconds for row in own):.2f}")
    return shown


def failures(rows: Sequence[Row], what: str) -> Iterator[str]:
    """Pages where a field differs from the reference."""
    for row in rows:
        want, have = row.expected, row.answer
        differs = {
            "title": bool(want.title) and not same_title(row),
            "authors": want.authors is not None and author_score(row) < 1,
            "date": want.published is not None and not (same_minute if want.exact else same_day)(row),
        }[what]
        if differs:
            index = {"title": 0, "authors": 1, "date": 2}[what]
            yield f"{row.sample.suite}/{row.sample.name} {row.sample.url[:80]}"
            yield f"   want {want[index]!r}\n   have {have[index]!r}"


def report(paths: list[Path], console: Console, *, listed: str | None = None) -> None:
    """Measure all pages that have reference metadata, and print.

    Args:
        paths: Folders of corpora.
        console: Where to print.
        listed: The field (title, authors, date) whose differences are listed as well.
    """
    for name in ("trafilatura", "newspaper", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    expected = expectations(paths)
    samples = [
        (sample, expected[sample.suite, sample.name])
        for sample in corpora.read(paths)
        if sample.kind == "article" and (sample.suite, sample.name) in expected
    ]
    rows = measure(samples)
    console.print(table(rows))
    console.print("ours reads the parsed tree; the others parse the source themselves")
    if listed:
        sys.stdout.write("\n".join(failures(rows[OURS], listed)) + "\n")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of corpora")
    parser.add_argument("--failures", choices=["title", "authors", "date"], help="list the pages that differ")
    options = parser.parse_args()
    report(options.paths, Console(width=120), listed=options.failures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
