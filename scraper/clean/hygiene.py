"""Brings text to one form: composed characters, one kind of white space, nothing invisible."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_RARE_LINE_END: Final = re.compile(r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # soft hyphen, zero width, byte order mark, annotations
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # marks of direction
    "\u180e\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0001]+"
)
_WORD: Final = re.compile(r"\S+")
_JOINERS: Final = re.compile("[\u200c\u200d]+")
_VIRAMA: Final = 9
"""Combining class of the signs that silence a vowel: behind one, a joiner shapes the letter even at the end
of a word (Unicode Standard, 12.1 and 12.9: half forms, chillus)."""
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
    # What is looked for is not printable to Python, which knows that faster than an expression finds it.
    if not text.isprintable() or not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        text = _visible(text)
    return " ".join(text.split())


def split_lines(text: str) -> list[tuple[int, str]]:
    """Each line of `text` with the place where it begins."""
    lines = []
    start = 0
    if not _RARE_LINE_END.search(text):
        for line in text.split("\n"):
            lines.append((start, line))
            start += len(line) + 1
        return lines
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
    wanted = (_joins(before) and _joins(after)) or unicodedata.combining(before) == _VIRAMA
    return match[0][0] if wanted else ""


def _joins(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _JOINING_SCRIPTS)


def original_offsets(original: str, tidied: str, places: Iterable[int]) -> dict[int, int]:
    """For each of `places` in the tidied form of `original`, the place of that character in `original`.

    At the end of a word it is the end of that word: what stands behind it belongs to nothing.
    """
    waiting = sorted(set(places), reverse=True)
    start = original.find(tidied)
    if start >= 0:
        return {place: start + place for place in waiting}
    found: dict[int, int] = {}
    passed = end = 0
    for match in _WORD.finditer(original):
        word = match[0]
        length = len(tidy(word))
        if not length:
            continue
        while waiting and waiting[-1] <= passed + length:
            place = waiting.pop()
            found[place] = match.start() + _within(word, place - passed)
        if not waiting:
            break
        passed += length + 1
        end = match.end()
    found.update(dict.fromkeys(waiting, end))
    return found


def _within(word: str, place: int) -> int:
    """As `original_offsets`, in a word: how much of it gives `place` characters."""
    if place == len(tidy(word)):
        return len(word)
    low, high = 0, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if len(tidy(word[:middle])) <= place:
            low = middle
        else:
            high = middle - 1
    return low
