"""What is printed around the headline: a date or byline that no markup announces."""

# ruff: noqa: RUF001 - full-width colons and brackets as pages print them

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scraper.extract import dates
from scraper.extract.authors import clean_authors, looks_like_person, opens_byline
from scraper.extract.dates import Moment
from scraper.extract.parts import Parts
from scraper.extract.tags import ancestors
from scraper.rules.loader import load
from scraper.web import dom

LINES_AFTER = 45
LINES_BEFORE = 12
LINE_CHARS = 140
"""Longer pieces are running text."""
LINES_OF_BYLINE = 8
LABEL_CHARS = 40
JOINT_CHARS = 3
"""A dash, a dot or "on" may stand between a label and its date."""
CREDITED_CHARS = 5
"""Longer names than Chinese ones are not looked for behind a label in the running text."""
PARAGRAPHS = 3
"""Pieces of running text after which the head of the article is over."""

_HIDDEN = frozenset(
    dom.tag_numbers(
        (
            "script",
            "style",
            "template",
            "svg",
            "noscript",
            "select",
            "form",
            "nav",
            "aside",
            "footer",
            "figcaption",
        )
    )
)
_CLOSED = _HIDDEN | {dom.TEXT_NUMBER}
"""Below which nothing is read."""
_CREDITED = re.compile(r"\s{0,3}[:：]\s{0,3}([^\s<>()（）|]{2,30})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_STATE = re.compile(
    r"ubli(?:sh|shed|cation)_?(?:[Aa]t|[Dd]ate|[Oo]n)?(?:\\{0,3}[\"']|&quot;)?\s{0,3}:\s{0,3}(?:\\{0,3}[\"']|&quot;)"
    r"(\d{4}-\d\d-\d\d[T ]?[\d:.+Z-]{0,24})"
)  # begins with a fixed text, for which the whole source is searched fast


@cache
def _changed() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load("dates.toml")["changed"])), re.IGNORECASE)


@cache
def _other() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load("dates.toml")["other"])), re.IGNORECASE)


