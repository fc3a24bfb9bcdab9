"""Repairs UTF-8 that was read as a single-byte encoding, where that is sure, and remembers where it was."""

# ruff: noqa: RUF001 - the characters that such text is made of

import re
from bisect import bisect_right
from functools import cache
from importlib import import_module
from typing import Any, Final, NamedTuple

_LATIN: Final = (
    "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # what the bytes 80 to BF are in latin-1 and windows-1252
)
_CYRILLIC: Final = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ\x98\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕї"
_RUN: Final = re.compile(
    f"(?:[Â-ß][{_LATIN}]|[à-ï][{_LATIN}]{{2}}|ð[{_LATIN}]{{3}})+"
    f"|(?:[РС][{_CYRILLIC}]|вЂ[{_CYRILLIC}]){{3,}}|вЂ[{_CYRILLIC}]"
)
"""Sound UTF-8 sequences in disguise. A pair of Cyrillic letters stands in words; three in a row do not."""
_MAYBE: Final = re.compile(f"[Â-ðРСв][{_LATIN}{_CYRILLIC}]")
"""How every run begins; four times as fast, as it begins with one class of characters."""
_PROBABLY: Final = re.compile(f"Ã[ \xa0]+|(?:[РС][{_CYRILLIC}])+")
"""Believed in company only: à, whose second byte is a space that does not break, and short Cyrillic words."""
SURE_RUNS: Final = 2
"""Runs from which a text is surely mojibake, `_PROBABLY` included. One alone must touch a letter or be long:
texts about encodings show some between quotation marks (on 1,179 reference texts every repair was right)."""
LONG_RUN: Final = 3
"""Characters that a run alone must give."""


class Mended(NamedTuple):
    """A repaired text, and the way back to the one that came."""

    text: str
    changes: "tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]" = ()
    """For each pass, the last first: places in its result from which on what it read lies further on."""

    def original(self, place: int) -> int:
        """The place in the text that came of the character at `place` in the repaired one."""
        for places, shifts in self.changes:
            found = bisect_right(places, place)
            if found:
                place += shifts[found - 1]
        return place


def mend(text: str) -> Mended:
    """`text` with certain mojibake repaired; without any, the text itself.

    ftfy judges each run of suspicious characters; a run stays as it is where the result would not be
    sound. Repairing the result again changes nothing.
    """
    mended = Mended(text)
    while not mended.text.isascii() and _MAYBE.search(mended.text):
        again = _mend_once(mended.text)
        if again is None:
            break
        mended = Mended(again.text, again.changes + mended.changes)
    return mended


def _mend_once(text: str) -> Mended | None:
    repairs = [
        (*match.span(), fixed) for match in _RUN.finditer(text) if (fixed := _fixed(match[0])) != match[0]
    ]
    if len(repairs) < SURE_RUNS and not any(_sure_alone(text, *repair) for repair in repairs):
        return None
    if len(repairs) >= SURE_RUNS:
        taken = [(start, end) for start, end, _ in repairs]
        repairs += [
            (*match.span(), _cyrillic(match[0]) or "à ")
            for match in _PROBABLY.finditer(text)
            if not any(start < match.end() and match.start() < end for start, end in taken)
        ]
    pieces: list[str] = []
    places: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for start, end, fixed in sorted(repairs):
        pieces += (text[done:start], fixed)
        length += start - done + len(fixed)
        # Characters within the repair lie nowhere in particular: they count from its start.
        places.append(length)
        shifts.append(end - length)
        done = end
    return Mended("".join([*pieces, text[done:]]), ((tuple(places), tuple(shifts)),))


def _sure_alone(text: str, start: int, end: int, fixed: str) -> bool:
    return (
        len(fixed) >= LONG_RUN or text[max(0, start - 1) : start].isalpha() or text[end : end + 1].isalpha()
    )


def _fixed(run: str) -> str:
    cyrillic = _cyrillic(run)
    if cyrillic:
        return cyrillic
    fixed: str = _ftfy().fix_encoding(run)
    return run if "\ufffd" in fixed else fixed


def _cyrillic(run: str) -> str:
    """What a run of windows-1251 letters was meant to be; ftfy, made for Latin, doubts short ones."""
    if run[0] not in "РСв":
        return ""
    try:
        return run.encode("cp1251").decode()
    except UnicodeError:
        return run


@cache
def _ftfy() -> Any:  # noqa: ANN401 - a module
    # Few texts need it, and it takes a tenth of a second to load.
    return import_module("ftfy")
