"""Section pages, home pages, shops, forums and manuals: what is no single article."""

import re

from scraper.classify.features import ARTICLE_TYPES, Features
from scraper.classify.kinds import likelihood_of_other
from scraper.records import PageKind, Verdict

_HOME = re.compile(r"/?(?:index\.(?:html?|php|aspx?)|home/?|[a-z]{2}(?:-[a-z]{2})?/?)?", re.IGNORECASE)
LIKELY = 0.7
"""Likelihood from which a page is no article. Cross-validated by site on the public corpora, 2 % of the
pages labelled article are lost at it, none of a news site, and 76 % of the others are told
(tests/benchmarks/page_kinds.py); with the weights fitted on all of them, 1.5 % and 84 %."""
LINKED = 0.6
"""Share of a body's letters in links from which it is a list of links."""
LONG = 200
"""Words of a body from which a page that is typed and dated as an article is not asked further."""


def listing(page: Features) -> Verdict | None:
    """A verdict if the page lists, sells or explains rather than tells."""
    if _typed(page) and page.body_words >= LONG:
        return None
    is_article = bool(page.types & ARTICLE_TYPES)
    if _HOME.fullmatch(page.path) and not is_article:
        return _verdict("listing.home", page.path or "/")
    if page.body_words >= page.min_words and not is_article and (linked := _linked(page)) >= LINKED:
        return _verdict("listing.links", f"{linked:.0%} of the text in links")
    likelihood, loudest = likelihood_of_other(page)
    if likelihood >= LIKELY:
        return _verdict("listing.signs", f"{likelihood:.2f}: {loudest}")
    return None


def _typed(page: Features) -> bool:
    data = page.metadata
    return data.pagetype in ARTICLE_TYPES and data.date_published is not None and bool(data.authors)


def _linked(page: Features) -> float:
    blocks = page.extraction.blocks
    letters = sum(len(block.text) for block in blocks)
    return sum(block.link_density * len(block.text) for block in blocks) / letters if letters else 0.0


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.LISTING, rule=rule, evidence=evidence)
