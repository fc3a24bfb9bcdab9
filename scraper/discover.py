"""The first stage: a configured source to the links that its feeds, sitemaps, pages and lists announce.

It asks through the `get` it is handed and decides nothing about politeness; what it gets is read by the
`read` it is handed, in a process with limits. Each document that was read is given on as soon as it is, so
that its links and its validators can be stored together.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from scraper.config import SourceConfig
from scraper.errors import InputError
from scraper.records import Drop, Link, NotModified, Page, Reason, Record, SourceType, Stage
from scraper.web.documents import Contents, Expected, Reading, read_document
from scraper.web.feeds import Feed
from scraper.web.robots import RobotsRules
from scraper.web.sitemaps import (
    MAX_DECODED_BYTES,
    MAX_ENTRIES,
    Sitemap,
    is_news_name,
    may_list_articles,
    newest_first,
)
from scraper.web.urls import MAX_URL_LENGTH, absolute, canonicalise, registrable_domain, without_userinfo

Answer = Page | NotModified | Drop
Get = Callable[[str], Awaitable[Answer]]
"""Ask for an address, politely and conditionally; never raises for what the web does."""
Read = Callable[[Reading], Awaitable[Contents | Drop]]
"""Read a document; a drop where it takes too much time or memory."""

MAX_BROKEN = 3
"""Documents of one source that may be too much for their reader before no more of them are read."""

USUAL_FEEDS = ("/feed", "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
USUAL_SITEMAPS = (
    "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml",
    "/sitemap-index.xml",
)  # fmt: skip
"""Where content systems put them, tried in this order until one is there."""


class DiscoverLimits(Record, frozen=True, kw_only=True):
    """How far one source is followed."""

    max_feeds: int = 20
    """Feeds that a home page declares and that are read."""
    max_sitemaps: int = 50
    """Sitemap files read in one run, indexes included."""
    max_depth: int = 3
    """Sitemap indexes within indexes."""
    max_entries: int = MAX_ENTRIES
    """Entries taken from one sitemap."""
    max_decoded_bytes: int = MAX_DECODED_BYTES
    """Size of one sitemap, uncompressed."""
    list_chunk: int = 1_000
    """Links in one document of a list."""
    max_remembered: int = 200_000
    """Links kept in mind to give each once; beyond them a repetition is left to the state to notice."""


class Document(Record, frozen=True, kw_only=True):
    """One feed, sitemap, page or part of a list, and what it announced."""

    url: str
    """As it was asked for; the path of a file of addresses; empty for addresses in the configuration."""
    kind: Literal["feed", "sitemap", "section", "site", "list"]
    links: tuple[Link, ...] = ()
    drops: tuple[Drop, ...] = ()
    """Announced links that are left out: excluded, too_old, invalid_url."""
    page: Page | None = None
    """The answer, where its validators may be kept. Not for home pages and sitemap indexes: the feeds
    and files they name have to be known in each run, so they are asked for afresh."""
    not_modified: bool = False
    error: Drop | None = None
    """Why it could not be read."""


class _Found(Record, frozen=True, kw_only=True):
    """A link before it is compared and filtered."""

    url: str
    source_type: SourceType
    source_url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None


async def read_here(reading: Reading) -> Contents:
    """Read in a thread of this process, without limits: for documents that are trusted."""
    return await asyncio.to_thread(read_document, reading)


async def discover(
    source: SourceConfig, get: Get, *, read: Read = read_here, limits: DiscoverLimits | None = None
) -> AsyncIterator[Document]:
    """Read what a source names: feeds, then sitemaps, section pages and lists.

    A link is given once, by the first document that has it, so by the one that tells most of it.
    Addresses that the operator lists are taken as they are; the others pass `include`, `exclude` and
    `since`. A guessed place (`USUAL_FEEDS`) where nothing is gives no document.

    Raises:
        InputError: The file of addresses cannot be read.
    """
    limits = limits or DiscoverLimits()
    sieve = _Sieve(source, limits)
    reader = _Reader(read, limits)
    site = await _look_at_site(source.site, get, reader) if source.site else _Site()
    async for document in _feeds(source, site, get, sieve, reader):
        yield document
    async for document in _sitemaps(source, site, get, sieve, reader):
        yield document
    if site.url:
        links, drops = sieve.sift(_linked(site.links, site.url))
        yield Document(
            url=site.url,
            kind="site",
            links=links,
            drops=drops,
            not_modified=site.not_modified,
            error=site.error,
        )
    for section in _each_once(source.sections):
        if section != source.site:
            yield await _section(section, await get(section), sieve, reader)
    for where, addresses in _listed(source, limits.list_chunk):
        found = (_Found(url=address, source_type=SourceType.LIST) for address in addresses)
        links, drops = sieve.sift(found, listed=True)
        yield Document(url=where, kind="list", links=links, drops=drops)


class _Reader:
    """Reads the documents of one source, until too many of them were too much."""

    def __init__(self, read: Read, limits: DiscoverLimits) -> None:
        self._read = read
        self.limits = limits
        self._broken = 0

    async def contents(self, page: Page, expected: Expected) -> Contents | Drop:
        if self._broken >= MAX_BROKEN:
            url = page.requested_url or page.url
            return _drop(url, Reason.UNREADABLE, f"{MAX_BROKEN} documents of the source broke their reader")
        found = await self._read(
            Reading(
                page=page,
                expected=expected,
                max_entries=self.limits.max_entries,
                max_decoded_bytes=self.limits.max_decoded_bytes,
            )
        )
        self._broken += isinstance(found, Drop)
        return found


class _Sieve:
    """Gives each link once, and tells those that the source's configuration leaves out."""

    def __init__(self, source: SourceConfig, limits: DiscoverLimits) -> None:
        self._name = source.name or ""
        self._include = [re.compile(pattern) for pattern in source.include]
        self._exclude = [re.compile(pattern) for pattern in source.exclude]
        self.since = source.since
        self.limits = limits
        self._seen: set[int] = set()

    def sift(
        self, found: Iterable[_Found], *, listed: bool = False
    ) -> tuple[tuple[Link, ...], tuple[Drop, ...]]:
        links: list[Link] = []
        drops: list[Drop] = []
        here: set[str] = set()
        for one in found:
            refusal = None if listed else self._refusal(one)
            try:
                key = canonicalise(one.url)
            except ValueError as error:
                key, refusal = one.url, _drop(one.url, Reason.INVALID_URL, str(error))
            if key in here or hash(key) in self._seen:
                continue
            here.add(key)
            if refusal:
                drops.append(refusal)
            else:
                links.append(self._link(one, key))
        self._remember(here)
        return tuple(links), tuple(drops)

    def _refusal(self, one: _Found) -> Drop | None:
        if self._include and not any(pattern.search(one.url) for pattern in self._include):
            return _drop(one.url, Reason.EXCLUDED, "matches no include pattern")
        for pattern in self._exclude:
            if pattern.search(one.url):
                return _drop(one.url, Reason.EXCLUDED, f"matches {pattern.pattern}")
        announced = one.date_published or one.date_modified
        if self.since and announced and announced < self.since:
            return _drop(one.url, Reason.TOO_OLD, announced.isoformat())
        return None

    def _link(self, one: _Found, key: str) -> Link:
        return Link(
            url=one.url,
            key=key,
            source=self._name,
            source_type=one.source_type,
            source_url=one.source_url,
            title=one.title,
            authors=one.authors,
            date_published=one.date_published,
            date_modified=one.date_modified,
        )

    def _remember(self, keys: set[str]) -> None:
        # Their hashes, as a list of addresses may hold millions.
        room = max(0, self.limits.max_remembered - len(self._seen))
        self._seen.update(hash(key) for key in islice(keys, room))


