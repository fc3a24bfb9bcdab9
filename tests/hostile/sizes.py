"""Every hostile input at full size, through the processes that a run reads with: time, memory, outcome.

python -m tests.hostile.sizes            # 30 MB each, the most that is ever read of one address
python -m tests.hostile.sizes 1 page     # 1 MB each, only those with `page` in their names
"""

import asyncio
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from scraper.backends import WorkerProcesses
from scraper.config import RunConfig
from scraper.page import PageOptions
from scraper.readers import Readers
from scraper.records import Article, Drop, Page
from scraper.web.documents import Expected, Reading
from tests.hostile.inputs import FEEDS, PAGES, SITEMAPS, Make

RUN = RunConfig(workers=1)


def page(body: bytes, content_type: str = "text/html") -> Page:
    return Page(
        url="https://news.example/2026/03/01/a",
        body=body,
        content_type=content_type,
        status=200,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


async def documents(inputs: Mapping[str, Make], expected: Expected, size: int) -> None:
    for name, make in inputs.items():
        async with Readers(RUN) as readers:
            await readers.read(Reading(page=page(b"<rss/>"), expected="feed"))
            body = make(size)
            started = time.monotonic()
            found = await readers.read(Reading(page=page(body, "text/xml"), expected=expected))
            told = f"{found.reason}: {found.detail}" if isinstance(found, Drop) else "read"
            _say(name, body, time.monotonic() - started, told)


async def pages(inputs: Mapping[str, Make], size: int) -> None:
    for name, make in inputs.items():
        async with WorkerProcesses(
            PageOptions(), size=1, timeout_s=RUN.page_timeout_s, memory_mb=RUN.worker_memory_mb
        ) as backend:
            await backend.process(page(b"<p>a"), ())
            body = make(size)
            started = time.monotonic()
            outcome = (await backend.process(page(body), ())).outcome
            took = time.monotonic() - started
            told = "article" if isinstance(outcome, Article) else f"{outcome.reason}: {outcome.detail}"
            memory = [_peak(process.pid) for process in backend._workers._all]  # noqa: SLF001 - nothing else tells
            _say(name, body, took, f"{told[:90]} {memory}")


def _peak(pid: int) -> str:
    """The most memory that a process ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(line.partition(":")[2].strip() for line in status.splitlines() if "VmHWM" in line)


def _say(name: str, body: bytes, seconds: float, told: str) -> None:
    print(f"{name:44} {len(body) / 1e6:6.1f} MB {seconds:7.2f} s  {told}", flush=True)  # noqa: T201 - a command


def main(megabytes: str = "30", only: str = "") -> None:
    size = int(float(megabytes) * 1e6)

    def chosen(inputs: Mapping[str, Make]) -> Mapping[str, Make]:
        return {name: make for name, make in inputs.items() if only in name}

    asyncio.run(documents(chosen(FEEDS), "feed", size))
    asyncio.run(documents(chosen(SITEMAPS), "sitemap", size))
    asyncio.run(pages(chosen(PAGES), size))


if __name__ == "__main__":
    main(*sys.argv[1:])
