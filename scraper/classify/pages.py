"""The verdict on a parsed page: the first rule that speaks, else article."""

import re
from collections.abc import Callable

from scraper.classify.challenges import challenge
from scraper.classify.consent import consent_wall
from scraper.classify.features import Features
from scraper.classify.listings import listing
from scraper.classify.paywalls import paywall_stub
from scraper.classify.signatures import fold, live_words, media_css, media_words, other_titles
from scraper.records import Extraction, Metadata, Page, PageKind, Verdict
from scraper.web import dom
from scraper.web.timeline import squeezed, timelines

MEDIA_TYPES = frozenset(
    {"VideoObject", "ImageGallery", "MediaGallery", "AudioObject", "PodcastEpisode", "ImageObjectGallery"}
)
LIVE_TYPE = "LiveBlogPosting"
LIVE_ENTRIES = 3
"""Timed entries that hold text of the body, from which a page that says "live" is a live blog."""
MOST_ENTRIES = 50
"""Entries that are looked at."""
TOLD = 40
"""Letters from which a block of the body is looked for in an entry."""
LINKED = 0.5
"""Share of its letters in links from which a block tells nothing itself: teasers have times too."""
LITTLE = 60
"""Words up to which the text of a page that says it is about a film or pictures is a caption."""
MANY_WORDS = 250
"""A page with more text than this is no error or login page, whatever its title."""
FEW_WORDS = 80
"""One with more than this only if its title says nothing else: "Forbidden fruit" is a short report's."""
_SITE_NAME = re.compile(r" [|–—·-] |\|")  # noqa: RUF001 - dashes as titles print them


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
        _live_by_type,
        listing,
        _short,
        _live_by_entries,
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
            found = other_titles(kind.value).match(title)
            if found and (page.body_words <= FEW_WORDS or _fills(found.end(), title)):
                return Verdict(kind=kind, rule=f"{kind.value}.title", evidence=title[:100])
    return None


def _fills(end: int, title: str) -> bool:
    """Whether the words up to `end` are all of a title but the name of the site."""
    own = _SITE_NAME.split(title, 1)[0]
    return end >= len(own.rstrip(" .!:"))


def _short(page: Features) -> Verdict | None:
    """Pages without text to speak of, by what they have instead."""
    words = page.body_words
    if words >= max(page.min_words, LITTLE):
        return None
    evidence = f"{words} of at least {page.min_words} words"
    about_media = page.metadata.pagetype in MEDIA_TYPES or page.og_type.startswith(("video", "music"))
    if words >= page.min_words and not (about_media and words < LITTLE):
        return None
    if page.visible_words == 0:
        return Verdict(kind=PageKind.EMPTY, rule="empty.text", evidence=evidence)
    if media := _media(page):
        return Verdict(kind=PageKind.GALLERY_OR_VIDEO, rule="media.no_text", evidence=media)
    return Verdict(kind=PageKind.TOO_SHORT, rule="too_short", evidence=evidence)


def _media(page: Features) -> str:
    """The sign that a page shows films, pictures or sound; empty when there is none."""
    if types := page.types & MEDIA_TYPES:
        return ", ".join(sorted(types))
    if page.og_type.startswith(("video", "music")):
        return page.og_type
    node = page.elements.first("video") or page.elements.first("audio") or dom.first(page.tree, media_css())
    if node is not None:
        return f"{node.tag} {dom.attribute(node, 'src') or dom.attribute(node, 'class')}"[:100].strip()
    word = next((word for word in media_words() if f"/{word}/" in f"{page.path.lower()}/"), None)
    return f"address: {word}" if word else ""


def _live_by_type(page: Features) -> Verdict | None:
    """Live blogs that say so in their data."""
    typed = page.metadata.pagetype == LIVE_TYPE or (
        LIVE_TYPE in page.html and LIVE_TYPE in page.types and page.path.strip("/")
    )
    if not typed or page.body_words < page.min_words:
        return None
    return Verdict(kind=PageKind.LIVE_BLOG, rule="live_blog.type", evidence=LIVE_TYPE)


def _live_by_entries(page: Features) -> Verdict | None:
    """Live blogs that say so in title or address, and whose text stands in timed entries."""
    announced = (page.path.lower(), fold(page.metadata.title or ""))
    found = next((found for text in announced if (found := live_words().search(text))), None)
    if found is None:
        return None
    told = [
        text
        for block in page.extraction.blocks
        if block.link_density < LINKED and len(text := squeezed(block.text)) >= TOLD
    ]
    for timeline in timelines(page.tree):
        entries = timeline[:MOST_ENTRIES]
        filled = sum(any(text in entry.text for text in told) for entry in entries)
        held = "".join([entry.text for entry in entries])
        if filled >= LIVE_ENTRIES and sum(text in held for text in told) * 2 > len(told):
            evidence = f"{found[0]}, {filled} timed entries"
            return Verdict(kind=PageKind.LIVE_BLOG, rule="live_blog.entries", evidence=evidence)
    return None
