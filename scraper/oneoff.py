"""The corridor without a state: a dry run of discovery, and single pages."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import msgspec

from scraper.backends import work
from scraper.config import Config, SourceConfig
from scraper.discover import discover
from scraper.fetch import Fetcher
from scraper.page import PageOptions
from scraper.readers import Readers
from scraper.records import Article, Drop, Link, NotModified, Page, Reason, Record, Stage
from scraper.store import Store
from scraper.web.clock import SystemClock


class Preview(Record, frozen=True, kw_only=True):
    """What a run would do with one link, or a document that could not be read."""

    source: str
    url: str
    fetch: bool
    known: bool = False
    """Whether an earlier run has asked for it, and nothing announces a change."""
    why_not: str | None = None
    link: Link | None = None


async def preview(config: Config) -> AsyncIterator[Preview]:
    """Read the sources as a run would, and say of each link whether it would be asked for.

    Feeds, sitemaps, sections and robots.txt are fetched; articles are not, and nothing is stored. The state
    is looked at where there is one.
    """
    config = config.checked()
    store = _known_state(Path(config.run.state))
    try:
        async with Fetcher(config.fetch) as fetcher, Readers(config.run) as readers:
            for source in config.source:
                async for step in _preview_source(source, fetcher, readers, store, config.fetch.revisit_s):
                    yield step
    finally:
        if store:
            store.close()


def _known_state(path: Path) -> Store | None:
    return Store(path, read_only=True) if path.exists() else None


async def _preview_source(
    source: SourceConfig, fetcher: Fetcher, readers: Readers, store: Store | None, revisit_s: float
) -> AsyncIterator[Preview]:
    name = source.name or ""

    async def get(url: str) -> Page | NotModified | Drop:
        return await fetcher.get(url, accept="document")

    taken = 0
    clock = SystemClock()
    async for document in discover(source, get, read=readers.read):
        if document.error:
            why = f"{document.error.reason}: {document.error.detail}".rstrip(": ")
            yield Preview(source=name, url=document.url, fetch=False, why_not=why)
        for drop in document.drops:
            yield Preview(source=name, url=drop.url, fetch=False, why_not=f"{drop.reason}: {drop.detail}")
        now = clock.now()  # as a run has it, which is later than what the document announces
        for link in document.links:
            why_not = None
            known = False
            if not await fetcher.may_ask(link.url):
                why_not = Reason.ROBOTS_DENIED.value
            elif store and not store.links.is_due(link, revisit_s=revisit_s, now=now):
                known = True
                why_not = "known, and nothing announces a change"
            elif source.max_articles is not None and taken >= source.max_articles:
                why_not = Reason.OVER_LIMIT.value
            taken += why_not is None
            yield Preview(
                source=name, url=link.url, fetch=why_not is None, known=known, why_not=why_not, link=link
            )


async def fetch_articles(urls: Iterable[str], config: Config) -> AsyncIterator[Article | Drop]:
    """Fetch single addresses, politely, and extract each: one outcome for every address, in order."""
    options = PageOptions(extract=config.extract, clean=config.clean)
    async with Fetcher(config.fetch) as fetcher:
        for url in urls:
            answer = await fetcher.get(url)
            if isinstance(answer, Page):
                yield work(answer, options, ())
            elif isinstance(answer, Drop):
                yield answer
            else:
                yield Drop(
                    url=url, stage=Stage.FETCH, reason=Reason.CLIENT_ERROR, detail="304 to a plain request"
                )


def with_fetch(config: Config, **changes: object) -> Config:
    """`config` with some values of `[fetch]` replaced; None leaves a value as it is."""
    given = {key: value for key, value in changes.items() if value is not None}
    return msgspec.structs.replace(config, fetch=msgspec.structs.replace(config.fetch, **given))
