"""An explanation as one HTML page that needs nothing else: no script, nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from importlib import resources
from typing import Final

from scraper.explain.model import Explanation, Piece
from scraper.web.printable import visible_lines

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_webpage(explanation: Explanation) -> str:
    """The page. Whatever the text holds is shown, never obeyed."""
    return "".join(_parts(explanation))


def _parts(explanation: Explanation) -> Iterator[str]:
    style = (resources.files("scraper.explain") / "webpage.css").read_text(encoding="utf-8")
    name = _text(explanation.name)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{name}: kept and removed</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
    )
    yield f'<a class="skip" href="#text">Skip to the text</a>\n<header>\n<h1>{name}</h1>\n'
    yield from _summary(explanation)
    yield from _facts(explanation)
    yield "</header>\n"
    yield from _rows(explanation)
    yield "</body>\n</html>\n"


def _summary(explanation: Explanation) -> Iterator[str]:
    kept, removed = explanation.words_kept, explanation.words_removed
    share = f" ({removed / (kept + removed):.1%})" if removed else ""
    yield f"<p class=sum><b>{kept:,}</b> words kept, <b>{removed:,}</b> removed{share}</p>\n"
    if not explanation.kinds:
        return
    first = {
        piece.removal.kind: number
        for number, piece in reversed(_numbered(explanation))
        if piece.removal is not None
    }
    yield "<table>\n<caption>Removed, by kind</caption>\n"
    yield "<thead><tr><th scope=col>kind</th><th scope=col>pieces</th><th scope=col>words</th></tr></thead>\n"
    yield "<tbody>\n"
    for count in explanation.kinds:
        kind = f'<a href="#r{first[count.kind]}">{_text(count.kind)}</a>'
        yield f"<tr><th scope=row>{kind}</th><td>{count.pieces:,}</td><td>{count.words:,}</td></tr>\n"
    yield "</tbody>\n</table>\n"


def _facts(explanation: Explanation) -> Iterator[str]:
    if explanation.facts:
        yield "<dl>\n"
        for name, value in explanation.facts:
            yield f"<div><dt>{_text(name)}</dt><dd dir=auto>{_text(value)}</dd></div>\n"
        yield "</dl>\n"


def _rows(explanation: Explanation) -> Iterator[str]:
    yield "<main id=text>\n<h2>Kept</h2><h2>Removed, right behind it</h2>\n"
    language = f' lang="{escape(explanation.language)}"' if explanation.language else ""
    numbers = {id(piece): number for number, piece in _numbered(explanation)}
    if not explanation.pieces:
        yield "<p class=none>There is no text.</p>\n"
    for row in explanation.rows:
        if row.kept is not None:
            tag = escape(row.kept.tag)
            yield f'<div class="kept {tag}" dir=auto{language}>{_text(row.kept.text)}</div>\n'
        if row.gone is not None:
            yield _gone(row.gone, numbers[id(row.gone)], len(numbers), language)
    yield "</main>\n"


def _gone(piece: Piece, number: int, last: int, language: str) -> str:
    removal = piece.removal
    if removal is None:
        return ""
    ways = [
        f'<a href="#r{other}">{label}</a>'
        for other, label in ((number - 1, "previous"), (number + 1, "next"))
        if 1 <= other <= last
    ]
    score = f" <span class=score>score {removal.score:g}</span>" if removal.score != 1 else ""
    return (
        f'<section class=gone id=r{number} tabindex=-1 aria-label="removed: {_text(removal.kind)}">\n'
        f"<p class=why><b>{_text(removal.kind)}</b>{score} <span class=ways>{' '.join(ways)}</span></p>\n"
        f"<del dir=auto{language}>{_text(piece.text)}</del>\n"
        f"<p class=rule>rule <code>{_text(removal.rule)}</code></p>\n</section>\n"
    )


def _numbered(explanation: Explanation) -> list[tuple[int, Piece]]:
    """The pieces that went, counted from 1."""
    gone = [piece for piece in explanation.pieces if piece.removal is not None]
    return list(enumerate(gone, start=1))


def _text(text: str) -> str:
    return escape(visible_lines("\n".join(text.expandtabs(1).splitlines())))
