"""What the index of near-duplicates costs for an article, by how many there are.

    python -m tests.benchmarks.duplicate_index [--upto N] [--seed N] STATE

Made-up sketches are stored, held against the index and put into it, in the steps and
transactions of a run; STATE is made. Of them a tenth are copies of an earlier one (two thirds of the phrases
in common), and another tenth are made from one of a hundred forms (half of their phrases are the form's), so
that keys get full. Prints, at each size, the time for an article of the last tenth before it (median and 99th
percentile of transactions of 500, and of processor time), the copies found, and the bytes in the index.
"""

import argparse
import random
import statistics
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scraper.config import DedupeConfig
from scraper.dedupe.near import KEYS, SAMPLE
from scraper.duplicates import Duplicates
from scraper.records import Article, Sketch
from scraper.store import Store
from scraper.store.articles import insert_article
from scraper.store.near import TOGETHER, Place, let_wait

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
FORMS = 100
REMEMBERED = 1_000


class Made(NamedTuple):
    """A sketch that was made, and whether it is a copy of an earlier one."""

    keys: Sequence[int]
    sample: Sequence[int]
    is_copy: bool = False

    @property
    def sketch(self) -> Sketch:
        """As the store takes it."""
        return Sketch(keys=tuple(self.keys), sample=array("I", sorted(self.sample)).tobytes())


class Maker:
    """Makes sketches, the same ones for the same seed; remembers a thousand of them to copy."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - made-up texts, not secrets
        self._forms = [self._new() for _ in range(FORMS)]
        self._kept: list[Made] = []

    def __call__(self) -> Made:
        """The next sketch."""
        kind, made = self._draw.random(), self._new()
        if kind < 0.1 and self._kept:
            return self._mixed(made, self._draw.choice(self._kept), 2 / 3)._replace(is_copy=True)
        if kind < 0.2:
            return self._mixed(made, self._draw.choice(self._forms), 1 / 2)
        if len(self._kept) < REMEMBERED:
            self._kept.append(made)
        else:
            self._kept[self._draw.randrange(REMEMBERED)] = made
        return made

    def _new(self) -> Made:
        return Made(array("q", self._draw.randbytes(8 * KEYS)), array("I", self._draw.randbytes(4 * SAMPLE)))

    def _mixed(self, own: Made, theirs: Made, share: float) -> Made:
        keys, sample = (
            [b if self._draw.random() < share else a for a, b in zip(mine, other, strict=True)]
            for mine, other in ((own.keys, theirs.keys), (own.sample, theirs.sample))
        )
        return Made(keys, sample)


def measured(state: Path, upto: int, seed: int) -> Iterator[str]:
    """A line for each size."""
    maker = Maker(seed)
    yield (
        f"{'articles':>10}{'ms each, median':>17}{'99 %':>8}{'CPU':>8}{'copies found':>15}{'bytes each':>12}"
        f"{'file, MB':>10}{'longest, s':>12}"
    )
    with Store(state) as store:
        duplicates = Duplicates(DedupeConfig(), store.near)
        spent: list[tuple[float, float]] = []
        copies = found = 0
        for first in range(0, upto, TOGETHER):
            made = [maker() for _ in range(TOGETHER)]
            copies += sum(one.is_copy for one in made)
            _stored(store, first, made)
            begun, worked = time.perf_counter(), time.process_time()
            found += sum(map(len, duplicates.rule()))
            spent.append((time.perf_counter() - begun, time.process_time() - worked))
            size = first + TOGETHER
            if size in SIZES or size >= upto:
                last = sorted(wall * 1000 / TOGETHER for wall, _ in spent[-len(spent) // 10 :])
                cpu = statistics.fmean(cpu * 1000 / TOGETHER for _, cpu in spent[-len(spent) // 10 :])
                yield (
                    f"{size:10,}{statistics.median(last):17.3f}{last[int(len(last) * 0.99)]:8.3f}{cpu:8.3f}"
                    f"{found:8,}/{copies:6,}{_bytes(store) / size:12.0f}{state.stat().st_size / 1e6:10.0f}"
                    f"{max(wall for wall, _ in spent):12.1f}"
                )


def _stored(store: Store, first: int, made: list[Made]) -> None:
    """Store an article for each sketch; the articles hold as good as nothing."""
    with store._database.transaction() as db:  # noqa: SLF001 - without links
        for number, one in enumerate(made, first):
            article = Article(
                id=f"{number:032x}",
                url="",
                requested_url="",
                hostname="",
                text="",
                paragraphs=(),
                date_crawled=datetime(2026, 1, 1, tzinfo=UTC),
                word_count=0,
                content_hash=f"{number:064x}",
                fingerprint="",
                method="",
                confidence=1.0,
                run_id="",
            )
            key = f"https://{number:08}.example/"
            insert_article(db, article, key=key, source="")
            let_wait(db, Place.of(article, key=key), one.sketch)


def _bytes(store: Store) -> int:
    """Size of the index in pages of the file, as far as SQLite was built to tell."""
    return int(
        store._database.one("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'near%'")  # noqa: SLF001
    )


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("state", type=Path)
    parser.add_argument("--upto", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.state.exists():
        parser.error(f"{options.state}: exists already")
    for line in measured(options.state, options.upto, options.seed):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
