"""Small parts of the report's page: figures as words, tables, sections."""

from collections.abc import Sequence
from datetime import datetime

from scraper.report.html import Child, Html, join, tag

MINUTE_S, HOUR_S = 60, 3600
SMALL = 0.1


def percent(count: float, whole: float) -> str:
    """A share, as one says it."""
    if not whole:
        return "none"
    share = count / whole
    # A small one says more with a decimal.
    return f"{share * 100:.1f} %" if 0 < share < SMALL else f"{share * 100:.0f} %"


def duration(seconds: float) -> str:
    """A span of time in the unit that suits it."""
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    if seconds < HOUR_S:
        return f"{int(seconds // MINUTE_S)} min {int(seconds % MINUTE_S)} s"
    return f"{int(seconds // HOUR_S)} h {int(seconds % HOUR_S // MINUTE_S)} min"


def moment(at: datetime) -> Html:
    """A point of time."""
    return tag("time", f"{at:%-d %b %Y, %H:%M}", datetime=at.isoformat(timespec="seconds"), class_="whole")


def section(name: str, heading: str, *children: Child) -> Html:
    """A part of the page with a heading that names it."""
    return tag("section", tag("h2", heading, id=name), children, aria_labelledby=name)


def scrolling(label: str, table: Html) -> Html:
    """A table that scrolls sideways in a narrow window, by keyboard too."""
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)


def legend(*entries: tuple[str, str]) -> Html:
    """What the colours stand for."""
    return tag(
        "ul",
        (
            tag(
                "li",
                tag(
                    "svg",
                    tag("rect", class_=class_, width=10, height=10),
                    viewBox="0 0 10 10",
                    aria_hidden="true",
                ),
                name,
            )
            for class_, name in entries
        ),
        class_="legend",
        role="list",
    )


def figure_table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str | int | Html]],
    *,
    folded: bool = True,
    words: int = 0,
) -> Html:
    """A table whose first column names its rows; the last `words` columns are no figures.

    `folded` hides it behind its caption.
    """
    figures = len(headings) - words
    table = tag(
        "table",
        tag("caption", caption) if not folded else None,
        tag(
            "thead",
            tag(
                "tr",
                (
                    tag("th", heading, scope="col", class_="figure" if 0 < at < figures else None)
                    for at, heading in enumerate(headings)
                ),
            ),
        ),
        tag("tbody", (_row(row, figures) for row in rows)),
        class_="figures-table",
    )
    region = scrolling(caption, table)
    return tag("details", tag("summary", caption), region, class_="figures") if folded else region


def _row(row: Sequence[str | int | Html], figures: int) -> Html:
    cells = [
        tag("td", _cell(value), class_="figure" if at < figures else None)
        for at, value in enumerate(row)
        if at
    ]
    return tag("tr", tag("th", _cell(row[0]), scope="row"), join(cells))


def _cell(value: str | int | Html) -> str:
    return f"{value:,}" if isinstance(value, int) else value
