"""Sitemaps (sitemaps.org 0.90, Google News): index, urlset or text, gzipped or not, sound or broken."""

import contextlib
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlsplit

from lxml import etree

from scraper.records import Record, SourceType
from scraper.web.times import parse_time
from scraper.web.urls import absolute

MAX_ENTRIES = 50_000
"""The protocol's own limit for one file."""

MAX_DECODED_BYTES = 52_428_800
"""The protocol's own limit for one file, uncompressed."""

MAX_ELEMENTS = 40
"""Elements read for each entry that is wanted; those of news have about twenty."""

MAX_TITLE_CHARS = 500

_CHUNK = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_EDGE = b"\xef\xbb\xbf \t\r\n\x00"
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_NEWS_NAME = re.compile(r"news|latest|recent|today|google", re.IGNORECASE)
_LISTS_NAME = re.compile(
    r"(?:^|[^a-z])(?:tags?|category|categories|authors?|users?|taxonomy|taxonomies|images?|videos?)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])?[-_/]?(0[1-9]|[12]\d|3[01])?(?!\d)")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


class SitemapEntry(Record, frozen=True, kw_only=True):
    """An address that a sitemap names: of a page, or, in an index, of another sitemap."""

    url: str
    lastmod: datetime | None = None
    title: str | None = None
    date_published: datetime | None = None
    """`news:publication_date`."""
    kind: SourceType = SourceType.SITEMAP
    """`news_sitemap` where the entry has a `news:news`, else `sitemap`."""


class Sitemap(Record, frozen=True, kw_only=True):
    """What could be read of a sitemap, entries in its order."""

    kind: Literal["index", "urlset", "text"]
    entries: tuple[SitemapEntry, ...]


def parse_sitemap(
    body: bytes,
    base_url: str,
    *,
    max_entries: int = MAX_ENTRIES,
    max_decoded_bytes: int = MAX_DECODED_BYTES,
) -> Sitemap | None:
    """Read a sitemap, as much of it as can be read; None for what is no sitemap. Never raises.

    Entities are not expanded and no DTD is read, so neither bombs nor files of ours get in. What lies
    beyond `max_decoded_bytes` is cut off, as if the file ended there.
    """
    if body.startswith(_GZIP_MAGIC):
        body = _gunzipped(body, max_decoded_bytes)
    body = body[:max_decoded_bytes].lstrip(_EDGE) if not body.startswith(_UTF16) else body[:max_decoded_bytes]
    if not body:
        return None
    if body.startswith((b"<", *_UTF16)):
        return _xml_sitemap(body, base_url, max_entries)
    return _text_sitemap(body, base_url, max_entries)


def is_news_name(url: str) -> bool:
    """Whether a sitemap's address says that it is of the latest news."""
    return _NEWS_NAME.search(urlsplit(url).path) is not None


def may_list_articles(url: str) -> bool:
    """Whether a sitemap's address does not say that it is of tags, authors or pictures."""
    return _LISTS_NAME.search(urlsplit(url).path) is None


def newest_first(entries: Iterable[SitemapEntry]) -> list[SitemapEntry]:
    """The files of an index: news before archives, then by `lastmod` or else by a date in the name."""
    return sorted(entries, key=_newness, reverse=True)


def _newness(entry: SitemapEntry) -> tuple[bool, datetime]:
    when = entry.lastmod
    dated = _DATE_IN_NAME.search(urlsplit(entry.url).path)
    if when is None and dated:
        # The archive of a year or a month goes on to its end, near enough.
        when = datetime(int(dated[1]), int(dated[2] or 12), min(int(dated[3] or 28), 28), tzinfo=UTC)
    return is_news_name(entry.url), when or _LONG_AGO


