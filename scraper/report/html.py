"""Builds HTML from Python values: what is not markup already is escaped, always."""

from collections.abc import Iterable
from html import escape

from scraper.web.printable import visible

VOID = frozenset({"br", "col", "link", "meta"})
"""Elements without content and without an end."""


class Html(str):
    """Markup that is safe to put into a page."""

    __slots__ = ()


Child = Html | str | int | None | Iterable["Child"]


def text(value: object) -> Html:
    """Anything, as text: markup is escaped, and control characters and marks of direction written out."""
    return Html(escape(visible(str(value))))


def join(*children: Child) -> Html:
    """Markup as it is, text escaped, None left out, sequences flattened."""
    parts: list[str] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            parts.append(child)
        elif isinstance(child, str | int):
            parts.append(text(child))
        else:
            parts.append(join(*child))
    return Html("".join(parts))


def tag(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Html:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; None and False leave one out."""
    written = []
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {attribute}")
        elif value is not None and value is not False:
            written.append(f' {attribute}="{text(value)}"')
    start = f"<{name}{''.join(written)}>"
    return Html(start if name in VOID else f"{start}{join(*children)}</{name}>")
