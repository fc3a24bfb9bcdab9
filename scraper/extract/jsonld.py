"""JSON-LD of a page: read whatever was meant, field by field, and find the node that is the article."""

import html
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from scraper.extract.parts import Parts
from scraper.web import dom

Thing = dict[str, Any]
"""A node of JSON-LD, as it came: each field may hold anything."""

MAX_NODES = 5_000
"""Nodes looked at per page; archives list thousands of their articles."""
MAX_BLOCK_CHARS = 3_000_000
"""Longer blocks are not read; the longest of the public corpora has 0.3 million."""

NEWSROOM_TYPES = frozenset(
    {
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
        "ReviewNewsArticle",
        "AskPublicNewsArticle",
        "LiveBlogPosting",
    }
)
"""Types that newsrooms use and blogs rarely do."""
NEWS_TYPES = NEWSROOM_TYPES | frozenset(
    {
        "SatiricalArticle",
        "AdvertiserContentArticle",
        "BlogPosting",
        "Article",
        "TechArticle",
        "ScholarlyArticle",
        "MedicalScholarlyArticle",
        "Report",
    }
)
"""Types of schema.org that say "this is an article"."""
ARTICLE_TYPES = NEWS_TYPES | {
    "CreativeWork",
    "SocialMediaPosting",
    "Review",
    "CriticReview",
    "Recipe",
    "ClaimReview",
    "VideoObject",
    "PodcastEpisode",
    "AudioObject",
    "HowTo",
    "MedicalWebPage",
    "DiscussionForumPosting",
    "Question",
    "QAPage",
}
"""Types whose headline, dates and authors may be those of the page, the likelier ones first."""
PAGE_TYPES = frozenset({"WebPage", "ItemPage", "AboutPage", "FAQPage", "ProfilePage", "CollectionPage"})

# Keys that lead from a node to another one that may be the page's subject. Not itemListElement, hasPart,
# isPartOf, mentions, relatedLink: what stands there is about other pages.
_INWARD = ("@graph", "mainEntity", "mainEntityOfPage", "mainEntityOfpage", "mainentityofpage", "subjectOf")

