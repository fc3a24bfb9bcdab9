"""What the visible page says of its author and date: bylines, `rel=author`, `time` elements."""

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from scraper.extract import nearby
from scraper.extract.jsonld import tidy
from scraper.extract.tags import ancestors
from scraper.web import dom

_BYLINE = (
    "[rel~='author' i],[class*='byline' i],[class*='aut' i],[id*='byline' i],[data-testid],address[class],"
    "a[href*='/author']"
)
"""Each selector costs a look at every element: "aut" is for author, autor and auteur."""
_NAMED = ("byline", "author", "autor", "auteur")
_NEVER = frozenset({"body", "html", "article", "main", "script", "img", "figure", "figcaption"})
_CHANGED = ("modif", "updat", "change")
_PUBLISHED = ("publi", "posted", "created", "entry-date")
"""Parts of the class names of dates."""
_ASIDE = frozenset({"aside", "footer", "nav", "form"})
_ELSEWHERE = re.compile(
    "comment|related|recommend|sidebar|teaser|promo|footer|more-|widget|social|share|bio", re.IGNORECASE
)
_NOT_ITSELF = re.compile("comment|related|image|photo|caption|avatar|icon")
_OTHERS = re.compile("comment|related|recommend|teaser|promo|card", re.IGNORECASE)
_WHOLE_PAGE = frozenset({"body", "html", "main", "article"})
MAX_BYLINE_CHARS = 160
MAX_BYLINES = 150
MAX_DATE_CHARS = 60
_DATED = "[class*='date' i],[class*='publi' i],[class*='posted' i]"
_MAX_BELOW = 12
"""An element with more nodes below it is no date, but a box around many things."""


def bylines(tree: dom.Tree) -> list[list[str]]:
    """Texts of elements that look like the article's byline, the most trustworthy first.

    Elements that stand side by side in boxes of one kind are one byline.
    """
    linked: dict[str, list[str]] = {}
    marked: dict[str, list[str]] = {}
    for node in dom.css(tree, _BYLINE)[:MAX_BYLINES]:
        attributes = node.attributes
        name = ((attributes.get("class") or "") + " " + (attributes.get("id") or "")).lower()
        is_link = "author" in (attributes.get("rel") or "").lower()
        if node.tag in _NEVER or not (is_link or _is_named(node, name)) or _elsewhere(node, name):
            continue
        text = tidy(dom.text(node)[: MAX_BYLINE_CHARS + 1])
        if text and len(text) <= MAX_BYLINE_CHARS:
            group = _path(node) if is_link else text
            (linked if is_link or "name" in name else marked).setdefault(group, []).append(text)
    return [list(dict.fromkeys(texts)) for texts in (*linked.values(), *marked.values())]


def _is_named(node: dom.Node, name: str) -> bool:
    """Whether class, id, test id or address of an element says that it names the author."""
    if node.tag == "address" or any(word in name for word in _NAMED):
        return True
    attributes = node.attributes
    testid = (attributes.get("data-testid") or "").lower()
    return "byline" in testid or "author" in testid or "/author" in (attributes.get("href") or "")


def _path(node: dom.Node) -> str:
    """The names and classes of an element and those right above it."""
    nearest = (node, *islice(ancestors(node), 4))
    return ">".join(f"{above.tag}.{above.attributes.get('class') or ''}" for above in nearest)


def _elsewhere(node: dom.Node, name: str) -> bool:
    """Whether the element belongs to a comment, a related story, a sidebar or the foot."""
    if _NOT_ITSELF.search(name):
        return True
    for count, above in enumerate(ancestors(node)):
        if count > 12:  # noqa: PLR2004 - boxes stand close by; high up, names speak of the whole page
            break
        tag = above.tag
        if tag in _ASIDE:
            return True
        if tag in _WHOLE_PAGE:
            continue
        attributes = above.attributes
        if _names_elsewhere(attributes.get("class") or "") or _names_elsewhere(attributes.get("id") or ""):
            return True
    return False


@lru_cache(maxsize=10_000)
def _names_elsewhere(names: str) -> bool:
    """Remembered across pages: sites repeat their names, and the boxes of one page stand in the same ones."""
    return bool(names) and _ELSEWHERE.search(names) is not None


class Times(NamedTuple):
    """Values of `time` elements, by what they are said to be."""

    published: list[str]
    changed: list[str]
    others: list[str]


def times(nodes: list[dom.Node]) -> Times:
    """Values of those `time` elements that may be the article's."""
    found = Times([], [], [])
    for node in nodes:
        name = _name_of(node)
        value = node.attributes.get("datetime") or dom.text(node)[:MAX_DATE_CHARS]
        if not value or _elsewhere(node, name):
            continue
        if _is_of_change(node, name):
            found.changed.append(tidy(value))
        elif "pubdate" in node.attributes or any(word in name for word in _PUBLISHED):
            found.published.append(tidy(value))
        else:
            found.others.append(tidy(value))
    return found


def _name_of(node: dom.Node) -> str:
    attributes = node.attributes
    return " ".join(
        filter(None, (attributes.get("class"), attributes.get("itemprop"), attributes.get("id")))
    ).lower()


def _is_of_change(node: dom.Node, name: str) -> bool:
    """Whether a name, a label or the text of an element says that its date is one of a change."""
    around = f"{name} {_class_of(node.parent)}"
    return any(word in around for word in _CHANGED) or nearby.says_changed(
        f"{_label(node)} {dom.text(node)[:MAX_DATE_CHARS]}"
    )


def _class_of(node: dom.Node | None) -> str:
    return ((node.attributes.get("class") or "") if node is not None else "").lower()


def _label(node: dom.Node) -> str:
    """The short text right before an element, which may say what it is."""
    for start in (node, node.parent):
        before = start.prev if start is not None else None
        for _ in range(6):
            if before is None:
                break
            text = (
                dom.text(before) if before.tag != dom.TEXT else " ".join((before.text_content or "").split())
            )
            if len(text) > 3:  # noqa: PLR2004 - a dot, a dash, "on"
                return text[-MAX_DATE_CHARS:]
            before = before.prev
    return ""


def _holds_much(node: dom.Node) -> bool:
    return any(count > _MAX_BELOW for count, _ in enumerate(dom.walk(node)))


def _of_others(node: dom.Node) -> bool:
    """Whether the element is part of a comment or of another story's teaser."""
    return any(
        _OTHERS.search(above.attributes.get("class") or "")
        for above in ancestors(node)
        if above.tag != "body"
    )


def only_day(nodes: list[dom.Node]) -> list[str]:
    """The first `time` value where all of the page agree on the day, wherever they stand."""
    values = [
        value
        for node in nodes
        if (value := dom.attribute(node, "datetime"))
        and not _of_others(node)
        and not _is_of_change(node, _name_of(node))
    ]
    return values[:1] if len({value[:10] for value in values}) == 1 else []


def dated(tree: dom.Tree) -> list[str]:
    """How elements begin whose class says that they hold a date, outside of other stories."""
    found = []
    for node in dom.css(tree, _DATED)[:40]:
        name = (node.attributes.get("class") or "").lower()
        if node.tag in _NEVER or node.tag == "time" or _holds_much(node) or _elsewhere(node, name):
            continue
        text = tidy(dom.text(node)[:MAX_DATE_CHARS])
        if text:
            found.append(text)
    return found