def _gunzipped(body: bytes, max_bytes: int) -> bytes:
    """What a gzip stream holds up to where it breaks or grows too long; further members are read too."""
    parts: list[bytes] = []
    room = max_bytes
    while body.startswith(_GZIP_MAGIC) and room > 0:
        stream = zlib.decompressobj(wbits=31)
        rest = body
        while rest and room > 0 and not stream.eof:
            try:
                part = stream.decompress(rest[:_CHUNK], room)
            except zlib.error:
                return b"".join(parts)
            parts.append(part)
            room -= len(part)
            rest = stream.unconsumed_tail + rest[_CHUNK:]
        body = stream.unused_data + (rest if stream.eof else b"")
    return b"".join(parts)


def _text_sitemap(body: bytes, base_url: str, max_entries: int) -> Sitemap | None:
    """One address on each line; a file whose first line is none is no sitemap."""
    entries: list[SitemapEntry] = []
    for line in body.decode("utf-8", "replace").splitlines():
        address = line.strip()
        if not address:
            continue
        if not entries and not _URL_LINE.fullmatch(address):
            return None
        url = absolute(base_url, address) if _URL_LINE.fullmatch(address) else None
        if url:
            entries.append(SitemapEntry(url=url))
        if len(entries) >= max_entries:
            break
    return Sitemap(kind="text", entries=tuple(entries)) if entries else None


def _xml_sitemap(body: bytes, base_url: str, max_entries: int) -> Sitemap | None:
    kind: Literal["index", "urlset"] | None = None
    entries: list[SitemapEntry] = []
    # Each element starts and ends. Those that hold no entry count, too: there may be millions of them.
    for event, element in islice(_events(body), 2 * MAX_ELEMENTS * max_entries):
        name = _local(element)
        if event == "start":
            if kind is None:
                kind = _kind_of_root(name)
                if kind is None:
                    return None
            continue
        if name not in {"url", "sitemap"}:
            continue
        entry = _entry(element, base_url)
        _forget(element)
        if entry:
            entries.append(entry)
        if len(entries) >= max_entries:
            break
    return Sitemap(kind=kind, entries=tuple(entries)) if kind else None


def _kind_of_root(name: str) -> Literal["index", "urlset"] | None:
    if name == "urlset":
        return "urlset"
    return "index" if name == "sitemapindex" else None


def _events(body: bytes) -> Iterator[tuple[str, Any]]:
    """Starts and ends of elements, as far as a recovering parser gets."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if not body.startswith(_UTF16):
        body = _BARE_AMPERSAND.sub(b"&amp;", body)
    for start in range(0, len(body), _CHUNK):
        try:
            parser.feed(body[start : start + _CHUNK])
        except etree.XMLSyntaxError:
            yield from parser.read_events()
            return
        yield from parser.read_events()
    if not body.rstrip(_EDGE).endswith(b">"):
        # Cut off within an address, which the parser would take for whole.
        return
    with contextlib.suppress(etree.XMLSyntaxError):
        parser.close()
    yield from parser.read_events()


def _local(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    """The name of an element without its namespace: many sitemaps have a wrong one, or none."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _forget(element: Any) -> None:  # noqa: ANN401 - as above
    """Free an element that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _entry(element: Any, base_url: str) -> SitemapEntry | None:  # noqa: ANN401 - as above
    url: str | None = None
    lastmod: datetime | None = None
    news: Any = None
    for child in element:
        name = _local(child)
        if name == "loc" and url is None:
            # An ampersand that was escaped twice; no address holds `&amp;`.
            url = absolute(base_url, _text(child).replace("&amp;", "&"))
        elif name == "lastmod":
            lastmod = parse_time(_text(child))
        elif name == "news":
            news = child
    if url is None:
        return None
    if news is None:
        return SitemapEntry(url=url, lastmod=lastmod)
    said = {_local(child): _text(child) for child in news}
    return SitemapEntry(
        url=url,
        lastmod=lastmod,
        title=" ".join(html.unescape(said.get("title", "")).split())[:MAX_TITLE_CHARS] or None,
        date_published=parse_time(said.get("publication_date", "")),
        kind=SourceType.NEWS_SITEMAP,
    )


def _text(element: Any) -> str:  # noqa: ANN401 - as above
    return (element.text or "").strip()
