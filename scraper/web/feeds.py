"""Feeds: RSS 0.9x to 2.0, Atom, RDF and JSON Feed, well formed or not, to announced articles.

A feed is slimmed before feedparser sees it: descriptions and bodies, nine tenths of its bytes and
nearly all of what breaks it, are left out, entities and ampersands are put right. So the cost of a
feed is that of its links, titles and dates, and feedparser's lenient reader, slow and in Python,
has little to read when the XML stays broken.
"""

import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from time import struct_time
from typing import Any

import feedparser  # type: ignore[import-untyped]
import msgspec

from scraper.records import Record, SourceType
from scraper.web.charset import decode
from scraper.web.times import parse_time
from scraper.web.urls import absolute

MAX_ENTRIES = 5_000
"""Entries taken from one feed, the first ones. The feeds of the press hold some hundreds at most."""

MAX_SLIM_CHARS = 4_000_000
"""What is read of a feed once descriptions and bodies are left out: 800 characters for each entry."""

MAX_TAGS = 200_000
"""Tags read of it: forty for each entry. feedparser takes a tenth of a millisecond for each."""

MAX_TEXT_CHARS = 2_000
"""Text between two tags is cut here: no title, date or usable link is longer."""

MAX_AUTHORS = 20
MAX_AUTHOR_CHARS = 200

