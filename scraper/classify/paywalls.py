"""Teasers of articles that must be paid for: text that stops short, never a class name."""

from scraper.classify.features import Features, count_words
from scraper.classify.signatures import cut_ends, fold, paywall_phrases
from scraper.records import PageKind, Verdict

SHORT = 220
"""Words up to which a text that ends in a paywall's phrase is a teaser."""
SHORT_UNDECLARED = 120
"""The same where the page does not say that it must be paid for."""
SHARE = 0.6
"""Share of the declared length below which a text stops short."""


def paywall_stub(page: Features) -> Verdict | None:
    """A verdict if the page is the beginning of an article that must be paid for."""
    free = page.metadata.is_accessible_for_free
    if free is True and page.body_words >= page.min_words:
        return None
    words = page.body_words
    declared = page.metadata.declared_word_count or 0
    if page.metadata.article_body:
        declared = max(declared, count_words(page.metadata.article_body))
    if free is False and declared > words / SHARE and declared > page.min_words and words < 4 * SHORT:
        return _verdict("paywall.short_of_declared", f"{words} of {declared} words")
    if words > SHORT:
        return None
    phrase = next((text for text in paywall_phrases() if text in page.folded), None)
    if phrase and (free is False or words <= SHORT_UNDECLARED):
        return _verdict("paywall.phrase", phrase)
    if free is False and _cut(page):
        return _verdict("paywall.cut_off", page.extraction.blocks[-1].text[-60:])
    if free is False and words < SHORT_UNDECLARED:
        return _verdict("paywall.short", f"{words} words")
    return None


def _cut(page: Features) -> bool:
    """Whether the last block breaks off."""
    blocks = page.extraction.blocks
    return bool(blocks) and fold(blocks[-1].text).endswith(cut_ends())


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.PAYWALL_STUB, rule=rule, evidence=evidence)
