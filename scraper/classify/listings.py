"""Section pages, home pages, shops, forums and manuals: what is no single article."""

import re

from scraper.classify import kinds
from scraper.classify.features import ARTICLE_TYPES, Features
from scraper.records import PageKind, Verdict
from scraper.web import dom

_LISTS = frozenset({"CollectionPage", "SearchResultsPage", "OfferCatalog"})
_HOME = re.compile(r"/?(?:index\.(?:html?|php|aspx?)|home/?|[a-z]{2}(?:-[a-z]{2})?/?)?", re.IGNORECASE)
_PAGE_QUERY = re.compile(
    r"[?&](?:p|id|page_id|article|articleid|aid|story|story_id|nid|newsid|newsno|art|item|no|idx)=\w",
    re.IGNORECASE,
)
UNLIKELY = 0.1
"""Likelihood below which the signs are so sure of an article that headings of links do not count."""
LINKED = 0.6
"""Share of a body's letters in links from which it is a list of links."""
TEASERS = 5
TEASER_SHARE = 0.8
TEASER_WORDS = 150
"""A front or section page has at least so many headings that are links, in such a share of all, and less
text than this beside them: articles with fifty related stories below are met on news sites."""
LONG = 200
"""Words of a body from which a page that is typed and dated as an article is not asked further."""


def listing(page: Features) -> Verdict | None:
    """A verdict if the page lists, sells or explains rather than tells."""
    if page.page.url.startswith("http") and _HOME.fullmatch(page.path) and not _queried(page):
        return _verdict("listing.home", page.path or "/")
    if _typed(page) and page.body_words >= LONG:
        return None
    verdict = None if page.types & ARTICLE_TYPES else _built_as_list(page)
    if verdict is not None:
        return verdict
    said = kinds.opinion(page)
    if said.likelihood >= UNLIKELY and not page.types & ARTICLE_TYPES and (teasers := _teasers(page)):
        return _verdict("listing.teasers", f"{teasers} headings that are links, {page.body_words} words")
    if said.likelihood < least(page):
        return None
    return _verdict(f"listing.{said.kind}", f"{said.likelihood:.2f}: {', '.join(said.loudest)}")


def least(page: Features) -> float:
    """The likelihood from which a page is told.

    A page that is dated and signed has half of the doubt for it, and so has one whose address, which gives a
    fifth of the signs, is not known. That lets pass one other page in three hundred, and keeps briefs whose
    words are too few for the signs.
    """
    likely = kinds.weights().likely
    told = page.metadata.date_published is not None and bool(page.metadata.authors)
    return (1 + likely) / 2 if told or not page.page.url.startswith("http") else likely


def _queried(page: Features) -> bool:
    """Whether the address names a page by its query, as `/?p=123` does."""
    return bool(_PAGE_QUERY.search(page.page.url))


def _built_as_list(page: Features) -> Verdict | None:
    """What shows without weighing: a declared list, a body of links."""
    if page.body_words >= page.min_words and (linked := _linked(page)) >= LINKED:
        return _verdict("listing.links", f"{linked:.0%} of the text in links")
    if page.og_type != "article" and (declared := page.types & _LISTS):
        return _verdict("listing.type", ", ".join(sorted(declared)))
    return None


def _teasers(page: Features) -> int:
    """How many headings lead elsewhere, where nearly all do and little is told beside them."""
    if page.body_words >= TEASER_WORDS:
        return 0
    headings = [*page.elements.nodes.get("h2", ()), *page.elements.nodes.get("h3", ())]
    linked = sum(
        dom.first(heading, "a[href]") is not None
        or (heading.parent is not None and heading.parent.tag == "a")
        for heading in headings[:100]
    )
    if linked < TEASERS or linked < TEASER_SHARE * min(len(headings), 100):
        return 0
    return int(linked)


def _typed(page: Features) -> bool:
    data = page.metadata
    return data.pagetype in ARTICLE_TYPES and data.date_published is not None and bool(data.authors)


def _linked(page: Features) -> float:
    blocks = page.extraction.blocks
    letters = sum(len(block.text) for block in blocks)
    return sum(block.link_density * len(block.text) for block in blocks) / letters if letters else 0.0


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.LISTING, rule=rule, evidence=evidence)