_WRAPPING = re.compile(r"^\s*(?:<!--|<!\[CDATA\[|//<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)+")
_WRAPPED_END = re.compile(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_DOUBLE_COMMA = re.compile(r",(?:\s*,)+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_BROKEN_FIELD = re.compile(
    r'"(@type|headline|datePublished|dateModified|description|articleSection|isAccessibleForFree|inLanguage)"'
    r'\s{0,9}:\s{0,9}(?:"((?:[^"\\\n]|\\.){1,2000})"|(true|false)\b)'
)
_BROKEN_AUTHOR = re.compile(
    r'"author"[^"]{0,20}(?:"[^"]{1,20}"[^"]{1,5}){0,8}"name"\s{0,9}:\s{0,9}"([^"\\\n]{2,100})"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedData:
    """What the JSON-LD of a page says, in order of trust."""

    articles: tuple[Thing, ...] = ()
    """Nodes that may be the page's subject, the likeliest first."""
    pages: tuple[Thing, ...] = ()
    """Nodes that describe the page around it."""
    types: tuple[str, ...] = ()
    """Types of all nodes that stand for themselves, in document order."""
    by_id: dict[str, Thing] | None = None
    """Nodes by `@id`, for references."""

    @property
    def article(self) -> Thing:
        """The node that is the article; empty when there is none."""
        return self.articles[0] if self.articles else {}


def read_jsonld(parts: Parts, url: str) -> LinkedData:
    """Read all blocks of a page; nothing in them can make this raise."""
    nodes: list[Thing] = []
    by_id: dict[str, Thing] = {}
    for script in parts.linked_data:
        for value in _values(dom.raw_text(script)):
            nodes.extend(_subjects(value, by_id))
    return _ordered(nodes, by_id, url)


def _ordered(nodes: list[Thing], by_id: dict[str, Thing], url: str) -> LinkedData:
    path = urlsplit(url).path.rstrip("/")
    ranked: list[tuple[float, int, Thing]] = []
    pages: list[Thing] = []
    types: list[str] = []
    for index, node in enumerate(nodes):
        own = types_of(node)
        types.extend(own)
        if ARTICLE_TYPES.intersection(own):
            ranked.append((-_score(node, own, path), index, node))
        elif PAGE_TYPES.intersection(own) or any(name.endswith("Page") for name in own):
            pages.append(node)
    ranked.sort(key=lambda entry: entry[:2])
    return LinkedData(
        articles=tuple(node for _, _, node in ranked),
        pages=tuple(pages),
        types=tuple(dict.fromkeys(types)),
        by_id=by_id,
    )


def _score(node: Thing, types: Iterable[str], path: str) -> float:
    """How likely a node is the subject: its type first, then its address, then how much it says."""
    score = 4.0 if NEWS_TYPES.intersection(types) else 0.0
    address = (
        first_text(node.get("url")) or first_text(node.get("mainEntityOfPage")) or first_text(node.get("@id"))
    )
    if address and path:
        own = urlsplit(address).path.rstrip("/") if address.startswith(("http", "/")) else ""
        if own:
            score += 3.0 if own == path else -1.0
    return score + sum(0.5 for key in ("headline", "datePublished", "author", "articleBody") if node.get(key))


def types_of(node: Thing) -> tuple[str, ...]:
    """The types of a node without the address of the vocabulary."""
    return tuple(name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in texts(node.get("@type")))


def _values(block: str) -> Iterator[Any]:
    """The JSON values of a block, as it stands or repaired where that is safe."""
    if len(block) > MAX_BLOCK_CHARS or not block.strip():
        return
    try:
        yield msgspec.json.decode(block)
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError):
        pass
    else:
        return
    block = _WRAPPED_END.sub("", _WRAPPING.sub("", block)).strip()
    if "&quot;" in block and '"' not in block:
        block = html.unescape(block)
    for candidate in (block, _TRAILING_COMMA.sub(r"\1", _DOUBLE_COMMA.sub(",", block))):
        found = list(_concatenated(candidate))
        if found:
            yield from found
            return
    pieces = _pieces(block)
    if pieces:
        yield pieces


def _concatenated(text: str) -> Iterator[Any]:
    """Values that stand one after another; raw line breaks in strings are let pass."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield value
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1


def _pieces(block: str) -> Thing:
    """Single fields of a block that is no JSON: those whose value stands whole on its own."""
    node: Thing = {}
    for found in _BROKEN_FIELD.finditer(block):
        key, value, flag = found.groups()
        if key == "@type":
            if value in NEWS_TYPES:
                node.setdefault(key, value)
        elif "@type" in node or key.startswith("date"):
            node.setdefault(key, value if flag is None else flag)
    author = _BROKEN_AUTHOR.search(block)
    if author:
        node["author"] = author[1]
    return node if "@type" in node else {}


def _subjects(value: Any, by_id: dict[str, Thing]) -> list[Thing]:  # noqa: ANN401 - JSON
    """The nodes that stand for themselves, found without recursion; every node with an id is noted."""
    found: list[Thing] = []
    queue: list[Any] = [value]
    seen = 0
    while queue and seen < MAX_NODES:
        seen += 1
        item = queue.pop()
        if isinstance(item, list):
            queue.extend(reversed(item[:MAX_NODES]))
        elif isinstance(item, dict):
            name = item.get("@id")
            if isinstance(name, str) and len(item) > 1:
                by_id.setdefault(name, item)
            if item.get("@type"):
                found.append(item)
            queue.extend(item[key] for key in reversed(_INWARD) if isinstance(item.get(key), list | dict))
    return found


def texts(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The strings of a field: itself, those of a list, or the name of a node; anything else is ignored."""
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items[:MAX_NODES]:
        value = item
        if isinstance(item, dict):
            value = next(
                (item[key] for key in ("@value", "name", "headline", "url", "@id") if item.get(key)), None
            )
        if isinstance(value, list):
            value = next((part for part in value if isinstance(part, str)), None)
        if isinstance(value, str) and (text := tidy(value)):
            found.append(text)
    return found


def first_text(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """The first string of a field."""
    return next(iter(texts(value)), None)


def tidy(text: str) -> str:
    """`text` without entities, tags, lone surrogates and spare white space."""
    if "&" in text:
        text = html.unescape(text)
        if "&" in text and ";" in text:
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode("utf-8").replace("\u00ad", "").replace("\u200b", "")
    return " ".join(text.replace("\0", "").split())


def number(value: Any) -> int | None:  # noqa: ANN401 - JSON
    """A count: a whole positive number, or one written in a string."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:  # noqa: PLR2004 - more is no count
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if math.isfinite(value) and 0 <= value < 10**9 else None


def boolean(value: Any) -> bool | None:  # noqa: ANN401 - JSON
    """A truth value, also as publishers write it: "False", "https://schema.org/True", 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower().rsplit("/", 1)[-1]
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word)
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    return None


def resolve(value: Any, by_id: dict[str, Thing] | None) -> list[Any]:  # noqa: ANN401 - JSON
    """The items of a field, references to other nodes of the page followed."""
    items = value if isinstance(value, list) else [value]
    return [
        (by_id or {}).get(item["@id"], item)
        if isinstance(item, dict) and isinstance(item.get("@id"), str) and not item.get("name")
        else item
        for item in items[:200]
        if item is not None
    ]
