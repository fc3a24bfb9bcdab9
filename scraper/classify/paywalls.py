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
    free, words = page.metadata.is_accessible_for_free, page.body_words
    if free is True and words >= page.min_words:
        return None
    return _unpaid(page, words) if free is False else _undeclared(page, words)


def _unpaid(page: Features, words: int) -> Verdict | None:
    """The page says that it must be paid for: a stub when the text stops short."""
    body = page.metadata.article_body
    declared = max(page.metadata.declared_word_count or 0, count_words(body) if body else 0)
    if words < 4 * SHORT and declared > page.min_words and words < SHARE * declared:
        return _verdict("paywall.short_of_declared", f"{words} of {declared} words")
    if words > SHORT:
        return None
    if phrase := _phrase(page):
        return _verdict("paywall.phrase", phrase)
    if _cut(page):
        return _verdict("paywall.cut_off", page.extraction.blocks[-1].text[-60:])
    return _verdict("paywall.short", f"{words} words") if words < SHORT_UNDECLARED else None


def _undeclared(page: Features, words: int) -> Verdict | None:
    """The page says nothing: a stub only when it is short and says so in words."""
    phrase = _phrase(page) if words <= SHORT_UNDECLARED else None
    return _verdict("paywall.phrase", phrase) if phrase else None


def _phrase(page: Features) -> str | None:
    return next((text for text in paywall_phrases() if text in page.folded), None)


def _cut(page: Features) -> bool:
    """Whether the last block breaks off."""
    blocks = page.extraction.blocks
    return bool(blocks) and fold(blocks[-1].text).endswith(cut_ends())


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.PAYWALL_STUB, rule=rule, evidence=evidence)
