"""What the names that sites give their elements (class, id, role, itemprop) tell of the content."""

import re
from functools import lru_cache
from typing import Final

BODY: Final = 1
"""Names of the text itself: article-body, entry-content…"""
ARTICLE: Final = 2
"""Names of what surrounds the text: article, post, story, main, content."""
NAVIGATION: Final = 4
RELATED: Final = 8
"""Teasers of other articles."""
COMMENTS: Final = 16
SOCIAL: Final = 32
"""Share and follow prompts."""
ABOUT: Final = 64
"""What is said of the article: byline, date, tags, author box."""
CAPTION: Final = 128
HIDDEN: Final = 256
TEASER: Final = 512
"""Names of leads, standfirsts and summaries."""
BOX: Final = 1024
"""Fact boxes, asides, accordions: part of the text on some sites."""
SELLING: Final = 2048
"""Newsletters, subscriptions, registration, shops, forms."""
ADVERTS: Final = 4096
EMBED: Final = 8192
"""Posts of social networks and other foreign content, or what stands in until the reader consents."""

_STEMS_OF: Final = {
    BODY: "articlebody bodytext bodycopy articletext articlecontent entrycontent postcontent postbody "
    "storybody storytext storycontent richtext wysiwyg paragraph paragraphs texte artikeltext "
    "artikelbody contentbody bodycontent textblock prose cuerpo copytext maintext newstext text",
    ARTICLE: "article artikel articol articulo post story content contents entry main body news blog copy "
    "beitrag",
    NAVIGATION: "nav menu breadcrumb footer header masthead topbar toolbar pagination pager sitemap skip "
    "copyright sidebar rail toc tabs search logo gdpr legal disclaimer language login account print",
    RELATED: "relat recommend recirc more readmore readnext also similar teaser trending popular most latest "
    "next previous prev outbrain taboola card cards carousel slider mehr verwandt promo further explore "
    "suggest onward listing feed aufmacher linklist recent upcoming",
    COMMENTS: "comment disqus discuss discussion reply replies respond kommentar forum opinary review rating "
    "vote poll",
    SOCIAL: "share sharing social facebook twitter whatsapp follow push bookmark btn button buttons",
    SELLING: "subscri newsletter signup paywall piano popup modal overlay cta donat abo app shop product "
    "deal affiliate register registr form contact support premium membership offer verify password signin "
    "checkout price buy",
    ADVERTS: "sponsor advert adslot ad ads adv banner anzeige werbung promot partner commercial",
    ABOUT: "byline author autor date time meta tag tags topic topics category kicker overline dachzeile bio "
    "profile source about contributor publish updated dateline label badge keyword schlagwort info "
    "timestamp",
    CAPTION: "caption legend bildunter figure photo image img picture gallery video media player audio "
    "credit credits copyright thumb thumbnail slideshow bild foto",
    HIDDEN: "hidden hide invisible visually offscreen screenreader noprint collapsed sr",
    TEASER: "lead lede intro standfirst summary subtitle subhead subheadline dek deck excerpt abstract "
    "description vorspann chapo chapeau anriss ingress kurztext perex entradilla sommario bullet "
    "bullets highlights",
    BOX: "box aside widget fact facts factbox infobox module callout highlight quote accordion faq expand "
    "collaps collapse note sidenote footnote reference references background",
    EMBED: "embed embedded oembed tweet instagram placeholder iframe youtube external consent datawrapper "
    "cookie tiktok",
}
_PAIRS_OF: Final = {
    BODY: "article-body article-text article-content entry-content post-content post-body story-body "
    "story-text story-content main-text rich-text content-body body-content news-text news-content "
    "body-text body-copy text-block field-body wp-content",
    RELATED: "read-more read-next you-may see-also",
    SELLING: "sign-up sign-in pop-up log-in",
    HIDDEN: "sr-only screen-reader d-none display-none",
    NAVIGATION: "side-bar table-of",
    TEASER: "sub-title sub-head key-points",
}
EXACT: Final = 3
"""Names this short must match whole; longer ones may begin or end a compound (`newsletterbox`)."""


def _index(groups: dict[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for bit, names in groups.items():
        for name in names.split():
            found[name] = found.get(name, 0) | bit
    return found


_STEMS: Final = _index(_STEMS_OF)
_PAIRS: Final[dict[str, dict[str, int]]] = {}
"""By the first word of each pair, what it says together with which second one."""
for _pair, _bits in _index(_PAIRS_OF).items():
    _first, _, _second = _pair.partition("-")
    _PAIRS.setdefault(_first, {})[_second] = _bits
_LENGTHS: Final = tuple(sorted({len(stem) for stem in _STEMS if len(stem) > EXACT}))
_PART: Final = re.compile(r"[a-z]{2,}")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_CHARS: Final = 400


@lru_cache(maxsize=20_000)
def parts(names: str) -> tuple[str, ...]:
    """The words that an element's names are made of, in lower case."""
    names = names[:_MAX_CHARS]
    if not names.islower():
        names = _CAMEL.sub("-", names).lower()
    return tuple(_PART.findall(names))


@lru_cache(maxsize=20_000)
def _part_bits(part: str) -> int:
    bits = _STEMS.get(part, 0)
    for length in _LENGTHS:
        if length >= len(part):
            break
        bits |= _STEMS.get(part[:length], 0) | _STEMS.get(part[-length:], 0)
    return bits


@lru_cache(maxsize=20_000)
def verdict(names: str) -> int:
    """The bits above for what stands in an element's class, id and the like.

    Remembered across pages: sites repeat their names, and the answer depends on nothing else.
    """
    bits = 0
    before: dict[str, int] | None = None
    for part in parts(names):
        bits |= _part_bits(part)
        if before and part in before:
            bits |= before[part]
        before = _PAIRS.get(part)
    return bits
