"""The verdict on a parsed page: the first rule that speaks, else article."""

from collections.abc import Callable

from scraper.classify.challenges import challenge
from scraper.classify.consent import consent_wall
from scraper.classify.features import Features
from scraper.classify.listings import listing
from scraper.classify.paywalls import paywall_stub
from scraper.classify.signatures import live_words, other_titles
from scraper.records import Extraction, Metadata, Page, PageKind, Verdict
from scraper.web import dom
from scraper.web.timeline import squeezed, timelines

LIVE_ENTRIES = 3
"""Timed entries that hold text of the body, from which a page that says "live" is a live blog."""
MOST_ENTRIES = 50
"""Entries that are looked at."""
TOLD = 40
"""Letters from which a block of the body is looked for in an entry."""
MANY_WORDS = 250
"""A page with more text than this is no error or login page, whatever its title."""


def classify_page(
    page: Page, tree: dom.Tree, *, html: str, metadata: Metadata, extraction: Extraction, min_words: int
) -> Verdict:
    """What the page is. Always a verdict: `article` when nothing speaks against it.

    Args:
        page: The answer; its status is not looked at, as bot checks come with any.
        tree: The parsed page.
        html: Its source.
        metadata: What it says of itself.
        extraction: The body that was found.
        min_words: An article has at least so many.
    """
    features = Features(page, tree, html, metadata, extraction, min_words)
    rules: tuple[Callable[[Features], Verdict | None], ...] = (
        challenge,
        consent_wall,
        _missing,
        paywall_stub,
        _live,
        listing,
        _short,
    )
    for rule in rules:
        verdict = rule(features)
        if verdict is not None:
            return verdict
    return Verdict(kind=PageKind.ARTICLE, rule="article", evidence=f"{features.body_words} words")


def _missing(page: Features) -> Verdict | None:
    """Error, login and "not found" pages, by title, where there is little text."""
    if page.body_words > MANY_WORDS or (page.says_article and page.body_words >= page.min_words):
        return None
    for kind in (PageKind.SOFT_404, PageKind.ERROR_PAGE, PageKind.LOGIN):
        for title in page.titles:
            if other_titles(kind.value).match(title):
                return Verdict(kind=kind, rule=f"{kind.value}.title", evidence=title[:100])
    return None


def _short(page: Features) -> Verdict | None:
    if page.body_words >= page.min_words:
        return None
    evidence = f"{page.body_words} of at least {page.min_words} words"
    if page.visible_words == 0:
        return Verdict(kind=PageKind.EMPTY, rule="empty.text", evidence=evidence)
    types = page.types & {"VideoObject", "ImageGallery", "MediaGallery", "AudioObject", "PodcastEpisode"}
    if (
        types
        or page.og_type.startswith(("video", "music"))
        or dom.first(page.tree, "video,audio") is not None
    ):
        return Verdict(
            kind=PageKind.GALLERY_OR_VIDEO,
            rule="media.no_text",
            evidence=", ".join(sorted(types)) or evidence,
        )
    return Verdict(kind=PageKind.TOO_SHORT, rule="too_short", evidence=evidence)


def _live(page: Features) -> Verdict | None:
    """Live blogs: by their declared type, or by timed entries below a title or an address that says so."""
    if page.body_words < page.min_words:
        return None
    if page.metadata.pagetype == "LiveBlogPosting" or (
        "LiveBlogPosting" in page.types and not _is_front(page.path)
    ):
        return Verdict(kind=PageKind.LIVE_BLOG, rule="live_blog.type", evidence="LiveBlogPosting")
    path = page.path.lower().strip("/")
    found = next((found for text in (path, *page.titles) if (found := live_words().search(text))), None)
    if found is None:
        return None
    texts = [squeezed(block.text) for block in page.extraction.blocks]
    told = [text for text in texts if len(text) >= TOLD]
    for entries in timelines(page.tree):
        filled = sum(any(text in entry.text for text in told) for entry in entries[:MOST_ENTRIES])
        if filled >= LIVE_ENTRIES and sum(
            any(text in entry.text for entry in entries) for text in told
        ) * 2 > len(told):
            return Verdict(
                kind=PageKind.LIVE_BLOG,
                rule="live_blog.entries",
                evidence=f"{found[0]}, {filled} timed entries",
            )
    return None


def _is_front(path: str) -> bool:
    return not path.strip("/")
