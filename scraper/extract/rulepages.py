"""A page as site rules see it: a tree of its own, asked by CSS or XPath, from which parts can be taken out.

Both kinds of page answer the same questions, so that `extract.siterules` applies both formats in one way.
Nothing here recurses.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from html import escape
from typing import Any, Protocol, Self, TypeVar

from lxml import etree

from scraper.extract.rulefiles import CssSelector
from scraper.web import dom

_KEPT = frozenset({"html", "head", "body"})
"""Elements that no rule can take out: without them there is no page."""
_CELLS = {
    "td": "<table><tr>{}</tr></table>",
    "th": "<table><tr>{}</tr></table>",
    "tr": "<table>{}</table>",
    "tbody": "<table>{}</table>",
    "thead": "<table>{}</table>",
    "tfoot": "<table>{}</table>",
}
"""What a parser needs around parts of a table to see them as such."""

Match = TypeVar("Match")


class SelectError(Exception):
    """A selector cannot be evaluated on this page."""


class RulePage(Protocol):
    """What can be asked of a page; matches are of the page's own kind."""

    changed: bool
    """Whether something was taken out."""

    def select(self, selector: Any) -> list[Any]:  # noqa: ANN401 - of the page's own kind
        """All matches, in document order.

        Raises:
            SelectError: The selector cannot be evaluated.
        """
        ...

    def text(self, match: Any, selector: Any) -> str:  # noqa: ANN401 - as above
        """What a match says, white space collapsed."""
        ...

    def html(self, matches: list[Any]) -> str:
        """The outermost of some matches as HTML, each in a `div` of its own."""
        ...

    def remove(self, matches: Iterable[Any]) -> None:
        """Take matches out, with all that is below them; they can't be used afterwards."""
        ...

    def named(self, words: list[str]) -> dict[str, list[Any]]:
        """Elements whose class or id contains each of some words."""
        ...

    def images(self, words: list[str]) -> dict[str, list[Any]]:
        """Images whose address contains each of some words."""
        ...

    def source(self) -> str:
        """The whole page as HTML, as it now is."""
        ...


class CssPage:
    """A page asked by CSS selectors."""

    def __init__(self, html: str) -> None:
        self.changed = False
        self._tree = dom.parse(html)

    def select(self, selector: CssSelector) -> list[dom.Node]:
        """All matches, in document order."""
        return dom.css(self._tree, selector.css)

    def text(self, match: dom.Node, selector: CssSelector) -> str:
        """The attribute that is asked for; `content` of `meta`, `datetime` of `time`; else the text."""
        if selector.attribute is not None:
            return _collapsed(dom.attribute(match, selector.attribute))
        if match.tag == "meta":
            return _collapsed(dom.attribute(match, "content"))
        if match.tag == "time" and (written := dom.attribute(match, "datetime")):
            return _collapsed(written)
        return dom.text(match)

    def html(self, matches: list[dom.Node]) -> str:
        """The outermost of some matches as HTML, each in a `div` of its own."""
        outermost = _outermost(matches, key=_address, parent=_above)
        return "".join(_wrapped(node.tag or "", node.html or "") for node in outermost)

    def remove(self, matches: Iterable[dom.Node]) -> None:
        """Take matches out, with all that is below them; they can't be used afterwards."""
        # A node below one that is gone is freed memory: only the outermost are touched.
        removable = [node for node in matches if node.tag not in _KEPT]
        for node in _outermost(removable, key=_address, parent=_above):
            node.decompose()
            self.changed = True

    def named(self, words: list[str]) -> dict[str, list[dom.Node]]:
        """Nothing: CSS says it in a selector."""
        return {word: [] for word in words}

    images = named

    def source(self) -> str:
        """The whole page as HTML, as it now is."""
        return self._tree.html or ""


