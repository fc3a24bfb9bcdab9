"""Consent and "pur" pages that stand in an article's place."""

from scraper.classify.features import Features
from scraper.classify.signatures import Signature, common_consent, consent, fold
from scraper.records import PageKind, Verdict

LONGEST = 900
"""Words of all visible text up to which a page may be a consent page: some print their whole notice."""
BESIDE = 400
"""Words of all visible text from which a notice that is less than a third of it stands beside the page's own:
a front page of teasers gives no body but its cookie banner."""
FREE_WORDS = 60
"""Words in blocks without any of the phrases, up to which nothing but the notice is left to read."""


def consent_wall(page: Features) -> Verdict | None:
    """A verdict if all there is to read asks for consent."""
    signature = consent()
    if page.body_words > LONGEST or not _nothing_else(page, signature):
        return None
    longest = min(LONGEST, max(BESIDE, 3 * page.body_words))
    if (page.says_article and page.body_words >= page.min_words) or page.visible_words > longest:
        return None
    phrases = _distinct(signature.in_words(page.folded))
    title = next((found for text in page.titles if (found := signature.in_title(text))), None)
    if title and phrases:
        return _verdict("consent.title", title)
    if common_consent().issuperset(phrases):
        return None
    if len(phrases) >= (2 if signature.in_markup(page.html) else 3):
        return _verdict("consent.words", "; ".join(phrases[:3]))
    return None


def _distinct(phrases: list[str]) -> list[str]:
    """The phrases that are no part of another one."""
    return [one for one in phrases if not any(one != other and one in other for other in phrases)]


def _nothing_else(page: Features, signature: Signature) -> bool:
    """Whether the extracted body has few words in blocks that hold none of the phrases."""
    free = 0
    for block, words in zip(page.extraction.blocks, page.block_words, strict=True):
        if not signature.speaks_in(fold(block.text)):
            free += words
            if free > FREE_WORDS:
                return False
    return True


def _verdict(rule: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.CONSENT_WALL, rule=rule, evidence=evidence)
