"""Brings text to one form: composed characters, one kind of white space, nothing invisible."""

import re
import unicodedata
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # soft hyphen, zero width, byte order mark, annotations
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # marks of direction
    "\u180e\ufffe\uffff\ud800-\udfff]+"
)
_JOINERS: Final = re.compile("[\u200c\u200d]+")
_JOINING_SCRIPTS: Final = (
    (0x0600, 0x08FF),  # Arabic, Syriac and their supplements: Persian writes with the non-joiner
    (0x0900, 0x0DFF),  # the scripts of India
    (0x0F00, 0x109F),  # Tibetan, Burmese
    (0x1780, 0x18AF),  # Khmer, Mongolian
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFC),
    (0x1F000, 0x1FAFF),  # emoji
    (0x2190, 0x2BFF),  # symbols that emoji are made of
    (0xFE0F, 0xFE0F),
)


def tidy(text: str) -> str:
    """`text` on one line, without what cannot be seen, in composed form (Unicode NFC).

    The zero-width joiner and non-joiner stay where a script needs them. The result is
    the same when it is tidied again.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_visible(text).split())


def split_lines(text: str) -> list[tuple[int, str]]:
    """Each line of `text` with the place where it begins."""
    lines = []
    start = 0
    for match in _LINE_END.finditer(text):
        lines.append((start, text[start : match.start()]))
        start = match.end()
    lines.append((start, text[start:]))
    return lines


def _visible(text: str) -> str:
    # Taking a character out may bring two together that compose, or a joiner to one that needs none.
    while True:
        result = unicodedata.normalize("NFC", _JOINERS.sub(_joiner, _INVISIBLE.sub("", text)))
        if result == text:
            return result
        text = result


def _joiner(match: re.Match[str]) -> str:
    text = match.string
    before = text[match.start() - 1] if match.start() else " "
    after = text[match.end()] if match.end() < len(text) else " "
    return match[0][0] if _joins(before) and _joins(after) else ""


def _joins(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _JOINING_SCRIPTS)


def original_offset(original: str, tidied: str, place: int) -> int:
    """The place in `original` of the character at `place` in its tidied form."""
    start = original.find(tidied)
    if start >= 0:
        return start + place
    if place == 0:
        return len(original) - len(original.lstrip())
    low, high = 0, len(original)
    while low < high:
        middle = (low + high) // 2
        if len(tidy(original[:middle])) < place:
            low = middle + 1
        else:
            high = middle
    return low
