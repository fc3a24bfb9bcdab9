"""The elements that metadata is read from, found in two passes over the tree."""

from dataclasses import dataclass, field

from scraper.web import dom

MAX_META = 3_000
MAX_BLOCKS = 60
"""Blocks of JSON-LD, and elements with microdata types, that are looked at."""
MAX_PARAGRAPHS = 60

_SELECTOR = (
    "meta[content],title,h1,time,figure,p,link[rel~='canonical' i],"
    "script[type*='ld+json' i],script[type*='ld json' i]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Elements of one page by kind, in document order."""

    tree: dom.Tree
    meta: list[dom.Node] = field(default_factory=list)
    titles: list[dom.Node] = field(default_factory=list)
    headings: list[dom.Node] = field(default_factory=list)
    """The `h1` elements."""
    times: list[dom.Node] = field(default_factory=list)
    figures: list[dom.Node] = field(default_factory=list)
    paragraphs: list[dom.Node] = field(default_factory=list)
    canonical: list[dom.Node] = field(default_factory=list)
    linked_data: list[dom.Node] = field(default_factory=list)
    """Scripts of JSON-LD."""
    items: list[dom.Node] = field(default_factory=list)
    """Elements with `itemprop` or `itemtype`."""

    @property
    def title(self) -> dom.Node | None:
        """The `title` of the document, not that of a drawing in it."""
        for node in self.titles:
            if node.parent is not None and node.parent.tag == "head":
                return node
        return self.titles[0] if self.titles else None


def gather(tree: dom.Tree) -> Parts:
    """Find all parts; asking for many kinds at once costs little more than for one."""
    parts = Parts(tree=tree, items=dom.css(tree, "[itemprop],[itemtype]"))
    by_number = {
        number: (getattr(parts, name), limit)
        for number, tag in _NUMBERS.items()
        for name, limit in (_KINDS[tag],)
    }
    for node in dom.css(tree, _SELECTOR):
        found = by_number.get(node.tag_id)
        if found is not None and len(found[0]) < found[1]:
            found[0].append(node)
    return parts


_KINDS = {
    "meta": ("meta", MAX_META),
    "title": ("titles", 10),
    "h1": ("headings", 6),
    "time": ("times", 40),
    "figure": ("figures", 25),
    "p": ("paragraphs", MAX_PARAGRAPHS),
    "link": ("canonical", 5),
    "script": ("linked_data", MAX_BLOCKS),
}
_NUMBERS = dom.tag_numbers(_KINDS)
