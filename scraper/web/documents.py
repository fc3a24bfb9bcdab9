"""A fetched feed, sitemap or page to what it announces: pure, so that any process can do it."""

from typing import Literal

from scraper.records import Page, Record
from scraper.web.charset import decode
from scraper.web.dom import parse
from scraper.web.feeds import Feed, parse_feed
from scraper.web.page_links import article_links, declared_feeds
from scraper.web.sitemaps import MAX_DECODED_BYTES, MAX_ENTRIES, Sitemap, parse_sitemap

Expected = Literal["feed", "sitemap", "page"]


class Reading(Record, frozen=True, kw_only=True):
    """A document that is to be read."""

    page: Page
    expected: Expected
    max_entries: int = MAX_ENTRIES
    """Entries taken from a sitemap."""
    max_decoded_bytes: int = MAX_DECODED_BYTES
    """Size of a sitemap, uncompressed."""


class Contents(Record, frozen=True, kw_only=True):
    """What a document announces; all empty where it is neither feed nor sitemap and none was expected."""

    feed: Feed | None = None
    sitemap: Sitemap | None = None
    feeds: tuple[str, ...] = ()
    """Feeds that a page declares."""
    links: tuple[str, ...] = ()
    """Articles that a page links to."""


def read_document(reading: Reading) -> Contents:
    """Read a document as what is expected, or else as what it is: operators mix feeds and sitemaps up."""
    page = reading.page
    if reading.expected == "page":
        tree = parse(decode(page.body, page.content_type))
        return Contents(feeds=declared_feeds(tree, page.url), links=article_links(tree, page.url))
    if reading.expected == "feed":
        feed = parse_feed(page.body, page.content_type, page.url)
        return Contents(feed=feed) if feed else Contents(sitemap=_sitemap(reading))
    # The protocol takes feeds as sitemaps, too (sitemaps.org, "Other Sitemap formats").
    sitemap = _sitemap(reading)
    if sitemap:
        return Contents(sitemap=sitemap)
    return Contents(feed=parse_feed(page.body, page.content_type, page.url))


def _sitemap(reading: Reading) -> Sitemap | None:
    return parse_sitemap(
        reading.page.body,
        reading.page.url,
        max_entries=reading.max_entries,
        max_decoded_bytes=reading.max_decoded_bytes,
    )
