"""What the index of near-duplicates costs for an article, by how many there are.

    python -m tests.benchmarks.duplicate_index [--upto N] [--seed N] STATE

STATE is made, and filled with made-up sketches. At each size the last 5,000 are stored as articles and ruled
on in the steps and transactions of a run. Of the sketches a tenth are copies of an earlier one (two thirds of
the phrases in common), and another tenth are made from one of a hundred forms (half of their phrases are the
form's), so that keys get full; what lies between the sizes is put into the index as it comes, as originals.

Prints, at each size, the milliseconds for an article (mean and longest of the transactions of 500, and of
processor time), the segments that a key was looked up in, the copies found, and the bytes in the index.
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
from scraper.store.near_keys import LEVELS, insert_keys, merge

RULED_ON = 5_000
FILLED = 4_096
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
        f"{'articles':>10}{'ms each':>9}{'longest':>9}{'CPU':>7}{'segments':>10}{'copies found':>14}"
        f"{'bytes each':>12}{'fill, s':>9}"
    )
    with Store(state) as store:
        duplicates = Duplicates(DedupeConfig(), store.near)
        size = 0
        for target in (each for each in SIZES if each <= upto):
            begun = time.perf_counter()
            _filled(store, maker, target - RULED_ON - size)
            filled = time.perf_counter() - begun
            spent: list[tuple[float, float]] = []
            copies = found = 0
            for first in range(target - RULED_ON, target, TOGETHER):
                made = [maker() for _ in range(TOGETHER)]
                copies += sum(one.is_copy for one in made)
                _stored(store, first, made)
                begun, worked = time.perf_counter(), time.process_time()
                found += sum(map(len, duplicates.rule()))
                spent.append((time.perf_counter() - begun, time.process_time() - worked))
            size = target
            wall, cpu = (statistics.fmean(column) * 1000 / TOGETHER for column in zip(*spent, strict=True))
            segments = store._database.one("SELECT count(*) FROM near_segments")  # noqa: SLF001 - as below
            yield (
                f"{size:10,}{wall:9.2f}{max(spent)[0] * 1000 / TOGETHER:9.2f}{cpu:7.2f}{segments:10}"
                f"{f'{found}/{copies}':>14}{_bytes(store) / size:12.0f}{filled:9.0f}"
            )


def _filled(store: Store, maker: Maker, count: int) -> None:
    """Put originals into the index, without articles."""
    for first in range(0, count, FILLED):
        with store._database.transaction() as db:  # noqa: SLF001 - as a run would with articles
            for _ in range(min(FILLED, count - first)):
                made = maker().sketch
                row = db.execute(
                    "INSERT INTO near (id, keys, sample) VALUES (hex(randomblob(16)), ?, ?) "
                    "RETURNING cluster",
                    (array("q", made.keys).tobytes(), made.sample),
                ).fetchone()
                insert_keys(db, row[0], made.keys)
            merge(db, levels=LEVELS)


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
