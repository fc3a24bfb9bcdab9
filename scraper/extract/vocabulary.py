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

_NAMES: Final = {
    BODY: "article[-_]?body|articlebody|body[-_]?text|article[-_]?text|article[-_]?content|articlecontent|"
    "entry[-_]?content|post[-_]?content|postcontent|post[-_]?body|story[-_]?body|storybody|story[-_]?text|"
    "story[-_]?content|main[-_]?text|richtext|rich[-_]text|wysiwyg|paragraph|texte|artikel[-_]?text|"
    "artikelbody|content[-_]?body|body[-_]?content|bodytext|blog[-_]?content|td-post-content|news[-_]?text|"
    "news[-_]?content|articulo|cuerpo|field-name-body|field--name-body|prose|text[-_]?block|textblock|"
    "article__body|article-page|c-article|text-long",
    ARTICLE: "article|artikel|articol|post|story|content|entry|main|body|news|text|blog|copy",
    NAVIGATION: "nav|menu|breadcrumb|footer|header|masthead|topbar|toolbar|pagination|pager|sitemap|skip|"
    "copyright|sidebar|side-bar|rail|toc|table-of-contents|tabs|search|logo|cookie|consent|gdpr|legal|"
    "disclaimer|language|login|account|print",
    RELATED: "relat|recommend|recirc|more-|-more|readmore|read-more|read-next|readnext|also|similar|teaser|"
    "trending|popular|most-|latest|next|previous|prev|outbrain|taboola|card|carousel|slider|mehr|"
    "verwandt|tipps|promo|you-may|youmay|further|explore|suggest|onward|listing|feed|aufmacher|linklist",
    COMMENTS: "comment|disqus|discuss|reply|replies|respond|kommentar|forum|opinary|review|rating|vote|poll",
    SOCIAL: "share|sharing|social|facebook|twitter|whatsapp|follow|push|bookmark|btn|button",
    SELLING: "subscri|newsletter|signup|sign-up|paywall|piano|popup|pop-up|modal|overlay|cta|donat|abo|app-|shop|"
    "product|deal|affiliate|register|registr|form|contact|support|premium|membership|offer|verify|password|"
    "signin|sign-in|checkout|price|donation",
    ADVERTS: "sponsor|advert|adslot|ad-|-ad|ads|banner|anzeige|werbung|widget-|promot|partner",
    EMBED: "embed|tweet|instagram|placeholder|iframe|youtube|external|third-party|consent|datawrapper",
    ABOUT: "byline|author|autor|date|time|meta|tag|topic|category|kicker|overline|dachzeile|bio|profile|"
    "credit|source|about|contributor|publish|updated|dateline|label|badge|keyword|schlagwort|info",
    CAPTION: "caption|legend|bildunter|figure|photo|image|img|picture|gallery|video|media|player|audio|credit|"
    "copyright|thumb|slideshow|bild",
    HIDDEN: "hidden|hide|invisible|visually|sr-only|screen-reader|screenreader|d-none|noprint|collapsed|"
    "u-hide|display-none|print-only",
    TEASER: "lead|lede|intro|standfirst|summary|subtitle|subhead|sub-head|dek|deck|excerpt|abstract|"
    "description|vorspann|chapo|chapeau|anriss|ingress|kurztext|perex|entradilla|sommario|key-point|bullet",
    BOX: "box|aside|widget|fact|module|callout|highlight|quote|accordion|faq|expand|collaps|"
    "note|sidenote|footnote|reference|background",
}
_PATTERNS: Final = tuple((bit, re.compile(names)) for bit, names in _NAMES.items())
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=20_000)
def verdict(names: str) -> int:
    """The bits above for what stands in an element's class, id, role and the like.

    Remembered across pages: sites repeat their names, and the answer depends on nothing else.
    """
    lowered = _CAMEL.sub("-", names).lower() if not names.islower() else names
    bits = 0
    for bit, pattern in _PATTERNS:
        if pattern.search(lowered):
            bits |= bit
    return bits
