"""Consent and "pur" pages that stand in an article's place."""

from scraper.classify.features import Features, count_words
from scraper.classify.signatures import consent, fold
from scraper.records import PageKind, Verdict

LONGEST = 900
"""Words of all visible text up to which a page may be a consent page: some print their whole notice."""
FREE_WORDS = 60
"""Words in blocks without any of the phrases, up to which nothing but the notice is left to read."""


def consent_wall(page: Features) -> Verdict | None:
    """A verdict if all there is to read asks for consent."""
    if page.body_words > LONGEST or (page.says_article and page.body_words >= page.min_words):
        return None
    if page.visible_words > LONGEST:
        return None
    signature = consent()
    title = next((found for text in page.titles if (found := signature.in_title(text))), None)
    phrases = signature.in_words(page.folded)
    if title and phrases:
        return _verdict("consent.title", title)
    markup = signature.in_markup(page.html)
    if len(phrases) < (2 if markup else 3):
        return None
    free = _words_without(page, signature.words)
    if free <= FREE_WORDS:
        return _verdict("consent.words", "; ".join(phrases[:3]))
    return None


def _words_without(page: Features, phrases: tuple[str, ...]) -> int:
    """Words of the extracted body in blocks that hold none of the phrases."""
    return sum(
        count_words(block.text)
        for block in page.extraction.blocks
        if not any(phrase in folded for folded in (fold(block.text),) for phrase in phrases)
    )


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.CONSENT_WALL, rule=rule, evidence=evidence)
