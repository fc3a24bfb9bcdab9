"""An explanation as lines for a terminal, or for a file: nothing in the text can steer either."""

from collections.abc import Iterator
from io import StringIO
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scraper.explain.model import Explanation, Piece
from scraper.web.printable import visible

SIDE_BY_SIDE: Final = 72
"""Columns from which two texts fit beside each other."""
LONGEST_RULE: Final = 100
"""Characters of a rule that are shown; the page shows all of it."""
PREFIXES: Final = {"h2": "## ", "h3": "### ", "li": "- ", "quote": "> "}


def as_lines(explanation: Explanation, *, width: int = 80, colour: bool = False) -> str:
    """The explanation as text of `width` columns, with the colours of terminals or without any."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    console.print(Text(visible(explanation.name), style="bold"))
    for name, value in explanation.facts:
        console.print(Text.assemble((f"{name}: ", "dim"), _shown(value)))
    console.print()
    _summary(explanation, console)
    console.print()
    if width >= SIDE_BY_SIDE:
        console.print(_table(explanation))
    else:
        _below_each_other(explanation, console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _summary(explanation: Explanation, console: Console) -> None:
    kept, removed = explanation.words_kept, explanation.words_removed
    share = f" ({removed / (kept + removed):.1%})" if removed else ""
    console.print(f"{_many(kept, 'word')} kept, {removed:,} removed{share}")
    for count in explanation.kinds:
        console.print(
            Text.assemble(
                ("  " + count.kind, "yellow"),
                f": {_many(count.words, 'word')} in {_many(count.pieces, 'piece')}",
            )
        )


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _table(explanation: Explanation) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("kept", ratio=3, overflow="fold")
    table.add_column("removed, right behind it", ratio=2, overflow="fold", vertical="bottom")
    for row in explanation.rows:
        table.add_row(_kept(row.kept), _gone(row.gone))
        table.add_row("", "")
    return table


def _below_each_other(explanation: Explanation, console: Console) -> None:
    for piece in explanation.pieces:
        if piece.removal is None:
            console.print(_kept(piece))
        else:
            for line in _gone(piece).wrap(console, max(10, console.width - 2)):
                console.print(Text.assemble(("| ", "red"), line))
        console.print()


def _kept(piece: Piece | None) -> Text:
    if piece is None:
        return Text()
    style = "bold" if piece.tag in {"h2", "h3"} else ""
    return Text(PREFIXES.get(piece.tag, ""), style=style).append(_shown(piece.text))


def _gone(piece: Piece | None) -> Text:
    if piece is None or piece.removal is None:
        return Text()
    rule = visible(piece.removal.rule)
    if len(rule) > LONGEST_RULE:
        rule = rule[: LONGEST_RULE - 1] + "…"
    return Text.assemble(
        (f"[{piece.removal.kind}] ", "bold yellow"),
        (_shown(piece.text).plain, "red"),
        "\n",
        (f"rule {rule}", "dim"),
        (f", score {piece.removal.score:g}" if piece.removal.score != 1 else "", "dim"),
    )


def _shown(text: str) -> Text:
    return Text("\n".join(_lines(text)))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield visible(" ".join(line.split()))
