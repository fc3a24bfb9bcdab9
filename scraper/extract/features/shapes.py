"""What a block looks like: length, links, punctuation, capitals, emphasis, and what it repeats."""

import re
from collections.abc import Sequence
from typing import Final

from scraper.extract.blocks import Piece
from scraper.extract.features.names import LAST, LOG, LOG_SIZE, TOP
from scraper.extract.lines import flat
from scraper.records import Metadata

# ruff: noqa: RUF001 - the punctuation of other scripts is meant
WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
CJK_SHARE: Final = 0.3
HEAD_WORDS: Final = 16
"""Capitals are counted in the first words only."""
ENDS: Final = dict.fromkeys(".!?。！？…।۔؟", 2) | dict.fromkeys(":;：；", 1)
CLOSERS: Final = "\"'”’»›)]）」』“ "
TAG_CODES: Final = {
    "p": 0, "div": 1, "li": 2, "td": 3, "tr": 3, "th": 3, "section": 1, "article": 1, "blockquote": 4,
    "pre": 4, "h1": 5, "h2": 6, "h3": 7, "h4": 8, "h5": 9, "h6": 9, "dd": 10, "dt": 10, "figcaption": 11,
    "button": 12, "label": 12, "legend": 12, "footer": 13, "header": 13, "address": 13, "summary": 14,
}  # fmt: skip
OTHER_TAG: Final = 1
NO_TAG: Final = 20
HINT_HEAD: Final = 80
HINT_CHARS: Final = 50
"""Characters of a block that are looked for in what the page says of itself, before and after squeezing."""
MIN_PROBE: Final = 15
"""Characters a block needs to be looked for in the page's JSON-LD body and description."""


def squeezed(text: str) -> str:
    """Without white space and in lower case, for comparing."""
    return "".join(text.split()).lower()


def is_wide(whole: str) -> bool:
    """Whether a page is written in a script that parts no words and says more in a character."""
    return not whole.isascii() and len(WIDE.findall(whole)) > CJK_SHARE * len(whole)


def shapes(
    pieces: Sequence[Piece], whole: str, sizes: Sequence[int], links: Sequence[int], metadata: Metadata
) -> list[bytes]:
    """The columns of `names.SHAPE`; `whole` is all the text of the page."""
    texts = [piece.text for piece in pieces]
    lengths = list(map(len, texts))
    lasts = [text[-4:].rstrip(CLOSERS)[-1:] for text in texts]
    word_lengths, titles = _words(texts, lengths)
    return [
        bytes([LOG[size if size < LOG_SIZE else LAST] for size in sizes]),
        bytes([TOP * link // length for link, length in zip(links, lengths, strict=True)]),
        _counts(texts, whole, ",，、"),
        bytes([ENDS.get(last, 0) for last in lasts]),
        word_lengths,
        titles,
        bytes(map(_first, texts)),
        _shares([piece.bold_chars for piece in pieces], lengths),
        _shares([piece.emphasis_chars for piece in pieces], lengths),
        _capped([piece.breaks for piece in pieces]),
        _counts(texts, whole, "|•·»"),
        bytes([TAG_CODES.get(piece.box.tag, OTHER_TAG) for piece in pieces]),
        _capped([piece.box.depth for piece in pieces]),
        *_known(texts, metadata),
        _repeated(texts if "\n" not in whole else list(map(flat, texts))),
    ]


def _capped(values: list[int]) -> bytes:
    try:
        column = bytes(values)
    except ValueError:
        column = b"\xff"
    return column if max(column) <= TOP else bytes([min(TOP, value) for value in values])


def _counts(texts: list[str], whole: str, marks: str) -> bytes:
    """How often any of the marks stands in each text."""
    present = [mark for mark in marks if mark in whole]
    if not present:
        return bytes(len(texts))
    counts = [text.count(present[0]) for text in texts]
    for mark in present[1:]:
        counts = [count + text.count(mark) for count, text in zip(counts, texts, strict=True)]
    return _capped(counts)


def _shares(parts: list[int], lengths: list[int]) -> bytes:
    if not any(parts):
        return bytes(len(parts))
    return bytes([TOP * min(part, length) // length for part, length in zip(parts, lengths, strict=True)])


def _first(text: str) -> int:
    start = text[0]
    if start.isupper():
        return 0
    if start.islower():
        return 1
    return 2 if start.isdigit() else 3


def _words(texts: list[str], lengths: list[int]) -> tuple[bytes, bytes]:
    """Mean length of each text's words in eighths, and the share of capitalised ones among the first."""
    means, titles = [], []
    is_title = str.istitle
    for text, length in zip(texts, lengths, strict=True):
        words = text.split(None, HEAD_WORDS)
        count = len(words)
        if count > HEAD_WORDS:
            length -= len(words.pop())  # noqa: PLW2901 - only the head is looked at
            count = HEAD_WORDS
        means.append((length + 1) * 8 // count)
        titles.append(TOP * sum(map(is_title, words)) // count)
    return _capped(means), bytes(titles)


def _known(texts: list[str], metadata: Metadata) -> tuple[bytes, bytes, bytes]:
    """Which texts stand in the page's JSON-LD body, title and description."""
    body = squeezed(metadata.article_body or "")
    title = squeezed(metadata.title or "")
    description = squeezed(metadata.description or "")
    none = bytes(len(texts))
    if not (body or title or description):
        return none, none, none
    probes = ["".join(text[:HINT_HEAD].split()).lower()[:HINT_CHARS] for text in texts]
    return (
        bytes([len(probe) > MIN_PROBE and probe in body for probe in probes]) if body else none,
        bytes([probe in title or probe.startswith(title) for probe in probes]) if title else none,
        bytes([len(probe) > MIN_PROBE and probe in description for probe in probes]) if description else none,
    )


def _repeated(texts: list[str]) -> bytes:
    """Which texts stood on the page before."""
    if len(set(texts)) == len(texts):
        return bytes(len(texts))
    seen: set[str] = set()
    result = bytearray()
    for text in texts:
        result.append(text in seen)
        seen.add(text)
    return bytes(result)
