"""Meta elements, links, microdata and visible marks of a page, gathered in one pass each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scraper.extract.jsonld import NEWS_TYPES, tidy
from scraper.extract.parts import Parts
from scraper.web import dom

MAX_VALUE_CHARS = 5_000
MAX_TYPES = 50
MAX_ITEMS = 200

_ARTICLE_ITEMS = NEWS_TYPES | {"CreativeWork", "Review", "Recipe", "VideoObject", "WebPage", "ItemPage"}

_READ_ITEMS = frozenset({"datePublished", "dateModified", "headline", "author"})
_HTML_SPACE = re.compile("[ \\t\\n\\f\\r]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What the head and the microdata of a page say, by name, in document order."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    """As they stand, by `property`, `name` or `http-equiv` in lower case."""
    items: dict[str, list[str]] = field(default_factory=dict)
    """Microdata of the article (or of no item), by `itemprop`."""
    item_types: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    language: str | None = None
    """The `lang` of the `html` element."""

    def first(self, *names: str) -> str | None:
        """The first value of the first of these meta names that has one."""
        return next(
            (text for name in names for value in self.meta.get(name, ()) if (text := tidy(value))), None
        )

    def all(self, *names: str) -> list[str]:
        """All values of these meta names."""
        return [text for name in names for value in self.meta.get(name, ()) if (text := tidy(value))]


def read_tags(parts: Parts) -> Tags:
    """Gather the meta elements, canonical links and microdata."""
    meta: dict[str, list[str]] = {}
    for node in parts.meta:
        attributes = node.attributes
        value = (attributes.get("content") or "")[:MAX_VALUE_CHARS]
        if not value:
            continue
        for key in ("property", "name", "http-equiv"):
            name = attributes.get(key)
            if name:
                meta.setdefault(name.strip().lower(), []).append(value)
    canonical = [dom.attribute(node, "href") for node in parts.canonical]
    root = parts.tree.root
    items, types = _microdata(parts.items)
    return Tags(
        meta=meta,
        items=items,
        item_types=types,
        canonical=tuple(filter(None, canonical)),
        language=(dom.attribute(root, "lang") or dom.attribute(root, "xml:lang"))
        if root is not None
        else None,
    )


def _microdata(nodes: list[dom.Node]) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    items: dict[str, list[str]] = {}
    types: list[str] = []
    seen = 0
    for node in nodes:
        attributes = node.attributes
        if len(types) < MAX_TYPES and (kind := attributes.get("itemtype")):
            types.append(kind.strip().rstrip("/").rsplit("/", 1)[-1])
        names = _HTML_SPACE.split(attributes.get("itemprop") or "")
        if _READ_ITEMS.isdisjoint(names) or seen >= MAX_ITEMS:
            continue
        seen += 1
        if not _belongs_to_article(node):
            continue
        for name in filter(None, names):
            value = _item_value(node, name)
            if value:
                items.setdefault(name, []).append(value)
    return items, tuple(types)


def _belongs_to_article(node: dom.Node) -> bool:
    """Whether the item around `node` is an article, or there is none."""
    for above in ancestors(node):
        if "itemscope" in above.attributes or "itemtype" in above.attributes:
            return dom.attribute(above, "itemtype").rstrip("/").rsplit("/", 1)[-1] in _ARTICLE_ITEMS
    return True


def _item_value(node: dom.Node, name: str) -> str:
    attributes = node.attributes
    if name.startswith("date"):
        value = attributes.get("content") or attributes.get("datetime")
        return tidy((value or dom.text(node))[:200])
    if name == "author":
        inner = [
            tidy(attributes_of(part, "content") or dom.text(part))
            for part in dom.css(node, "[itemprop~='name']")
        ]
        inner = [text for text in inner if text]
        if inner:
            return "; ".join(inner[:20])
    return tidy((attributes.get("content") or dom.text(node))[:MAX_VALUE_CHARS])


def attributes_of(node: dom.Node, name: str) -> str:
    """The value of an attribute, empty when missing."""
    return dom.attribute(node, name)


def ancestors(node: dom.Node) -> Iterator[dom.Node]:
    """The elements above a node, the nearest first."""
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
