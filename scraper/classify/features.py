"""What verdicts are made of: the page counted and measured once."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from scraper.classify.signatures import fold
from scraper.records import Extraction, Metadata, Page
from scraper.web import dom

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
CJK_CHARS_PER_WORD = 2
"""Letters that make a word where words are not spaced: the usual reckoning for Chinese and Japanese."""
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
    if text.isascii():
        return len(text.split())
    text, spaceless = _CJK.subn(" ", text)
    return len(text.split()) + spaceless // CJK_CHARS_PER_WORD


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
    def titles(self) -> tuple[str, ...]:
        """The document's title and first headings, folded."""
        nodes = [*dom.css(self.tree, "title")[:1], *dom.css(self.tree, "h1")[:2]]
        found = [fold(dom.text(node)[:300]) for node in nodes]
        return tuple(text for text in found if text)

    @cached_property
    def types(self) -> frozenset[str]:
        """All types that the JSON-LD names, wherever."""
        names: set[str] = set()
        for script in dom.css(self.tree, "script[type*='ld+json' i]")[:30]:
            for found in _TYPE.findall(dom.raw_text(script)[:300_000])[:500]:
                names.update(_NAME.findall(found))
        return frozenset(names)

    @cached_property
    def og_type(self) -> str:
        """The Open Graph type, in lower case."""
        node = dom.first(self.tree, "meta[property='og:type'],meta[name='og:type']")
        return dom.attribute(node, "content").lower() if node is not None else ""

    @cached_property
    def says_article(self) -> bool:
        """Whether the page's own data call it an article: with type and date."""
        typed = bool(self.types & ARTICLE_TYPES) or self.og_type in {"article", "newsarticle", "blog", "news"}
        return typed and (self.metadata.date_published is not None or bool(self.metadata.authors))

    @cached_property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.page.url).path
