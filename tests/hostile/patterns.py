"""Every regular expression that the package compiles, against inputs made of its own pieces.

    python -m tests.hostile.patterns

Each is tried as the code uses it (search or match) on text that repeats what its loops repeat, and on text
that almost matches again and again. Where an input takes long enough to be measured, twice of it must take
less than 2.5 times as long. It ends with 1, and names the expression and its input, where one does not.
"""

import math
import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import FrameType
from typing import Any, NamedTuple

PACKAGE = Path(__file__).parents[2] / "scraper"
PAGES = Path(__file__).parents[1] / "pages"
MOST_GROWTH = 2.5
MEASURABLE_S = 0.002
LONGEST = 16_384
"""Characters; what grows with their square has long been measurable by then."""

HOPELESS_S = 20.0
"""An expression that is at one of these inputs for so long would be at it for ever."""

SHORTEST = 32
_METHODS = re.compile(r"(\w+)\.(search|match|fullmatch|sub|subn|split|finditer|findall)\b")


class Found(NamedTuple):
    """An expression, and where it is compiled."""

    pattern: re.Pattern[Any]
    place: str
    anchored: bool
    """Whether the code only ever asks whether it matches at the start."""


def expressions() -> list[Found]:
    """Those that are compiled on import, and those that work on pages compiles."""
    compiled: dict[tuple[Any, int], Found] = {}
    compile_ = re.compile

    def note(pattern: Any, flags: Any = 0) -> Any:
        made = compile_(pattern, flags)
        frame = sys._getframe(1)  # noqa: SLF001 - who compiles it
        file = Path(frame.f_code.co_filename)
        if PACKAGE in file.parents:
            line = f"{file.relative_to(PACKAGE)}:{frame.f_lineno}"
            compiled.setdefault(
                (made.pattern, made.flags), Found(made, line, _is_anchored(file, frame.f_lineno))
            )
        return made

    re.compile = note
    try:
        for module in walk_packages([str(PACKAGE)], "scraper."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
        _work()
    finally:
        re.compile = compile_
    return sorted(compiled.values(), key=lambda found: found.place)


def _work() -> None:
    """Let the code compile what it compiles when it is needed."""
    extract = import_module("scraper.page").extract_article
    clean = import_module("scraper.clean").clean_text
    for file in sorted(PAGES.glob("*/page.html")):
        article = extract(file.read_bytes(), "https://news.example/2026/03/01/a")
        clean(getattr(article, "text", "") or "Sign up for our newsletter.")


def _is_anchored(file: Path, line: int) -> bool:
    """Whether the name that the expression is given to is used with `match` and `fullmatch` only."""
    lines = file.read_text(encoding="utf-8").splitlines()
    above = next((each for each in reversed(lines[:line]) if re.match(r"_?[A-Z]\w*\b.* = ", each)), "")
    name = re.match(r"\w*", above)
    used = {method for who, method in _METHODS.findall("\n".join(lines)) if name and who == name[0]}
    return bool(used) and used <= {"match", "fullmatch"}


# ---- inputs ------------------------------------------------------------------------------------------


def pumps(found: Found) -> Iterator[tuple[str, str, str]]:
    """Beginnings, what is repeated behind them, and ends: made of what the expression is made of."""
    text = found.pattern.pattern
    tree = parser.parse(
        text if isinstance(text, str) else text.decode("latin-1"), found.pattern.flags & ~re.DEBUG
    )
    whole = _sample(tree)
    yield "", whole or "a", ""
    yield "", (whole[:-1] or "a"), "\x00"
    yield "", " ", "\x00"
    for before, body in _loops(tree, ""):
        if body:
            yield before, body, ""
            yield before, body, "\x00"
            yield "", before + body, "\x00"


def _sample(tree: Any) -> str:
    """Some text that the expression, or a part of it, matches, as far as that is easy to tell."""
    return "".join(_sample_of(code, value) for code, value in tree)


def _sample_of(code: Any, value: Any) -> str:  # noqa: PLR0911 - one for each kind of node
    if code is codes.LITERAL:
        return chr(value)
    if code in {codes.NOT_LITERAL, codes.ANY}:
        return "x"
    if code is codes.IN:
        return _of_class(value)
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        return _sample(value[2]) * max(1, min(int(value[0]), 3))
    if code is codes.SUBPATTERN:
        return _sample(value[3])
    if code is codes.BRANCH:
        return _sample(value[1][0])
    if code is codes.ATOMIC_GROUP:
        return _sample(value)
    return ""


def _of_class(members: Any) -> str:
    negated = any(code is codes.NEGATE for code, _ in members)
    listed = [chr(value) for code, value in members if code is codes.LITERAL]
    ranged = [chr(value[0]) for code, value in members if code is codes.RANGE]
    kinds = {
        codes.CATEGORY_DIGIT: "1",
        codes.CATEGORY_WORD: "a",
        codes.CATEGORY_SPACE: " ",
        codes.CATEGORY_NOT_SPACE: "a",
        codes.CATEGORY_NOT_WORD: "-",
        codes.CATEGORY_NOT_DIGIT: "a",
    }
    known = [kinds[value] for code, value in members if code is codes.CATEGORY and value in kinds]
    if negated:
        return next(char for char in "a 1-.,<x\x01" if char not in {*listed, *ranged, *known})
    return (listed + ranged + known + ["a"])[0]


def _loops(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Each loop: text that leads to it, and text that it repeats."""
    for code, value in tree:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            if value[1] > 1:
                yield before, _sample(value[2])
            yield from _loops(value[2], before)
        elif code is codes.SUBPATTERN:
            yield from _loops(value[3], before)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _loops(branch, before)
        elif code is codes.ATOMIC_GROUP:
            yield from _loops(value, before)
        elif code in {codes.ASSERT, codes.ASSERT_NOT}:
            yield from _loops(value[1], before)
        before += _sample_of(code, value)


# ---- measuring ---------------------------------------------------------------------------------------


def growth(found: Found, start: str, pump: str, end: str) -> tuple[float, int]:
    """How many times longer twice the input takes, and its length; 0 where it is too fast to tell."""
    use = _use(found)

    def made(chars: int) -> Any:
        text = start + pump * max(1, chars // len(pump)) + end
        return text if isinstance(found.pattern.pattern, str) else text.encode("utf-8", "replace")

    chars = SHORTEST
    while chars <= LONGEST:
        took = _time(use, made(chars))
        if took == math.inf:
            return took, chars
        if took >= MEASURABLE_S:
            once = min(took, *(_time(use, made(chars)) for _ in range(3)))
            twice = min(_time(use, made(2 * chars)) for _ in range(3))
            if once >= MEASURABLE_S / 2:
                return twice / once, chars
        chars *= 2
    return 0.0, chars


def _use(found: Found) -> Callable[[Any], object]:
    if found.anchored:
        return lambda text: (found.pattern.match(text), found.pattern.fullmatch(text))
    return lambda text: sum(1 for _ in found.pattern.finditer(text))


def _time(use: Callable[[Any], object], text: Any) -> float:
    """Seconds of work; infinite for what does not come to its end."""
    signal.setitimer(signal.ITIMER_REAL, HOPELESS_S)
    started = time.process_time()
    try:
        use(text)
    except TimeoutError:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return time.process_time() - started


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def main() -> int:
    signal.signal(signal.SIGALRM, _give_up)
    slow = 0
    everything = expressions()
    for found in everything:
        worst = max(((*growth(found, *pump), pump) for pump in set(pumps(found))), default=None)
        # A busy machine is no fault: what looks slow is measured again.
        tries = 3
        while worst and worst[0] >= MOST_GROWTH and tries:
            again, chars = growth(found, *worst[2])
            worst = min(worst, (again, chars, worst[2]))
            tries -= 1
        if worst and worst[0] >= MOST_GROWTH:
            slow += 1
            how = "match" if found.anchored else "search"
            print(  # noqa: T201 - a command
                f"{found.place} ({how}): x{worst[0]:.1f} from {worst[1]} characters of {worst[2]!r}\n"
                f"    {found.pattern.pattern[:150]!r}",
                flush=True,
            )
    print(f"{len(everything)} expressions, {slow} of them slow")  # noqa: T201 - as above
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
