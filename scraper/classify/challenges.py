"""Bot checks: recognised and reported, never solved."""

from scraper.classify.features import Features
from scraper.classify.signatures import challenges, fold, stems
from scraper.records import PageKind, Verdict

LITTLE_TEXT = 250
"""Words up to which a page may be a bot check; the longest of those in the tests has about 150."""
ONLY_WORDS = 150
"""Words of all visible text up to which a phrase alone decides."""
WIDGET_WORDS = 60
"""Words of all visible text up to which a test for humans is all that the page is about."""
ASKED_WORDS = 40
"""Words of all visible text up to which the stems decide: of the public corpora, only the six shells that a
script is to fill are so short."""
FREE_WORDS = 50
"""Words of the body beside the phrases up to which a phrase alone decides: a short report with a robot
check in its newsletter form has more."""
SEARCHED_CHARS = 200_000
"""How much of the source is searched for markup; bot checks are small."""


def challenge(page: Features) -> Verdict | None:
    """A verdict if the page is a bot check."""
    if page.body_words > LITTLE_TEXT or (page.says_article and page.body_words >= page.min_words):
        return None
    if page.visible_words > LITTLE_TEXT:
        return None
    html = page.html[:SEARCHED_CHARS]
    by_markup = by_title = by_words = by_widget = None
    for signature in challenges():
        if by_markup is None and (part := signature.in_markup(html)):
            by_markup = _verdict(signature.name, "markup", part)
        if by_widget is None and page.visible_words <= WIDGET_WORDS and (part := signature.in_widgets(html)):
            by_widget = _verdict(signature.name, "widget", part)
        if by_title is None:
            part = next((found for title in page.titles if (found := signature.in_title(title))), None)
            by_title = _verdict(signature.name, "title", part) if part else None
        if (
            by_words is None
            and page.visible_words <= ONLY_WORDS
            and (said := signature.in_words(page.folded))
        ):
            by_words = _verdict(signature.name, "words", said[0])
    if by_markup and (by_title or by_words or page.visible_words < page.min_words * 4):
        return by_markup
    if by_widget and ("type=password" in html or 'type="password"' in html):
        by_widget = None  # a login
    return by_title or (by_words if _free_words(page) <= FREE_WORDS else None) or by_widget or _asked(page)


def _asked(page: Features) -> Verdict | None:
    """A verdict on a page of a few words that asks for proof of being human, in whatever language."""
    if page.visible_words > ASKED_WORDS:
        return None
    who, proof = stems()
    text = f"{page.folded} {' '.join(page.titles)} "
    found = [next((stem for stem in group if stem in text), None) for group in (who, proof)]
    return _verdict("plain", "stems", ", ".join(map(str, found))) if all(found) else None


def _free_words(page: Features) -> int:
    """Words of the body in blocks that hold no phrase of any make."""
    phrases = [phrase for signature in challenges() for phrase in signature.words]
    return sum(
        words
        for block, words in zip(page.extraction.blocks, page.block_words, strict=True)
        if not any(phrase in folded for folded in (fold(block.text),) for phrase in phrases)
    )


def _verdict(name: str, part: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.CHALLENGE, rule=f"challenge.{name}.{part}", evidence=evidence)
