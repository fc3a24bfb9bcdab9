"""Charts as inline SVG: bars over time, shares of a whole, bars beside figures.

The drawings hold no text, so that they may be stretched to any width; what they say stands beside them, and
in their titles.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scraper.report.html import Html, join, tag

STEP = 10
"""Width of a bar and its gap, in the drawing's own units."""
BAR = 8
HEIGHT = 100
FEWEST = 12
"""Bars that there is room for in any case, so that a few do not grow into walls."""


class Column(NamedTuple):
    """A bar: what it stands for, and its pieces from the bottom up, each with its class."""

    title: str
    pieces: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """Its height."""
        return sum(value for _, value in self.pieces)


def columns(bars: Sequence[Column], *, label: str | None, class_: str = "columns") -> Html:
    """Bars side by side; without a label they are ornament to readers of the text."""
    top = max((bar.total for bar in bars), default=0) or 1
    width = max(FEWEST, len(bars)) * STEP
    return tag(
        "svg",
        (_column(bar, at * STEP, top) for at, bar in enumerate(bars)),
        class_=class_,
        viewBox=f"0 0 {width} {HEIGHT}",
        preserveAspectRatio="none",
        role="img" if label else None,
        aria_label=label,
        aria_hidden=None if label else "true",
    )


def _column(bar: Column, left: int, top: float) -> Html:
    drawn = []
    base = float(HEIGHT)
    for class_, value in bar.pieces:
        # What is there at all is seen.
        height = max(1.5, value / top * HEIGHT) if value else 0.0
        base -= height
        if height:
            shape = {"x": left + 1, "y": round(max(0.0, base), 2), "width": BAR, "height": round(height, 2)}
            drawn.append(tag("rect", class_=class_, **shape))
    # The whole height answers to the pointer, not only what is drawn.
    ground = tag("rect", class_="ground", x=left, y=0, width=STEP, height=HEIGHT)
    return tag("g", tag("title", bar.title), ground, drawn)


def shares(pieces: Iterable[tuple[str, str, int]]) -> Html:
    """One bar divided among outcomes (class, name, count); ornament, as its figures stand beside it."""
    pieces = tuple(pieces)
    whole = sum(count for _, _, count in pieces) or 1
    drawn = []
    left = 0.0
    for class_, name, count in pieces:
        if count:
            width = count / whole * HEIGHT
            bar = tag("rect", class_=class_, x=round(left, 2), y=0, width=round(width, 2), height=10)
            drawn.append(tag("g", tag("title", f"{count:,} {name}"), bar))
            left += width
    return tag(
        "svg",
        join(drawn),
        class_="shares",
        viewBox=f"0 0 {HEIGHT} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def bars(caption: str, heading: str, rows: Iterable[tuple[str, int]], *, class_: str) -> Html:
    """A table of counts, each with a bar as long as its share of the largest."""
    rows = tuple(rows)
    top = max((count for _, count in rows), default=0) or 1
    whole = sum(count for _, count in rows) or 1
    return tag(
        "table",
        tag("caption", caption),
        tag(
            "thead",
            tag(
                "tr",
                tag("th", heading, scope="col"),
                tag("th", "count", scope="col", class_="figure"),
                tag("th", "share", scope="col", class_="figure"),
                tag("td", class_="bar"),
            ),
        ),
        tag(
            "tbody",
            (
                tag(
                    "tr",
                    tag("th", name.replace("_", " "), scope="row"),
                    tag("td", f"{count:,}", class_="figure"),
                    tag("td", f"{count / whole * 100:.0f} %", class_="figure"),
                    tag("td", shares_of(count / top, class_), class_="bar"),
                )
                for name, count in rows
            ),
        ),
        class_="bars",
    )


def shares_of(share: float, class_: str) -> Html:
    """A bar that fills a share of its room."""
    bar = tag("rect", class_=class_, x=0, y=0, width=round(share * HEIGHT, 2), height=10)
    return tag(
        "svg",
        bar,
        class_="length",
        viewBox=f"0 0 {HEIGHT} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