_ROOT = re.compile(r"<(?:[\w-]{1,20}:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_HTML = re.compile(r"\s*(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BODY = re.compile(
    r"<((?:[\w-]{1,40}:)?(?:description|summary|content|encoded|body|full-?text|abstract|tagline|subtitle"
    r"|category|keywords|comments|commentrss|rights|copyright))(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_CDATA = re.compile(r"<!\[CDATA\[", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_TAG = re.compile("<")
_ENTRY = re.compile(r"<(?:item|entry)[\s/>]", re.IGNORECASE)
_LONG_TEXT = re.compile(rf"[^<>]{{{MAX_TEXT_CHARS},}}")
_AUTHOR = re.compile(
    r"(<(?:[\w-]{1,40}:)?(?:author|creator|managingeditor|webmaster|publisher|name|email)(?=[\s>])[^<>]*>)"
    r"([^<>]+)",
    re.IGNORECASE,
)
_EMPTY_LINK = re.compile(r"<link\s*(?:/>|>\s*</link\s*>)", re.IGNORECASE)
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_EMAIL = re.compile(r"[^\s@<>()]{1,100}@[^\s@<>()]{1,100}")


class FeedEntry(Record, frozen=True, kw_only=True):
    """An article that a feed announces."""

    url: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None


class Feed(Record, frozen=True, kw_only=True):
    """What could be read of a feed, entries in its order."""

    kind: SourceType
    """One of rss, atom, jsonfeed."""
    entries: tuple[FeedEntry, ...]


def parse_feed(body: bytes, content_type: str | None, base_url: str) -> Feed | None:
    """Read a feed, as much of it as can be read; None for what is no feed. Never raises.

    An entry's address is the first usable of: FeedBurner's `origLink`, the link to the article
    (`link`, `rel=alternate`), a `guid` that is a permalink. Enclosures are never taken.
    """
    text = decode(body, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json_feed(text, base_url)
    if _HTML.match(text):
        return None
    root = _ROOT.search(text)
    if root is None:
        return None
    return _xml_feed(_slim(text[root.start() :]), base_url)


def _xml_feed(text: str, base_url: str) -> Feed | None:
    # A declared XML type with its charset stops feedparser from guessing at the encoding again.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base_url}
    try:
        # A stream, as feedparser takes bytes for the name of a file where there is one.
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "ignore")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # noqa: BLE001 - its lenient reader fails on broken input in many ways
        return None
    version: str = parsed["version"] or ""
    if not version and not parsed["entries"]:
        return None
    kind = SourceType.ATOM if version.startswith("atom") else SourceType.RSS
    entries = (_entry(raw, base_url) for raw in parsed["entries"][:MAX_ENTRIES])
    return Feed(kind=kind, entries=tuple(entry for entry in entries if entry))


def _entry(raw: dict[str, Any], base_url: str) -> FeedEntry | None:
    url = next((url for href in _hrefs(raw) if (url := absolute(base_url, href))), None)
    if url is None:
        return None
    return FeedEntry(
        url=url,
        title=_line(_get(raw, "title")),
        authors=_authors(raw),
        date_published=_time(raw, "published") or _time(raw, "created"),
        date_modified=_time(raw, "updated"),
    )


def _get(raw: dict[str, Any], key: str) -> Any:  # noqa: ANN401 - feedparser has no types
    """A value as it stands: feedparser's own lookup gives one date for another."""
    return dict.get(raw, key)


def _hrefs(raw: dict[str, Any]) -> Iterator[str]:
    """Candidates for the article's address, best first."""
    for key in ("feedburner_origlink", "pheedo_origlink", "link"):
        value = _get(raw, key)
        if isinstance(value, str) and value:
            # An address that was escaped once too often.
            yield value.replace("&amp;", "&")
    for link in _get(raw, "links") or ():
        if dict.get(link, "rel") == "alternate" and dict.get(link, "href"):
            yield str(dict.get(link, "href"))
    identity = _get(raw, "id")
    if _get(raw, "guidislink") and isinstance(identity, str) and identity.startswith(("http://", "https://")):
        yield identity


def _authors(raw: dict[str, Any]) -> tuple[str, ...]:
    named = [dict.get(author, "name") for author in _get(raw, "authors") or () if isinstance(author, dict)]
    return _names(named or [_get(raw, "author")])


def _names(values: list[Any]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for value in values:
        name = _EMAIL.sub("", (_line(value) or "")[:MAX_AUTHOR_CHARS]).strip(" ,;()<>")
        if name and "://" not in name:
            names[name] = None
    return tuple(names)[:MAX_AUTHORS]


def _time(raw: dict[str, Any], key: str) -> datetime | None:
    written = _get(raw, key)
    found = parse_time(written) if isinstance(written, str) else None
    if found:
        return found
    # Korean, Greek, Hungarian and other forms that feedparser knows.
    parsed = _get(raw, f"{key}_parsed")
    if not isinstance(parsed, struct_time):
        return None
    try:
        return datetime(*parsed[:6], tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _line(value: object) -> str | None:
    """Text without markup, on one line; None when empty."""
    if not isinstance(value, str):
        return None
    if "&" in value:
        # Titles are escaped once for XML and, often, once more as HTML.
        value = html.unescape(_MARKUP.sub(" ", value))
    return " ".join(_MARKUP.sub("", value).split()) or None


def _slim(text: str) -> str:
    """The feed without descriptions and bodies, its references put right. Linear in its length."""
    light = _first_entries("".join(_without_bodies(text)))
    sound = "".join(_repaired(light)).translate(_NOT_XML)
    # An empty link hides the permalink in `guid` from feedparser.
    sound = _AUTHOR.sub(_without_email, _EMPTY_LINK.sub("", sound))
    return _LONG_TEXT.sub(lambda found: _cut(found[0], MAX_TEXT_CHARS), sound)


def _without_email(found: re.Match[str]) -> str:
    """An author's name alone.

    feedparser's own search for addresses takes time with the square of the text, and knows only short
    top-level domains.
    """
    return found[1] + _EMAIL.sub("", _cut(found[2], MAX_AUTHOR_CHARS))


def _first_entries(text: str) -> str:
    text = text[:MAX_SLIM_CHARS]
    if text.count("<") > MAX_TAGS:
        text = text[: next(islice(_TAG.finditer(text), MAX_TAGS, None)).start()]
    beyond = next(islice(_ENTRY.finditer(text), MAX_ENTRIES, None), None)
    return text[: beyond.start()] if beyond else text


def _cut(text: str, chars: int) -> str:
    """The beginning of `text`, not ending within a reference."""
    head = text[:chars]
    reference = head.rfind("&", chars - 8)
    return head[:reference] if reference >= 0 and ";" not in head[reference:] else head


def _without_bodies(text: str) -> Iterator[str]:
    """Everything but the elements that hold running text, by their tags, as they may hold broken HTML."""
    position = 0
    while found := _BODY.search(text, position):
        yield text[position : found.start()]
        position = found.end()
        if not found[0].endswith("/>"):
            position = _end_of(found[1], text, position)
    yield text[position:]


def _end_of(name: str, text: str, position: int) -> int:
    """Where the element `name` is over: behind its end tag, else before the next that an entry has."""
    end = re.compile(rf"</{re.escape(name)}\s*>|(?=</?(?:item|entry)[\s>])", re.IGNORECASE)
    while True:
        found = end.search(text, position)
        limit = found.end() if found else len(text)
        quoted = text.find("<![CDATA[", position, limit)
        if quoted < 0:
            return limit
        closed = text.find("]]>", quoted)
        if closed < 0:
            return limit
        position = closed + 3


def _repaired(text: str) -> Iterator[str]:
    """The text with references that XML knows, long stretches cut; CDATA sections become plain text."""
    position = 0
    while found := _CDATA.search(text, position):
        yield _referenced(text[position : found.start()])
        closed = text.find("]]>", found.end())
        closed = len(text) if closed < 0 else closed
        yield html.escape(text[found.end() : closed], quote=False)
        position = closed + 3
    yield _referenced(text[position:])


def _referenced(text: str) -> str:
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(found: re.Match[str]) -> str:
    """One reference, or a bare ampersand, as XML without a DTD has it."""
    name = found[1]
    if name is None:
        return "&amp;"
    if name in _XML_NAMES:
        return found[0]
    return html.escape(html.unescape(found[0]), quote=False)


def _json_feed(text: str, base_url: str) -> Feed | None:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1): what has its version, or its items."""
    try:
        data = msgspec.json.decode(text.encode("utf-8", "ignore"))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(items := data.get("items"), list):
        return None
    version = data.get("version")
    if version is not None and "jsonfeed.org" not in str(version):
        return None
    entries = (_json_entry(item, base_url) for item in items[:MAX_ENTRIES] if isinstance(item, dict))
    return Feed(kind=SourceType.JSONFEED, entries=tuple(entry for entry in entries if entry))


def _json_entry(item: dict[str, Any], base_url: str) -> FeedEntry | None:
    identity = item.get("id")
    permalink = identity if str(identity).startswith(("http://", "https://")) else None
    hrefs = (item.get("url"), item.get("external_url"), permalink)
    url = next(
        (url for href in hrefs if isinstance(href, str) and (url := absolute(base_url, href))),
        None,
    )
    if url is None:
        return None
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    published, modified = item.get("date_published"), item.get("date_modified")
    return FeedEntry(
        url=url,
        title=_line(item.get("title")),
        authors=_names([person.get("name") for person in people if isinstance(person, dict)]),
        date_published=parse_time(published) if isinstance(published, str) else None,
        date_modified=parse_time(modified) if isinstance(modified, str) else None,
    )