class _Site(Record, frozen=True, kw_only=True):
    """What the home page and robots.txt of a source say."""

    url: str | None = None
    home: str = ""
    """Where the home page was found, after redirects; empty when there is no use in asking for more."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    not_modified: bool = False
    error: Drop | None = None


async def _look_at_site(url: str, get: Get, reader: _Reader) -> _Site:
    answer = await get(url)
    if isinstance(answer, Drop) and (answer.deferred or answer.reason is Reason.ROBOTS_DENIED):
        return _Site(url=url, error=answer)
    home = answer.url if isinstance(answer, Page) else url
    found = await reader.contents(answer, "page") if isinstance(answer, Page) else Contents()
    named_here = Contents() if isinstance(found, Drop) else found
    robots = await get(urljoin(home, "/robots.txt"))
    named = RobotsRules.parse(robots.body).sitemaps if isinstance(robots, Page) else ()
    return _Site(
        url=url,
        home=home,
        feeds=named_here.feeds[: reader.limits.max_feeds],
        sitemaps=tuple(address for sitemap in named if (address := absolute(sitemap, sitemap))),
        links=named_here.links,
        not_modified=isinstance(answer, NotModified),
        error=next((each for each in (answer, found) if isinstance(each, Drop)), None),
    )


async def _feeds(
    source: SourceConfig, site: _Site, get: Get, sieve: _Sieve, reader: _Reader
) -> AsyncIterator[Document]:
    feeds = _each_once((*source.feeds, *site.feeds))
    for url in feeds:
        yield await _feed(url, await get(url), sieve, reader)
    if feeds or not site.home:
        return
    async for url, answer in _usual_places(USUAL_FEEDS, site.home, get):
        document = await _feed(url, answer, sieve, reader)
        if not document.error:
            yield document
            return


async def _usual_places(
    places: tuple[str, ...], home: str, get: Get
) -> AsyncIterator[tuple[str, Page | NotModified]]:
    """Those of the places where something is; a host that has trouble is asked no further."""
    for place in places:
        url = urljoin(home, place)
        answer = await get(url)
        if not isinstance(answer, Drop):
            yield url, answer
        elif answer.deferred:
            return


async def _feed(url: str, answer: Answer, sieve: _Sieve, reader: _Reader) -> Document:
    if not isinstance(answer, Page):
        return _unread(url, "feed", answer)
    contents = await reader.contents(answer, "feed")
    if isinstance(contents, Drop):
        return Document(url=url, kind="feed", error=contents)
    found = _found(contents, answer)
    if found is None:
        return Document(url=url, kind="feed", error=_drop(url, Reason.UNREADABLE, "not a feed"))
    links, drops = sieve.sift(found)
    return Document(url=url, kind="feed", links=links, drops=drops, page=answer)


def _found(contents: Contents, page: Page) -> list[_Found] | None:
    """What a feed or a sitemap, whichever it is, announces; None for what is neither, or an index."""
    if contents.feed:
        return _found_in_feed(contents.feed, page)
    if contents.sitemap and contents.sitemap.kind != "index":
        return _found_in_urlset(contents.sitemap, page)
    return None


def _found_in_feed(feed: Feed, page: Page) -> list[_Found]:
    return [
        _Found(
            url=entry.url,
            source_type=feed.kind,
            source_url=page.requested_url or page.url,
            title=entry.title,
            authors=entry.authors,
            date_published=entry.date_published,
            date_modified=entry.date_modified,
        )
        for entry in feed.entries
    ]


async def _sitemaps(
    source: SourceConfig, site: _Site, get: Get, sieve: _Sieve, reader: _Reader
) -> AsyncIterator[Document]:
    named = sorted(_each_once((*source.sitemaps, *site.sitemaps)), key=lambda url: not is_news_name(url))
    if named:
        async for document in _walk([(url, None) for url in named], site, get, sieve, reader):
            yield document
        return
    if not site.home:
        return
    async for url, answer in _usual_places(USUAL_SITEMAPS, site.home, get):
        is_there = False
        async for document in _walk([(url, answer)], site, get, sieve, reader):
            if document.url == url and document.error:
                break
            is_there = True
            yield document
        if is_there:
            return


async def _walk(
    roots: list[tuple[str, Answer | None]], site: _Site, get: Get, sieve: _Sieve, reader: _Reader
) -> AsyncIterator[Document]:
    """Sitemaps and what their indexes lead to, each file once, an index's files right after it."""
    limits = sieve.limits
    waiting = deque((url, 0, answer) for url, answer in roots)
    visited: set[str] = set()
    while waiting and len(visited) < limits.max_sitemaps:
        url, depth, known = waiting.popleft()
        if _key(url) in visited:
            continue
        visited.add(_key(url))
        answer = known or await get(url)
        if not isinstance(answer, Page):
            yield _unread(url, "sitemap", answer)
            continue
        contents = await reader.contents(answer, "sitemap")
        if isinstance(contents, Drop):
            yield Document(url=url, kind="sitemap", error=contents)
            continue
        if contents.sitemap and contents.sitemap.kind == "index":
            children = (
                _children(contents.sitemap, answer.url, site, sieve) if depth < limits.max_depth else []
            )
            waiting.extendleft((child, depth + 1, None) for child in reversed(children))
            yield Document(url=url, kind="sitemap")
            continue
        found = _found(contents, answer)
        if found is None:
            yield Document(url=url, kind="sitemap", error=_drop(url, Reason.UNREADABLE, "not a sitemap"))
            continue
        links, drops = sieve.sift(found)
        yield Document(url=url, kind="sitemap", links=links, drops=drops, page=answer)


