"""What a page links to: the feeds it declares, and addresses that may be articles of its own site."""

import re
from collections.abc import Iterator

from scraper.web.article_urls import looks_like_article
from scraper.web.dom import Tree, attribute, css, first
from scraper.web.urls import absolute, canonicalise, registrable_domain

MAX_LINKS = 5_000
"""Links looked at on one page."""

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_SIDE_FEED = re.compile(
    r"comments?\b|kommentare?\b|comentarios|commentaires"
    r"|[/?&](?:tags?|category|categories|author|authors|search|oembed)(?:[/=?]|$)",
    re.IGNORECASE,
)
_SCRIPT_SCHEMES = ("javascript:", "mailto:", "tel:", "whatsapp:", "data:", "#")


def declared_feeds(tree: Tree, url: str) -> tuple[str, ...]:
    """The feeds that a page declares (`link rel=alternate`), without those of comments, tags or authors."""
    base = _base(tree, url)
    found: dict[str, None] = {}
    for link in css(tree, "link[rel][href]"):
        if "alternate" not in attribute(link, "rel").lower().split():
            continue
        kind = attribute(link, "type").lower().partition(";")[0].strip()
        href, title = attribute(link, "href"), attribute(link, "title")
        if kind not in _FEED_TYPES or _SIDE_FEED.search(href) or _SIDE_FEED.search(title):
            continue
        feed = absolute(base, href)
        if feed:
            found[feed] = None
    return tuple(found)


def article_links(tree: Tree, url: str) -> tuple[str, ...]:
    """Links of a section page that look like articles of the same registrable domain, each once.

    Not the page itself nor those above it in the path.
    """
    site, own = registrable_domain(url), canonicalise(url).partition("?")[0].rstrip("/")
    found: dict[str, str] = {}
    for link in _links(tree, url):
        try:
            if registrable_domain(link) != site:
                continue
            key = canonicalise(link)
        except ValueError:
            continue
        path = key.partition("?")[0].rstrip("/")
        above = own == path or own.startswith(f"{path}/")
        if (above and "?" not in key) or key in found or not looks_like_article(link):
            continue
        found[key] = link
    return tuple(found.values())


def _links(tree: Tree, url: str) -> Iterator[str]:
    base = _base(tree, url)
    for anchor in css(tree, "a[href]")[:MAX_LINKS]:
        href = attribute(anchor, "href")
        if href.lower().startswith(_SCRIPT_SCHEMES):
            continue
        link = absolute(base, href)
        if link:
            yield link


def _base(tree: Tree, url: str) -> str:
    declared = first(tree, "base[href]")
    return (absolute(url, attribute(declared, "href")) if declared else None) or url
