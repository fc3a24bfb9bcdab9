"""Measures every output: articles per second and second of our own, bytes each, and memory.

    python -m tests.benchmarks.outputs [ARTICLES.jsonl] [--rows 10000] [--postgresql]

Without a file of articles, some are made up: of the length of news, in words as frequent as words are.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path

import msgspec

from scraper.config import Config, OutputConfig
from scraper.outputs import Folder, Row, WholeFile
from scraper.publish import open_output
from scraper.records import Article, Paragraph
from tests.outputs.servers import postgresql
from tests.store.making import MORNING, article

VOCABULARY = 30_000
WORDS = (90, 700)
"""Shortest and longest of the articles that are made up."""
OUTPUTS: dict[str, OutputConfig] = {
    "all.jsonl": OutputConfig(path="all.jsonl"),
    "all.jsonl.gz": OutputConfig(path="all.jsonl.gz"),
    "all.jsonl.zst": OutputConfig(path="all.jsonl.zst"),
    "all.csv": OutputConfig(path="all.csv"),
    "all.csv.zst": OutputConfig(path="all.csv.zst"),
    "all.parquet": OutputConfig(path="all.parquet"),
    "parts of JSON lines": OutputConfig(path="parts"),
    "Parquet by date": OutputConfig(path="hive", format="parquet", partition="date"),
    "as schema.org": OutputConfig(path="schema.jsonl", fields_as="schema.org"),
    "texts": OutputConfig(path="texts", format="text"),
    "news.db": OutputConfig(path="news.db"),
}


def main() -> None:
    """Print a line for each output."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("articles", nargs="?", type=Path, help="JSON lines, as the program writes them")
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--postgresql", action="store_true", help="start a server and fill a table of it")
    given = options.parse_args()
    records = list(islice(_read(given.articles) if given.articles else _made_up(), given.rows))
    rows = [Row(seq, record, f"source {seq % 20}") for seq, record in enumerate(records, 1)]
    print(f"{len(rows):,} articles, {sum(map(len, records)) / len(rows):,.0f} bytes of JSON each")  # noqa: T201
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        outputs = dict(OUTPUTS)
        if given.postgresql:
            outputs["postgresql"] = OutputConfig(path=stack.enter_context(postgresql()))
        for name, output in outputs.items():
            seconds, busy, size = _measured(output, rows, folder)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(  # noqa: T201
                f"{name:22} {len(rows) / seconds:8,.0f} rows/s {len(rows) / busy:8,.0f} per second of CPU "
                f"{size / len(rows):8,.0f} bytes each  peak so far {peak:,.0f} MB"
            )


def _measured(output: OutputConfig, rows: list[Row], folder: Path) -> tuple[float, float, int]:
    [checked] = Config(output=(output,)).checked(folder).output
    opened = open_output(checked, state_id="state")
    start, worked = time.perf_counter(), time.process_time()
    if isinstance(opened, Folder):
        opened.seal(rows)
    elif isinstance(opened, WholeFile):
        opened.write(row.record for row in rows)
    else:
        opened.put(rows)
    seconds, busy = time.perf_counter() - start, time.process_time() - worked
    path = Path(checked.path)
    files = path.rglob("*") if path.is_dir() else [path]
    return seconds, busy, sum(file.stat().st_size for file in files if file.is_file())


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def _made_up() -> Iterator[bytes]:
    chance = random.Random(7)  # noqa: S311 - no secret
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 11))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    number = 0
    while True:
        number += 1
        drawn = chance.choices(words, weights, k=chance.randint(*WORDS))
        texts = [" ".join(drawn[start : start + 45]) + "." for start in range(0, len(drawn), 45)]
        yield msgspec.json.encode(_article(number, texts, chance))


def _article(number: int, texts: list[str], chance: random.Random) -> Article:
    return article(
        f"2026/03/{number}",
        id=f"{chance.getrandbits(128):032x}",
        title=texts[0][:60],
        description=texts[-1][:150],
        text="\n\n".join(texts),
        paragraphs=tuple(Paragraph(type="p", text=text) for text in texts),
        authors=("Ada Marsh",),
        language="en",
        date_published=MORNING + timedelta(minutes=number),
        date_crawled=MORNING + timedelta(minutes=number, seconds=90),
        tags=("ferry", "islands"),
        content_hash=f"{chance.getrandbits(128):032x}",
        fingerprint=f"{chance.getrandbits(64):016x}",
    )


if __name__ == "__main__":
    main()
