"""What the visible page says of its author and date: bylines, `rel=author`, `time` elements."""

from itertools import islice

from scraper.extract.jsonld import tidy
from scraper.extract.tags import ancestors
from scraper.web import dom

_BYLINE = (
    "[rel~='author' i],[class*='byline' i],[class*='author' i],[id*='byline' i],[class*='autor' i],"
    "[class*='auteur' i],[data-testid*='byline' i],[data-testid*='author' i],address[class],"
    "a[href*='/author/'],a[href*='/authors/']"
)
_NEVER = frozenset({"body", "html", "article", "main", "script", "img", "figure", "figcaption"})
_ASIDE = frozenset({"aside", "footer", "nav", "form"})
_ELSEWHERE = (
    "comment",
    "related",
    "recommend",
    "sidebar",
    "teaser",
    "promo",
    "footer",
    "more-",
    "widget",
    "social",
    "share",
    "bio",
)
MAX_BYLINE_CHARS = 160


def bylines(tree: dom.Tree) -> list[list[str]]:
    """Texts of elements that look like the article's byline, the most trustworthy first.

    Elements that stand side by side in boxes of one kind are one byline.
    """
    linked: dict[str, list[str]] = {}
    marked: dict[str, list[str]] = {}
    for node in dom.css(tree, _BYLINE)[:60]:
        attributes = node.attributes
        name = ((attributes.get("class") or "") + " " + (attributes.get("id") or "")).lower()
        if node.tag in _NEVER or _elsewhere(node, name):
            continue
        is_link = "author" in (attributes.get("rel") or "").lower()
        text = tidy(dom.text(node)[: MAX_BYLINE_CHARS + 1])
        if text and len(text) <= MAX_BYLINE_CHARS:
            group = _path(node) if is_link else text
            (linked if is_link or "name" in name else marked).setdefault(group, []).append(text)
    return [list(dict.fromkeys(texts)) for texts in (*linked.values(), *marked.values())]


def _path(node: dom.Node) -> str:
    """The names and classes of an element and those right above it."""
    nearest = (node, *islice(ancestors(node), 4))
    return ">".join(f"{above.tag}.{above.attributes.get('class') or ''}" for above in nearest)


def _elsewhere(node: dom.Node, name: str) -> bool:
    """Whether the element belongs to a comment, a related story, a sidebar or the foot."""
    if any(word in name for word in ("comment", "related", "image", "photo", "caption", "avatar", "icon")):
        return True
    for count, above in enumerate(ancestors(node)):
        if count > 12:  # noqa: PLR2004 - boxes stand close by; high up, names speak of the whole page
            break
        if above.tag in _ASIDE:
            return True
        marks = ((above.attributes.get("class") or "") + " " + (above.attributes.get("id") or "")).lower()
        if above.tag not in {"body", "html", "main", "article"} and any(word in marks for word in _ELSEWHERE):
            return True
    return False


def times(tree: dom.Tree) -> tuple[list[str], list[str]]:
    """Values of `time` elements that may be the article's: published ones and others."""
    marked: list[str] = []
    others: list[str] = []
    for node in dom.css(tree, "time")[:40]:
        attributes = node.attributes
        name = " ".join(
            filter(None, (attributes.get("class"), attributes.get("itemprop"), attributes.get("id")))
        ).lower()
        if any(word in name for word in ("modif", "updat", "change")) or _elsewhere(node, name):
            continue
        value = attributes.get("datetime") or dom.text(node)
        if not value:
            continue
        is_marked = "pubdate" in attributes or any(
            word in name for word in ("publi", "posted", "created", "entry-date")
        )
        (marked if is_marked else others).append(tidy(value))
    return marked, others


def _of_others(node: dom.Node) -> bool:
    """Whether the element is part of a comment or of another story's teaser."""
    return any(
        word in (above.attributes.get("class") or "").lower()
        for above in ancestors(node)
        for word in ("comment", "related", "recommend", "teaser", "promo", "card")
        if above.tag != "body"
    )


def only_day(tree: dom.Tree) -> list[str]:
    """The first `time` value where all of the page agree on the day, wherever they stand."""
    nodes = [node for node in dom.css(tree, "time[datetime]")[:40] if not _of_others(node)]
    values = [value for node in nodes if (value := dom.attribute(node, "datetime"))]
    return values[:1] if len({value[:10] for value in values}) == 1 else []