def _split(line: str) -> tuple[str, str]:
    """What of a line speaks of publication, and what of a change: "1 April. Updated: 3 April"."""
    found = _changed().search(line)
    return (line[: found.start()], line[found.start() :]) if found else (line, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """Short pieces of text around the headline, those after it first."""

    lines: tuple[str, ...] = ()

    def published(self, language: str | None) -> Moment | None:
        """The first date that is not said to be one of a change."""
        for label, line in self._dated():
            first = "" if _changed().search(label) else _split(line)[0]
            moment = dates.parse_date(first, language=language) if _YEAR.search(first) else None
            if moment:
                return moment
        return None

    def modified(self, language: str | None) -> Moment | None:
        """The first date that is said to be one of a change, by its line or the short one before it."""
        for label, line in self._dated():
            last = line if _changed().search(label) else _split(line)[1]
            moment = dates.parse_date(last, language=language) if _YEAR.search(last) else None
            if moment:
                return moment
        return None

    def _dated(self) -> Iterator[tuple[str, str]]:
        """Lines that name a year, each with the short one before it that may say what the date is."""
        label = ""
        for line in self.lines:
            if len(line) <= LINE_CHARS and _YEAR.search(line) and not _other().search(label + " " + line):
                yield label, line
            if len(line) > JOINT_CHARS:
                label = line if len(line) < LABEL_CHARS else ""

    def authors(self) -> tuple[str, ...]:
        """People named behind a "By": in the same piece of text or in the next."""
        for index, line in enumerate(self.lines):
            if len(line) > LINE_CHARS:
                continue
            rest = opens_byline(line)
            if rest is None:
                continue
            if not rest and index + 1 < len(self.lines):
                rest = self.lines[index + 1]
            enough = 1 if len(rest.split()) == 1 else 2
            names = tuple(name for name in clean_authors([rest]) if looks_like_person(name, at_least=enough))
            if names:
                following = self.lines[index + (1 if opens_byline(line) else 2) :][:LINES_OF_BYLINE]
                return tuple(dict.fromkeys((*names, *_more(rest, following))))
        return ()


def _more(last: str, lines: tuple[str, ...]) -> Iterator[str]:
    """Names in the pieces that follow a byline, as long as a comma or conjunction joins them."""
    joined = last.endswith(",")
    for line in lines:
        if line.casefold().strip() in _joints():
            joined = True
            continue
        if not joined:
            return
        names = [name for name in clean_authors([line]) if looks_like_person(name)]
        if not names or len(line) > LINE_CHARS:
            return
        yield from names
        joined = line.endswith(",")


@cache
def _joints() -> frozenset[str]:
    return frozenset((",", *load("authors.toml")["conjunctions"]))


def credited(html: str) -> tuple[str, ...]:
    """People named behind a word that says so anywhere, as Chinese pages do at the end of the text."""
    for word in load("authors.toml")["credits"]:
        start = html.find(word)
        if start >= 0 and (found := _CREDITED.match(html, start + len(word))):
            names = tuple(name for name in clean_authors([found[1]]) if len(name) <= CREDITED_CHARS)
            if names:
                return names
    return ()


def around_headline(parts: Parts) -> Nearby:
    """Read the text around the first heading, or the first of the body where there is none."""
    heads = parts.headings
    start = next(
        (node for node in heads if any(above.tag in {"main", "article"} for above in ancestors(node))),
        heads[0] if heads else dom.first(parts.tree, "h2"),
    )
    if start is None:
        return Nearby()
    after: list[str] = []
    long_ones = 0
    for line in _texts(_after(start)):
        after.append(line)
        long_ones += len(line) > LINE_CHARS
        if len(after) >= LINES_AFTER or long_ones >= PARAGRAPHS:
            break
    before: list[str] = []
    for line in _texts(_before(start)):
        before.append(line)
        if len(before) >= LINES_BEFORE:
            break
    return Nearby(lines=(*after, *before))


def _texts(nodes: Iterator[dom.Node]) -> Iterator[str]:
    for node in nodes:
        if node.tag_id == dom.TEXT_NUMBER:
            line = " ".join((node.text_content or "")[:1000].split())
            if len(line) > 1 or line in _joints():
                yield line


def _after(start: dom.Node) -> Iterator[dom.Node]:
    """Nodes behind `start` in document order, hidden ones passed over; at most a few thousand."""
    node: dom.Node | None = start
    for _ in range(3000):
        child = node.child if node is not None and node.tag_id not in _CLOSED else None
        while node is not None and child is None:
            child = node.next
            if child is None:
                node = node.parent
        if child is None:
            return
        node = child
        yield node


def _before(start: dom.Node) -> Iterator[dom.Node]:
    """Nodes before `start`, the nearest first; at most a few hundred."""
    node: dom.Node | None = start
    for _ in range(400):
        earlier = node.prev if node is not None else None
        if earlier is None:
            node = node.parent if node is not None else None
            if node is None or node.tag in {"body", "html"}:
                return
            continue
        node = earlier
        while node.tag_id not in _CLOSED and node.last_child is not None:
            node = node.last_child
        yield node


def says_changed(text: str) -> bool:
    """Whether a short text says that its date is one of a change."""
    return bool(_changed().search(text))


def speaks_of_publication(text: str) -> bool:
    """Whether a short text with a year does not say that its date is of something else."""
    return bool(_YEAR.search(text)) and not _changed().search(text) and not _other().search(text)


def in_state(html: str) -> list[Moment]:
    """Dates of publication in the data that scripts of the page carry, when they all name one day."""
    found = [moment for value in _STATE.findall(html)[:20] if (moment := dates.parse_date(value))]
    return found[:1] if len({moment.utc.date() for moment in found}) == 1 else []
