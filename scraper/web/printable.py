"""Text and JSON as a terminal or a log may have them: nothing in them steers it or turns a line around."""

import logging

import msgspec

_HARMLESS = frozenset("\xa0\u200c\u200d\u3000")
"""Spaces and joiners that languages need, though Python does not call them printable."""


def visible(text: str) -> str:
    r"""`text` with control characters and marks of direction written out, as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(char if _is_harmless(char) else ascii(char)[1:-1] for char in text)


def visible_lines(text: str) -> str:
    """As `visible`, its line ends kept."""
    return "\n".join(map(visible, text.split("\n")))


def counted(number: int, thing: str) -> str:
    """A number of things, such as `1 file` or `2,000 files`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def json_line(record: object) -> str:
    """`record` as JSON on one line, its control characters escaped; reading it gives the same values."""
    text = msgspec.json.encode(record).decode()
    if text.isprintable():
        return text
    return "".join(char if _is_harmless(char) else _escaped(char) for char in text)


def _is_harmless(char: str) -> bool:
    return char.isprintable() or char in _HARMLESS


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


class _Visible(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible_lines(super().format(record))


def log_visibly() -> None:
    """Let what libraries log, which may quote a page, go to standard error in visible form.

    Without a handler of ours Python writes it there as it is. What trafilatura says of a page that it cannot
    read is left out: the page's outcome says it, and names the page.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    handler = logging.StreamHandler()
    handler.setFormatter(_Visible("scraper: %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
