"""The timed entries that a page prints one after another, as live blogs do."""

import re
from typing import Final, NamedTuple

from scraper.web import dom

MAX_TIMES: Final = 1_000
"""Times of a page that are looked at; the longest live blogs print some hundred entries."""
MAX_UP: Final = 40
"""Steps upwards from a time to the list that its entry stands in."""
TIMES: Final = "time,[datetime],[class*='timestamp'],[class*='post-time'],[class*='entry-time']"
MAX_PRINTED: Final = 60
"""A printed time is no longer, whatever words stand around it."""
_SPACE: Final = re.compile(r"\s+")
_LETTER: Final = re.compile(r"[^\W_]")


class TimedEntry(NamedTuple):
    """One entry."""

    printed: str
    """Its time as the page prints it; may be empty."""
    moment: str
    """Its time as the page declares it to machines; may be empty."""
    text: str
    """All its text, without white space."""


def squeezed(text: str) -> str:
    """`text` without white space, as entries are compared."""
    return _SPACE.sub("", text)


def timelines(tree: dom.Tree) -> list[tuple[TimedEntry, ...]]:
    """All lists of timed entries, the longest first; in each, the order is the page's.

    A list is an element several of whose children hold a time; an entry reaches from such a child to
    the next one, so that it makes no odds whether a page wraps its entries.
    """
    lists: dict[int, tuple[dom.Node, dict[int, dom.Node]]] = {}
    for time in dom.css(tree, TIMES)[:MAX_TIMES]:
        child = time
        for _ in range(MAX_UP):
            parent = child.parent
            if parent is None or parent.tag in {"body", "html"}:
                break
            _, firsts = lists.setdefault(parent.mem_id, (parent, {}))
            firsts.setdefault(child.mem_id, time)
            child = parent
    found = [(parent, firsts) for parent, firsts in lists.values() if len(firsts) > 1]
    found.sort(key=lambda pair: -len(pair[1]))
    return [_entries(parent, firsts) for parent, firsts in found[:10]]


def _entries(parent: dom.Node, firsts: dict[int, dom.Node]) -> tuple[TimedEntry, ...]:
    entries: list[TimedEntry] = []
    parts: list[str] = []
    time: dom.Node | None = None
    child = parent.child
    while child is not None:
        opening = firsts.get(child.mem_id)
        if opening is not None:
            if time is not None:
                entries.append(_entry(time, parts))
            time, parts = opening, []
        if time is not None:
            parts.append(child.text() if child.tag != dom.TEXT else child.text_content or "")
        child = child.next
    if time is not None:
        entries.append(_entry(time, parts))
    return tuple(entries)


def _entry(time: dom.Node, parts: list[str]) -> TimedEntry:
    printed = dom.text(time)
    return TimedEntry(
        printed=printed if len(printed) <= MAX_PRINTED else "",
        moment=dom.attribute(time, "datetime"),
        text=squeezed("".join(parts)),
    )
