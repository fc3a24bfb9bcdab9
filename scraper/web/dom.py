"""The tree of an HTML page: parse it once, ask it many times. The only importer of selectolax.

A tree is shared by every reader of a page, so nobody changes it. Trees can be nested very
deep: nothing here recurses, and readers should use `css`, `walk` or the links between nodes
(`child`, `next`, `parent`) in a loop.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

Tree = LexborHTMLParser
"""A parsed page. Has `root`, `head`, `body`, `css(selector)`, `css_first(selector)`."""
Node = LexborNode
"""An element, text or comment of a tree. Has `tag`, `attributes`, `child`, `next`, `parent`, `css`…"""

TEXT = "-text"
"""`Node.tag` of a text node; its words are in `text_content`."""

FIRST_CUSTOM_NUMBER = 1_000
"""`Node.tag_id` of an element with a name of its own is its address in memory, thus above this."""
TEXT_NUMBER = 2
"""`Node.tag_id` of a text node."""
COMMENT_NUMBER = 4
"""`Node.tag_id` of a comment."""

MAX_DEPTH = 1_000
"""Elements nested deeper are unwrapped before parsing, their text kept. Lexbor looks upwards at
each block's start tag, so 100,000 nested elements take it 25 s; pages of the public corpora
(1,180 looked at) stay below 200."""
SUSPICIOUS_TAGS = 20_000
"""Pages with fewer `<` can't cost much and are not searched for deep nesting."""

# Elements whose end tag HTML lets authors leave out, and those that have none: they never pile up.
_NEVER_DEEP = frozenset(
    "p li dt dd tr td th tbody thead tfoot colgroup caption option optgroup rb rt rtc rp html head body "
    "area base br col embed hr img input link meta param source track wbr image keygen frame".split()
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)[^<>]*+>")


def parse(html: str) -> Tree:
    """Parse a page as a browser does; any text at all gives a tree with `html`, `head` and `body`.

    NUL and unpaired surrogates, which no text should hold, are taken out. Custom-event
    bookkeeping of the parser is off (`WO_EVENTS`): nobody changes the tree.
    """
    if "\0" in html:
        html = html.replace("\0", "")
    try:
        return LexborHTMLParser(_without_deep_nesting(html), options=LexborDocumentOptions.WO_EVENTS)
    except UnicodeEncodeError:
        html = html.encode("utf-8", "ignore").decode("utf-8")
        return LexborHTMLParser(_without_deep_nesting(html), options=LexborDocumentOptions.WO_EVENTS)


def _without_deep_nesting(html: str) -> str:
    """`html` without the tags of elements that stand deeper than `MAX_DEPTH`; linear in its length."""
    if html.count("<") < SUSPICIOUS_TAGS:
        return html
    kept_open: dict[str, int] = {}
    dropped_open: dict[str, int] = {}
    depth = 0
    parts: list[str] = []
    copied = 0
    for found in _TAG.finditer(html):
        closing, name = found[1], found[2].lower()
        if name in _NEVER_DEEP:
            continue
        if closing:
            if dropped_open.get(name):
                dropped_open[name] -= 1
            else:
                if kept_open.get(name):
                    kept_open[name] -= 1
                    depth -= 1
                continue
        elif depth < MAX_DEPTH:
            kept_open[name] = kept_open.get(name, 0) + 1
            depth += 1
            continue
        else:
            dropped_open[name] = dropped_open.get(name, 0) + 1
        parts.append(html[copied : found.start()])
        copied = found.end()
    if not parts:
        return html
    parts.append(html[copied:])
    return " ".join(parts)


def tag_numbers(names: Iterable[str]) -> dict[int, str]:
    """The names of elements of the HTML standard by `Node.tag_id`, which is cheaper to read than `tag`.

    The parser numbers all trees alike; names that it does not know have no lasting number and are left out.
    """
    tree = LexborHTMLParser("")
    numbers = {tree.create_node(name).tag_id: name for name in names}
    return {number: name for number, name in numbers.items() if number < FIRST_CUSTOM_NUMBER}


def css(where: Tree | Node, selector: str) -> list[Node]:
    """All descendants that match, in document order."""
    return where.css(selector)


def css_as_written(where: Tree | Node, selector: str) -> list[Node]:
    """As `css`, with a selector that a page wrote: nothing matches one that cannot be read."""
    try:
        return where.css(selector)
    except SelectolaxError:
        return []


def first(where: Tree | Node, selector: str) -> Node | None:
    """The first descendant that matches."""
    return where.css_first(selector)


def attribute(node: Node, name: str) -> str:
    """The value of an attribute without surrounding space; empty when missing or without value."""
    return (node.attributes.get(name) or "").strip()


def text(node: Node) -> str:
    """All text below a node, white space collapsed; words of neighbouring elements stay apart.

    Use it for short things (a title, a byline); `extract.blocks` reads running text.
    """
    return " ".join(node.text(separator=" ").split())


def raw_text(node: Node) -> str:
    """The text below a node as it stands: for `script` and `style`."""
    return node.text()


def walk(start: Node, skip: Callable[[str], bool] | None = None) -> Iterator[Node]:
    """`start` and everything below it in document order, text nodes included.

    Args:
        start: Where to begin.
        skip: Told an element's tag, says whether to pass over it and what is below it.
    """
    stack: list[Node] = []
    node: Node | None = start
    while node is not None:
        tag = node.tag or ""
        child = None
        if skip is None or not skip(tag):
            yield node
            if tag != TEXT:
                child = node.child
        if child is not None:
            stack.append(node)
            node = child
            continue
        following = None
        while stack and (following := node.next) is None:
            node = stack.pop()
        node = following if stack else None
