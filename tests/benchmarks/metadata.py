"""Measure metadata and verdicts on the public corpora: `python -m tests.benchmarks.metadata PATH…`.

Titles are compared after NFKC, case and punctuation folding; authors by F1 of folded names over all
pages; dates by day in the page's own zone or UTC, and to the minute in UTC.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from scraper.classify import classify_page, classify_response
from scraper.classify.features import count_words
from scraper.extract.body import extract_body
from scraper.extract.jsonld import read_jsonld
from scraper.extract.metadata import extract_metadata
from scraper.extract.published import find_published
from scraper.extract.tags import read_tags
from scraper.extract.titles import folded
from scraper.records import Extraction, Metadata, Page, PageKind, Verdict
from scraper.web import dom
from tests.benchmarks import corpora

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


class Row(NamedTuple):
    """One page, measured."""

    sample: corpora.Sample
    expected: Expected
    metadata: Metadata
    verdict: Verdict
    seconds: float
    body_words: int
    own_day: date | None
    """The day of publication as the page writes it, in its own zone."""


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


def measure(sample: corpora.Sample, expected: Expected) -> Row:
    """Run the two stages over one page."""
    tree = dom.parse(sample.html)
    page = Page(
        url=sample.url, body=sample.html.encode("utf-8", "ignore"), content_type="text/html", fetched_at=NOW
    )
    start = time.process_time()
    metadata = extract_metadata(tree, html=sample.html, url=sample.url)
    seconds = time.process_time() - start
    extraction = body_of(sample, tree, metadata)
    start = time.process_time()
    verdict = classify_response(page) or classify_page(
        page, tree, html=sample.html, metadata=metadata, extraction=extraction, min_words=25
    )
    seconds += time.process_time() - start
    words = sum(count_words(block.text) for block in extraction.blocks)
    moment, _ = find_published(
        tree, read_jsonld(tree, sample.url), read_tags(tree), html=sample.html, url=sample.url
    )
    return Row(sample, expected, metadata, verdict, seconds, words, moment.when.date() if moment else None)


def body_of(sample: corpora.Sample, tree: dom.Tree, metadata: Metadata) -> Extraction:
    """The body that the corridor hands to `classify_page`, without a second opinion."""
    return extract_body(tree, html=sample.html, url=sample.url, metadata=metadata, second_opinion="never")


def authors_f1(rows: list[Row]) -> tuple[float, int]:
    """Mean F1 of folded names over the pages with reference authors."""
    scores = []
    for row in rows:
        if row.expected.authors is None:
            continue
        want = {folded(name) for name in row.expected.authors}
        have = {folded(name) for name in row.metadata.authors}
        scores.append(2 * len(want & have) / (len(want) + len(have)) if want or have else 1.0)
    return (sum(scores) / len(scores) if scores else 0.0), len(scores)


def same_day(row: Row) -> bool:
    """Whether the day is right: in UTC, in the zone that the page writes, or in the reference's."""
    want, have = row.expected.published, row.metadata.date_published
    if want is None or have is None:
        return False
    days = {have.date(), row.own_day}
    return want.date() in days or (row.expected.exact and have.astimezone(want.tzinfo).date() == want.date())


def same_minute(row: Row) -> bool:
    """Whether the moment is right to the minute."""
    want, have = row.expected.published, row.metadata.date_published
    return want is not None and have is not None and abs(have - want) < timedelta(minutes=1)


def table(rows: list[Row], suite: str) -> list[str]:
    """The figures of one suite."""
    articles = [row for row in rows if row.sample.kind == "article"]
    titled = [row for row in articles if row.expected.title]
    dated = [row for row in articles if row.expected.published]
    exact = [row for row in dated if row.expected.exact]
    f1, authored = authors_f1(articles)
    lines = [
        f"{suite}: {len(rows)} pages, {1000 * sum(row.seconds for row in rows) / len(rows):.2f} ms CPU a page"
    ]
    if titled:
        right = sum(folded(row.expected.title or "") == folded(row.metadata.title or "") for row in titled)
        lines.append(f"  titles exact      {right / len(titled):.3f}  of {len(titled)}")
    if authored:
        lines.append(f"  authors F1        {f1:.3f}  of {authored}")
    if dated:
        lines.append(f"  published, day    {sum(map(same_day, dated)) / len(dated):.3f}  of {len(dated)}")
    if exact:
        lines.append(f"  published, minute {sum(map(same_minute, exact)) / len(exact):.3f}  of {len(exact)}")
    kept = sum(row.verdict.kind in ARTICLES for row in articles)
    lines.append(f"  articles kept     {kept / len(articles):.3f}  of {len(articles)}")
    others = [row for row in rows if row.sample.kind != "article"]
    if others:
        told = sum(row.verdict.kind not in ARTICLES for row in others)
        lines.append(f"  others told       {told / len(others):.3f}  of {len(others)}")
        for kind in sorted({row.sample.kind for row in others}):
            of_kind = [row for row in others if row.sample.kind == kind]
            told = sum(row.verdict.kind not in ARTICLES for row in of_kind)
            lines.append(f"    {kind:<15} {told / len(of_kind):.3f}  of {len(of_kind)}")
    dropped = Counter(
        f"{row.verdict.kind} ({row.verdict.rule})" for row in articles if row.verdict.kind not in ARTICLES
    )
    lines += [f"  dropped {count:>4} {name}" for name, count in dropped.most_common()]
    return lines


def failures(rows: list[Row], what: str) -> Iterator[str]:
    """Pages where a field, or the verdict, differs from the reference."""
    for row in rows:
        differs = _difference(row, what)
        if differs:
            yield f"{row.sample.suite}/{row.sample.name} {row.sample.url[:80]}\n   {differs}"


def _difference(row: Row, what: str) -> str | None:
    want, have, verdict = row.expected, row.metadata, row.verdict
    is_article, is_kept = row.sample.kind == "article", verdict.kind in ARTICLES
    told = f"{row.body_words} words: {verdict.rule}: {verdict.evidence}"
    if what == "kept":
        return f"{row.sample.kind}, {told}" if is_kept and not is_article else None
    if not is_article:
        return None
    if what == "title" and want.title and folded(want.title) != folded(have.title or ""):
        return f"want {want.title!r}\n   have {have.title!r}"
    if what == "authors" and want.authors and {*map(folded, want.authors)} != {*map(folded, have.authors)}:
        return f"want {want.authors}\n   have {have.authors}"
    if what == "date" and want.published and not (same_minute(row) if want.exact else same_day(row)):
        return f"want {want.published}\n   have {have.date_published} {have.date_source}"
    return told if what == "drop" and not is_kept else None


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument(
        "--failures", choices=["title", "authors", "date", "drop", "kept"], help="list the pages that differ"
    )
    options = parser.parse_args()
    expected = expectations(options.paths)
    rows = [
        measure(sample, expected.get((sample.suite, sample.name), Expected()))
        for sample in corpora.read(options.paths)
    ]
    for suite in dict.fromkeys(row.sample.suite for row in rows):
        sys.stdout.write("\n".join(table([row for row in rows if row.sample.suite == suite], suite)) + "\n")
    if options.failures:
        sys.stdout.write("\n".join(failures(rows, options.failures)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
