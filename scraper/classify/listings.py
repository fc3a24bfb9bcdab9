"""Section pages, home pages, shops, forums and manuals: what is no single article."""

import re

from scraper.classify.features import ARTICLE_TYPES, Features
from scraper.records import PageKind, Verdict

_LISTING_TYPES = frozenset(
    {
        "CollectionPage",
        "ItemList",
        "SearchResultsPage",
        "Product",
        "ProductGroup",
        "OfferCatalog",
        "QAPage",
        "DiscussionForumPosting",
        "Service",
        "SoftwareApplication",
        "LocalBusiness",
        "Store",
        "APIReference",
    }
)
_HOME = re.compile(r"^/?(?:index\.(?:html?|php|aspx?)|home/?|[a-z]{2}(?:-[a-z]{2})?/?)?$", re.IGNORECASE)
LINKED = 0.5
"""Share of a body's words in links from which it is a list."""


def listing(page: Features) -> Verdict | None:
    """A verdict if the page lists, sells or explains rather than tells."""
    if page.says_article:
        return None
    if _HOME.match(page.path) and not (page.types & ARTICLE_TYPES):
        return _verdict("listing.home", page.path or "/")
    kinds = page.types & _LISTING_TYPES
    if kinds and not (page.types & ARTICLE_TYPES):
        return _verdict("listing.type", ", ".join(sorted(kinds)))
    return None


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.LISTING, rule=rule, evidence=evidence)
