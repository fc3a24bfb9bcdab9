"""Reads the source lists of other readers, and writes a configuration with what they name.

OPML 2.0 (http://opml.org/spec2.opml), news-please's sitelist.hjson, and files with an address on each line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from scraper.errors import ConfigError, InputError, to_install
from scraper.records import Record
from scraper.web.article_urls import looks_like_article
from scraper.web.urls import hostname

FIRST_LINE_OF_SOURCES: Final = "# One [[source]] for each publication."
FEED_ENDINGS: Final = (".xml", ".rss", ".atom", ".json", ".rdf", "/feed", "/rss", "/atom")
KEYS: Final = ("site", "feeds", "sitemaps", "sections", "urls")
NEWS_PLEASE_KEYS: Final = frozenset({"url", "crawler"})
MOST_BYTES: Final = 50_000_000


class SourceList(Record, frozen=True, kw_only=True):
    """What a list names."""

    sources: tuple[dict[str, Any], ...]
    """Each with the keys of a `[[source]]`."""
    notes: tuple[str, ...] = ()
    """What was left out."""


def read_source_list(path: Path) -> SourceList:
    """Read a list by what its name ends in.

    Raises:
        InputError: It cannot be read, or names nothing.
        ConfigError: A library is missing.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: too large for a list of sources")
    ending = path.suffix.lower()
    try:
        if ending in {".opml", ".xml"}:
            found = _from_opml(data)
        elif ending in {".hjson", ".json"}:
            found = _from_news_please(data.decode("utf-8-sig"))
        else:
            lines = (line.strip() for line in data.decode("utf-8-sig").splitlines())
            found = _from_addresses(line for line in lines if line and not line.startswith("#"))
    except (ValueError, etree.XMLSyntaxError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    if not found.sources:
        raise InputError(f"{path}: names no source")
    return found


# ---- the lists ---------------------------------------------------------------------------------------


def _from_opml(data: bytes) -> SourceList:
    # No entity is filled in and nothing is fetched, whatever the file says.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    sources = []
    notes = []
    taken: set[str] = set()
    for outline in etree.fromstring(data, parser).iter("outline"):
        feed = outline.get("xmlUrl") or ""
        name = " ".join((outline.get("title") or outline.get("text") or "").split())
        if not feed:
            continue
        if not _host(feed):
            notes.append(f"{feed}: not an http or https address")
            continue
        sources.append({"name": _free(name or _host(feed), taken), "feeds": [feed]})
    return SourceList(sources=tuple(sources), notes=tuple(notes))


def _from_news_please(text: str) -> SourceList:
    try:
        import hjson
    except ImportError as error:
        raise ConfigError(f"a sitelist needs hjson: {to_install('hjson')}") from error
    data = hjson.loads(text)
    entries = data.get("base_urls") if isinstance(data, Mapping) else None
    if not isinstance(entries, list):
        raise ValueError("no base_urls in it")  # noqa: TRY004 - a fault of the file, not of the call
    grouped = _Grouped()
    left: set[str] = set()
    for entry in entries:
        fields = entry if isinstance(entry, Mapping) else {"url": entry}
        left.update(str(key) for key in fields.keys() - NEWS_PLEASE_KEYS)
        listed = fields.get("url")
        for url in listed if isinstance(listed, list) else [listed]:
            # Its download crawler asks for the address itself, the others for what is found from there.
            grouped.add(str(url), "urls" if fields.get("crawler") == "Download" else None)
    if left:
        grouped.notes.append(
            f"left out: {', '.join(sorted(left))}; this reader finds articles in its own way"
        )
    return grouped.done()


def _from_addresses(addresses: Iterable[str]) -> SourceList:
    grouped = _Grouped()
    for address in addresses:
        grouped.add(address, None)
    return grouped.done()


class _Grouped:
    """Addresses by host, each under the key that its look tells."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, list[str]]] = {}
        self.notes: list[str] = []

    def add(self, url: str, key: str | None) -> None:
        host = _host(url)
        if not host:
            self.notes.append(f"{url}: not an http or https address")
            return
        if "/" not in url.partition("://")[2]:
            url += "/"
        listed = self._hosts.setdefault(host, {}).setdefault(key or key_of(url), [])
        if url not in listed:
            listed.append(url)

    def done(self) -> SourceList:
        return SourceList(
            sources=tuple(source for host, found in self._hosts.items() for source in _split(host, found)),
            notes=tuple(self.notes),
        )


def _split(host: str, found: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """A source has one home page: where a host has more, each gets a source."""
    sites = found.get("site", [])
    source: dict[str, Any] = {"name": host}
    if sites:
        source["site"] = sites[0]
    source |= {key: found[key] for key in KEYS[1:] if key in found}
    yield source
    for number, site in enumerate(sites[1:], 2):
        yield {"name": f"{host} ({number})", "site": site}


def key_of(url: str) -> str:
    """The key of a `[[source]]` that an address belongs under, by its look."""
    path = url.partition("#")[0].partition("?")[0].lower().rstrip("/")
    place = path.partition("://")[2]
    if "sitemap" in place.partition("/")[2]:
        return "sitemaps"
    if "/" not in place:
        return "site"
    if path.endswith(FEED_ENDINGS) or place.startswith(("feeds.", "rss.")):
        return "feeds"
    return "urls" if looks_like_article(url) else "sections"


def _host(url: str) -> str:
    try:
        return hostname(url)
    except ValueError:
        return ""


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    taken.add(free)
    return free


# ---- the configuration -------------------------------------------------------------------------------


def as_configuration(starter: str, found: SourceList, origin: str) -> str:
    """The starter with the sources of a list in the place of its examples."""
    head = starter[: starter.index(FIRST_LINE_OF_SOURCES)]
    sections = [f"# From {_in_comment(origin)}.", *map(_section, found.sources)]
    return head + "\n\n".join(sections) + "\n"


def _section(source: Mapping[str, Any]) -> str:
    lines = ["[[source]]"]
    for key, value in source.items():
        if isinstance(value, list) and len(value) > 1:
            lines += [f"{key} = [", *(f"    {_string(item)}," for item in value), "]"]
        else:
            written = f"[{_string(value[0])}]" if isinstance(value, list) else _string(value)
            lines.append(f"{key} = {written}")
    return "\n".join(lines)


def _string(text: str) -> str:
    """A TOML string: JSON's, but that TOML wants DEL escaped too (https://toml.io/en/v1.0.0#string)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _in_comment(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