class XPathPage:
    """A page asked by XPath 1.0. Its matches are elements, comments and strings."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401 - lxml has no types
        self.changed = False
        self._root = root

    @classmethod
    def parse(cls, html: str) -> Self:
        """Parse with libxml2, which the XPath of existing rules was written against.

        Raises:
            SelectError: There is nothing in it, or libxml2 stopped half-way: it reads 2,048 levels of nesting
                and drops the rest of the page.
        """
        # The encoding is said here, so that neither a meta element nor an XML declaration overrules it.
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        try:
            root = etree.fromstring(html.replace("\0", "").encode("utf-8", "ignore"), parser)
        except etree.LxmlError as error:
            raise SelectError(str(error)) from error
        if root is None:
            raise SelectError("there is nothing in it")
        for entry in parser.error_log:
            if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
                raise SelectError(entry.message)
        return cls(root)

    def select(self, selector: Any) -> list[Any]:  # noqa: ANN401 - lxml has no types
        """All matches, in document order; an expression that gives a string is one match.

        Raises:
            SelectError: It uses a function, prefix or variable that is not of XPath 1.0.
        """
        try:
            found = selector(self._root)
        except (etree.LxmlError, ValueError) as error:
            raise SelectError(str(error)) from error
        if isinstance(found, str):
            return [found] if found.strip() else []
        if not isinstance(found, list):  # a number or a truth value points at nothing
            return []
        return [match for match in found if isinstance(match, str) or hasattr(match, "getparent")]

    def text(self, match: Any, _: Any) -> str:  # noqa: ANN401 - as above
        """A string itself; of an element the text below it, words of neighbouring elements kept apart."""
        if isinstance(match, str):
            return _collapsed(match)
        if not isinstance(match.tag, str):
            return ""
        return _collapsed(" ".join(match.itertext()))

    def html(self, matches: list[Any]) -> str:
        """The outermost of some matches as HTML, each in a `div` of its own; strings as paragraphs."""
        elements = [match for match in matches if not isinstance(match, str) and isinstance(match.tag, str)]
        outermost = set(_outermost(elements, key=_itself, parent=_parent))
        parts = []
        for match in matches:
            if isinstance(match, str):
                parts.append(f"<p>{escape(match)}</p>")
            elif match in outermost:
                html = etree.tostring(match, encoding="unicode", method="html", with_tail=False)
                parts.append(_wrapped(match.tag, html))
        return "".join(parts)

    def remove(self, matches: Iterable[Any]) -> None:
        """Take matches out, with all that is below them. Attributes and computed strings stay."""
        for match in matches:
            if isinstance(match, str):
                self._remove_text(match)
            elif match.tag not in _KEPT:
                self._remove_node(match)

    def _remove_text(self, match: Any) -> None:  # noqa: ANN401 - as above
        holder = match.getparent() if hasattr(match, "getparent") else None
        if holder is None or match.is_attribute:
            return
        if match.is_tail:
            holder.tail = None
        else:
            holder.text = None
        self.changed = True

    def _remove_node(self, match: Any) -> None:  # noqa: ANN401 - as above
        holder = match.getparent()
        if holder is None:
            return
        if match.tail:  # what follows the element is not part of it
            before = match.getprevious()
            if before is None:
                holder.text = _settable((holder.text or "") + match.tail)
            else:
                before.tail = _settable((before.tail or "") + match.tail)
        holder.remove(match)
        self.changed = True

    def named(self, words: list[str]) -> dict[str, list[Any]]:
        """Elements whose class or id contains each of some words."""
        found: dict[str, list[Any]] = {word: [] for word in words}
        for element in _NAMED(self._root):
            names = f"{element.get('class', '')}\n{element.get('id', '')}"
            for word in words:
                if word in names:
                    found[word].append(element)
        return found

    def images(self, words: list[str]) -> dict[str, list[Any]]:
        """Images whose address contains each of some words."""
        found: dict[str, list[Any]] = {word: [] for word in words}
        for element in _IMAGES(self._root):
            for word in words:
                if word in element.get("src"):
                    found[word].append(element)
        return found

    def source(self) -> str:
        """The whole page as HTML, as it now is."""
        return str(etree.tostring(self._root, encoding="unicode", method="html"))


_NAMED = etree.XPath("//*[@class or @id]")
_IMAGES = etree.XPath("//img[@src]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but the `Char` of XML 1.0, 2.2."""


def _settable(text: str) -> str:
    """`text` without what lxml reads in HTML but refuses to write: control characters, non-characters."""
    return _NOT_XML.sub(" ", text)


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _wrapped(tag: str, html: str) -> str:
    return f"<div>{_CELLS.get(tag, '{}').replace('{}', html)}</div>"


def _address(node: dom.Node) -> int:
    return node.mem_id


def _above(node: dom.Node) -> dom.Node | None:
    return node.parent


def _itself(element: Any) -> Any:  # noqa: ANN401 - lxml has no types
    return element


def _parent(element: Any) -> Any:  # noqa: ANN401 - as above
    return element.getparent()


def _outermost(
    nodes: list[Match], *, key: Callable[[Match], Hashable], parent: Callable[[Match], Match | None]
) -> list[Match]:
    """`nodes` without those that stand below another of them; linear in the nodes and all their ancestors."""
    chosen = {key(node) for node in nodes}
    free: set[Hashable] = set()
    """Ancestors known to have no chosen node at or above them."""
    below: set[Hashable] = set()
    """Ancestors known to have one."""
    kept = []
    for node in nodes:
        passed = []
        above = parent(node)
        inside = False
        while above is not None and (at := key(above)) not in free:
            if at in chosen or at in below:
                inside = True
                break
            passed.append(at)
            above = parent(above)
        (below if inside else free).update(passed)
        if not inside:
            kept.append(node)
    return kept
