"""Teasers of articles that must be paid for: text that stops short, never a class name."""

import re

from scraper.classify.features import Features, count_words
from scraper.classify.signatures import cut_ends, fold, paywall_css, paywall_phrases
from scraper.records import PageKind, Verdict
from scraper.web import dom

_SELECTOR = re.compile(r'"cssSelector"\s{0,9}:\s{0,9}"([\w .,#*>=\[\]-]{1,200})"')
SHORT = 220
"""Words up to which a text that ends in a paywall's phrase is a teaser."""
SHORT_UNDECLARED = 120
"""The same where the page does not say that it must be paid for."""
BEHIND = 600
"""Characters behind a teaser in which its offer stands."""
PROBE = 60
WHOLE = 0.9
"""Share of the declared number of words from which a text is all there."""
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
    if words > SHORT or 0 < (page.metadata.declared_word_count or 0) * WHOLE <= words:
        return None
    return _short_of_end(page) or (
        _verdict("paywall.short", f"{words} words") if words < SHORT_UNDECLARED else None
    )


def _short_of_end(page: Features) -> Verdict | None:
    """What shows that a short text is not all there is."""
    if selector := _part_missing(page):
        return _verdict("paywall.part_missing", selector)
    if phrase := _phrase(page.folded):
        return _verdict("paywall.phrase", phrase)
    if _cut(page):
        return _verdict("paywall.cut_off", page.extraction.blocks[-1].text[-60:])
    if _is_description(page):
        return _verdict("paywall.description", f"{page.body_words} words, all of them in the description")
    return None


def _undeclared(page: Features, words: int) -> Verdict | None:
    """The page says nothing: a stub only when it is short and says so in words."""
    if words > SHORT_UNDECLARED:
        return None
    if phrase := _phrase(_text_and_what_follows(page)):
        return _verdict("paywall.phrase", phrase)
    if words and (_cut(page) or _is_description(page)):
        container = dom.first(page.tree, paywall_css())
        if container is not None:
            name = dom.attribute(container, "class") or dom.attribute(container, "id") or container.tag
            return _verdict("paywall.container", f"{words} words, then {name}"[:100])
    return None


def _part_missing(page: Features) -> str | None:
    """The selector of the part that is to be paid for (`hasPart`), where hardly a word of it is on the page.

    Google, "Structured data for subscription and paywalled content": the part is marked by `cssSelector`.
    """
    for script in page.elements.nodes.get("script", ())[:30]:
        for selector in _SELECTOR.findall(dom.raw_text(script)[:300_000])[:5]:
            parts = dom.css_as_written(page.tree, selector)
            if sum(count_words(dom.text(part)) for part in parts[:20]) < page.min_words:
                return str(selector)
    return None


def _is_description(page: Features) -> bool:
    """Whether the body says no more than the description does."""
    described = fold(page.metadata.description or "")
    told = [
        fold(block.text).rstrip(".… ") for block in page.extraction.blocks if block.tag not in {"h2", "h3"}
    ]
    return bool(told) and all(text in described for text in told)


def _phrase(text: str) -> str | None:
    return next((phrase for phrase in paywall_phrases() if phrase in text), None)


def _text_and_what_follows(page: Features) -> str:
    """The page's text from its body to a little behind it: above, sites invite subscribers to log in."""
    blocks = page.extraction.blocks
    if not blocks:
        return page.folded
    start = page.folded.find(fold(blocks[0].text)[:PROBE])
    last = fold(blocks[-1].text)[-PROBE:]
    end = page.folded.find(last, max(start, 0))
    if start < 0 or end < 0:
        return page.folded
    return page.folded[start : end + len(last) + BEHIND]


def _cut(page: Features) -> bool:
    """Whether the last block breaks off."""
    blocks = page.extraction.blocks
    return bool(blocks) and fold(blocks[-1].text).endswith(cut_ends())


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.PAYWALL_STUB, rule=rule, evidence=evidence)
