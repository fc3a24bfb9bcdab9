"""What verdicts are made of: the page counted and measured once."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from scraper.classify.signatures import fold
from scraper.records import Extraction, Metadata, Page
from scraper.web import dom

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
CJK_CHARS_PER_WORD = 2
"""Letters that make a word where words are not spaced: the usual reckoning for Chinese and Japanese."""
_NO_CJK = bytes(set(range(256)) - {0xE0, *range(0xE3, 0xEE)})
"""All bytes but those that letters of `_CJK` begin with in UTF-8: a quicker look than the expression's."""
_UNSEEN = "script,style,template,svg,title"
_BETWEEN = "\x1f"
"""Unit separator: stands between text nodes, and hardly ever in one."""
_TYPE = re.compile(r'"@type"\s*:\s*(\[[^\]]{0,200}\]|"[^"]{1,100}")')
_NAME = re.compile(r'"(?:https?://schema\.org/|schema:)?(\w+)"')

ARTICLE_TYPES = frozenset(
    {
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "Article",
        "BackgroundNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "MedicalScholarlyArticle",
        "NewsArticle",
        "OpinionNewsArticle",
        "Report",
        "ReportageNewsArticle",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "TechArticle",
    }
)
"""Types of schema.org that say "this is an article"."""


def count_words(text: str) -> int:
    """Words between spaces; letters of scripts without spaces count by pairs."""
    if text.isascii() or not text.encode("utf-8", "ignore").translate(None, _NO_CJK):
        return len(text.split())
    text, spaceless = _CJK.subn(" ", text)
    return len(text.split()) + spaceless // CJK_CHARS_PER_WORD


_SCRIPTS = "script[type*='ld+json' i]"
_METAS = "meta[property='og:type'],meta[name='og:type'],meta[name='generator' i]"
COUNTED = (
    "a", "p", "li", "h1", "h2", "h3", "img", "pre", "button", "input", "time", "article", "table", "code",
    "form", "figcaption", "main",
)  # fmt: skip
"""Elements whose number tells something of a page."""
_NAMES = dom.tag_numbers((*COUNTED, "title", "script", "meta", "video", "audio"))
_SELECTOR = ",".join((*COUNTED, "title", "video", "audio", _SCRIPTS, _METAS))
_KEPT = frozenset({"title", "h1", "h2", "h3", "script", "meta", "video", "audio"})
"""Elements that are looked at, not only counted."""


class Elements(NamedTuple):
    """What one pass over the tree finds."""

    counts: dict[str, int]
    nodes: dict[str, list[dom.Node]]
    """By tag, in document order."""

    def first(self, tag: str) -> dom.Node | None:
        """The first element of a kind."""
        return next(iter(self.nodes.get(tag, ())), None)


@dataclass(frozen=True)
class Features:
    """A page as verdicts see it; what is costly is worked out when first asked for."""

    page: Page
    tree: dom.Tree
    html: str
    metadata: Metadata
    extraction: Extraction
    min_words: int

    @cached_property
    def body_words(self) -> int:
        """Words of the extracted body."""
        return sum(self.block_words)

    @cached_property
    def block_words(self) -> tuple[int, ...]:
        """Words of each block of the extracted body."""
        return tuple(count_words(block.text) for block in self.extraction.blocks)

    @cached_property
    def visible(self) -> str:
        """All text of the page, as it may be seen; that of `noscript` too."""
        body = self.tree.body
        if body is None:
            return ""
        unseen: set[str] = set()
        for node in dom.css(body, _UNSEEN):
            unseen.update(node.text(separator=_BETWEEN).split(_BETWEEN))
        return " ".join(
            [text for text in body.text(separator=_BETWEEN).split(_BETWEEN) if text not in unseen]
        )

    @cached_property
    def visible_words(self) -> int:
        """Words of all visible text."""
        return count_words(self.visible)

    @cached_property
    def folded(self) -> str:
        """All visible text, as signatures are compared."""
        return fold(self.visible)

    @cached_property
    def elements(self) -> Elements:
        """All elements that verdicts ask for, found at once: that costs little more than finding one."""
        nodes: dict[str, list[dom.Node]] = {}
        found = dom.css(self.tree, _SELECTOR)
        tags = [_NAMES.get(node.tag_id, "") for node in found]
        for node, tag in zip(found, tags, strict=True):
            if tag in _KEPT:
                nodes.setdefault(tag, []).append(node)
        return Elements(Counter(tags), nodes)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The document's title and first headings, folded."""
        nodes = [*self.elements.nodes.get("title", ())[:1], *self.elements.nodes.get("h1", ())[:2]]
        found = [fold(dom.text(node)[:300]) for node in nodes]
        return tuple(text for text in found if text)

    @cached_property
    def types(self) -> frozenset[str]:
        """All types that the JSON-LD names, wherever."""
        names: set[str] = set()
        for script in self.elements.nodes.get("script", ())[:30]:
            for found in _TYPE.findall(dom.raw_text(script)[:300_000])[:500]:
                names.update(_NAME.findall(found))
        return frozenset(names)

    @cached_property
    def og_type(self) -> str:
        """The Open Graph type, in lower case."""
        return self._meta("og:type").lower()

    @cached_property
    def generator(self) -> str:
        """The system that made the page, as far as it says so, folded."""
        return fold(self._meta("generator"))

    def _meta(self, name: str) -> str:
        for node in self.elements.nodes.get("meta", ()):
            if name in {dom.attribute(node, "property"), dom.attribute(node, "name").lower()}:
                return dom.attribute(node, "content")
        return ""

    @cached_property
    def says_article(self) -> bool:
        """Whether the page's own data call it an article: with type and date."""
        typed = bool(self.types & ARTICLE_TYPES) or self.og_type in {"article", "newsarticle", "blog", "news"}
        return typed and (self.metadata.date_published is not None or bool(self.metadata.authors))

    @cached_property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.page.url).path