def _found_in_urlset(sitemap: Sitemap, page: Page) -> list[_Found]:
    return [
        _Found(
            url=entry.url,
            source_type=entry.kind,
            source_url=page.requested_url or page.url,
            title=entry.title,
            date_published=entry.date_published,
            date_modified=entry.lastmod,
        )
        for entry in sitemap.entries
    ]


def _children(index: Sitemap, url: str, site: _Site, sieve: _Sieve) -> list[str]:
    """The files of an index that are worth reading, the newest first.

    Not those of other sites, unless robots.txt names them (sitemaps.org, "Cross Submits"), nor those
    that did not change since `since`, nor, by their names, those of tags, authors and pictures.
    """
    here = {registrable_domain(url), *(registrable_domain(home) for home in (site.home,) if home)}
    return [
        entry.url
        for entry in newest_first(index.entries)
        if (registrable_domain(entry.url) in here or entry.url in site.sitemaps)
        and not (sieve.since and entry.lastmod and entry.lastmod < sieve.since)
        and may_list_articles(entry.url)
    ]


async def _section(url: str, answer: Answer, sieve: _Sieve, reader: _Reader) -> Document:
    if not isinstance(answer, Page):
        return _unread(url, "section", answer)
    contents = await reader.contents(answer, "page")
    if isinstance(contents, Drop):
        return Document(url=url, kind="section", error=contents)
    links, drops = sieve.sift(_linked(contents.links, url))
    return Document(url=url, kind="section", links=links, drops=drops, page=answer)


