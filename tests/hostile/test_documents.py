"""Feeds and sitemaps that are made to hang or to eat: each ends in time, and the next one is read."""

import asyncio
import time

import msgspec
import pytest

from scraper.config import RunConfig, SourceConfig
from scraper.discover import MAX_BROKEN, Document, discover
from scraper.readers import Readers
from scraper.records import Drop, Page, Reason, Stage
from scraper.web.documents import Contents, Expected, Reading, read_document
from tests.hostile.inputs import FEEDS, SITEMAPS
from tests.hostile.sizes import page

SIZE = 20_000
BENIGN = (
    b"<rss version='2.0'><channel><item><title>A</title><link>/2026/03/01/a</link></item></channel></rss>"
)
BREAKS = FEEDS["feed: elements without end"](3_000_000)
"""Keeps its parser busy for much longer than these tests take."""


@pytest.mark.parametrize("name", [*FEEDS, *SITEMAPS])
def test_each_is_read_or_found_unreadable_in_time(name: str) -> None:
    expected: Expected = "feed" if name in FEEDS else "sitemap"
    body = {**FEEDS, **SITEMAPS}[name](SIZE)
    started = time.process_time()
    contents = read_document(Reading(page=page(body, "text/xml"), expected=expected))
    assert time.process_time() - started < 3.0
    inside = msgspec.json.encode(contents)
    assert b"root:" not in inside
    assert b"localhost" not in inside
    assert b"haha" not in inside
    assert len(inside) < 20 * len(body) + 1_000


def read(*bodies: bytes) -> list[Contents | Drop]:
    async def run() -> list[Contents | Drop]:
        async with Readers(RunConfig(workers=1, page_timeout_s=0.7, worker_memory_mb=256)) as readers:
            return [
                await readers.read(Reading(page=page(body, "text/xml"), expected="feed")) for body in bodies
            ]

    return asyncio.run(run())


def test_one_that_takes_too_long_is_dropped_and_the_next_one_is_read() -> None:
    broken, benign = read(BREAKS, BENIGN)
    assert isinstance(broken, Drop)
    assert (broken.reason, broken.detail) == (Reason.WORKER_TIMEOUT, "no result within 0.7 s")
    assert isinstance(benign, Contents)
    assert benign.feed
    assert [entry.url for entry in benign.feed.entries] == ["https://news.example/2026/03/01/a"]


def test_a_process_gives_the_same_as_this_one() -> None:
    [there] = read(BENIGN)
    assert there == read_document(Reading(page=page(BENIGN, "text/xml"), expected="feed"))


def test_a_source_that_keeps_breaking_its_reader_is_read_no_further() -> None:
    feeds = tuple(f"https://news.example/{number}.xml" for number in range(6))
    asked: list[str] = []

    async def get(url: str) -> Page:
        return msgspec.structs.replace(page(BENIGN, "text/xml"), url=url)

    async def give_up(reading: Reading) -> Drop:
        asked.append(reading.page.url)
        return Drop(url=reading.page.url, stage=Stage.WORKER, reason=Reason.WORKER_DIED)

    async def run() -> list[Document]:
        source = SourceConfig(name="evil", feeds=feeds, sitemaps=feeds[:1], sections=feeds[:1])
        return [document async for document in discover(source, get, read=give_up)]

    documents = asyncio.run(run())
    assert len(asked) == MAX_BROKEN
    errors = [document.error for document in documents]
    assert [error.reason for error in errors if error] == [Reason.WORKER_DIED] * 3 + [Reason.UNREADABLE] * 5