def _linked(urls: Iterable[str], source_url: str) -> Iterator[_Found]:
    return (_Found(url=url, source_type=SourceType.LINK, source_url=source_url) for url in urls)


def _listed(source: SourceConfig, size: int) -> Iterator[tuple[str, list[str]]]:
    """The addresses that the operator lists, in pieces, each with the path of its file."""
    if not isinstance(source.urls, str):
        addresses = iter(source.urls)
        while piece := list(islice(addresses, size)):
            yield "", piece
        return
    try:
        with Path(source.urls).open(encoding="utf-8-sig", errors="replace") as file:
            lines = (line.strip() for line in file)
            addresses = (line for line in lines if line and not line.startswith("#"))
            while piece := list(islice(addresses, size)):
                yield source.urls, piece
    except OSError as error:
        raise InputError(f"{source.urls}: cannot be read: {error.strerror}") from error


def _unread(url: str, kind: Literal["feed", "sitemap", "section"], answer: NotModified | Drop) -> Document:
    if isinstance(answer, NotModified):
        return Document(url=url, kind=kind, not_modified=True)
    return Document(url=url, kind=kind, error=answer)


def _drop(url: str, reason: Reason, detail: str) -> Drop:
    return Drop(
        url=without_userinfo(url[:MAX_URL_LENGTH]), stage=Stage.DISCOVER, reason=reason, detail=detail
    )


def _each_once(urls: Iterable[str]) -> list[str]:
    return list({_key(url): url for url in reversed(list(urls))}.values())[::-1]


def _key(url: str) -> str:
    try:
        return canonicalise(url)
    except ValueError:
        return url
