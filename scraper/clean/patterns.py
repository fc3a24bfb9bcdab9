"""The small language in which phrases are written, and its matcher.

    word          that word, in any case; apostrophes do not count
    word*         any word that begins so
    word: (a|b):  the word, or the last one of each, followed by a colon, dash, bar or arrow
    (a|b c)       one of these
    [a|b c]       one of these, or nothing
    <3> <1-3>     up to three words, one to three words
    <name>        one to five words with capitals; <fullname>: two to five
    <names>       one to sixteen words with capitals, and small words between them
    <num>         a word with a digit
    <handle>      a word that begins with @
    <rest>        whatever follows, up to thirty words
    <title>       the same, but its first word is not in lower case, as a sentence goes on

A pattern is a finite automaton without cycles that is run over all its states at once:
the time is at most words times states, whatever the text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

from scraper.clean.words import CJK, Surface, fold
from scraper.errors import ConfigError
from scraper.rules.loader import load

_PIECES: Final = re.compile(rf"[()\[\]|]|<[^<>]*>|[{CJK}]\*?:?|[^\s()\[\]|<>{CJK}]+")
_GAP: Final = re.compile(r"<(?:(\d+)-)?(\d+)>")

NUMBER: Final = "<num>"
_CLASSES: Final = {
    "name": (1, 5, "capital"),
    "fullname": (2, 5, "capital"),
    "names": (1, 16, "linked"),
    "num": (1, 1, "digit"),
    "handle": (1, 1, "handle"),
    "rest": (0, 30, "any"),
}
_LINKS: Final = frozenset(load("cleaning.toml")["name_links"].split())


class Word(NamedTuple):
    """A word of a pattern."""

    text: str
    prefix: bool = False
    colon: bool = False

    def accepts(self, word: str, surface: Surface) -> bool:
        """Whether the word of the text is this one."""
        if self.colon and not surface.leads_in:
            return False
        return word.startswith(self.text) if self.prefix else word == self.text


class Gap(NamedTuple):
    """A run of words of which only the number, and perhaps the look, is known."""

    least: int
    most: int
    look: str = "any"

    def accepts(self, word: str, surface: Surface) -> bool:
        """Whether the word of the text may stand in the gap."""
        if self.look == "capital":
            return surface.capital
        if self.look == "linked":
            return surface.capital or word in _LINKS
        if self.look == "digit":
            return surface.digit
        if self.look == "handle":
            return word.startswith("@")
        return True


class Choice(NamedTuple):
    """One of several runs, or none of them."""

    options: "tuple[tuple[Item, ...], ...]"
    optional: bool


Item = Word | Gap | Choice


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A state of the automaton of a pattern."""

    literals: "dict[str, tuple[State, ...]]"
    """Where plain words lead."""
    tests: "tuple[tuple[Word | Gap, State], ...]"
    """Where words lead that are known by their look."""
    final: bool

    @classmethod
    def of(cls, edges: "Iterable[tuple[Word | Gap, State]]", *, final: bool) -> "State":
        """A state with these ways out of it."""
        literals: dict[str, tuple[State, ...]] = {}
        tests = []
        for test, target in edges:
            if isinstance(test, Word) and not test.prefix and not test.colon:
                literals[test.text] = (*literals.get(test.text, ()), target)
            else:
                tests.append((test, target))
        return cls(literals, tuple(tests), final)

    def edges(self) -> "Iterator[tuple[Word | Gap, State]]":
        """All ways out of it."""
        yield from ((Word(text), target) for text, targets in self.literals.items() for target in targets)
        yield from self.tests


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern."""

    source: str
    items: tuple[Item, ...]

    @property
    def longest(self) -> int:
        """The greatest number of words that a match contains."""
        return _most(self.items)

    def compiled(self) -> State:
        """The automaton."""
        return _build(self.items, State.of((), final=True))


def parse(source: str) -> Pattern:
    """Read one pattern.

    Raises:
        ConfigError: It is not of the form.
    """
    pieces = _PIECES.findall(source)
    pieces.reverse()
    items = _sequence(pieces, source)
    if pieces:
        raise ConfigError(f"phrase {source!r}: {pieces[-1]!r} without its other half")
    return Pattern(source, items)


@cache
def anchors(source: str) -> tuple[tuple[str, ...], ...]:
    """Sets of literals, as they stand in folded text: one of each set is in every match of the pattern.

    The most telling set comes first. Read off the source without parsing it: a process
    compares text with all phrases, but parses only those whose anchors it meets.
    """
    sets: list[tuple[str, ...]] = []
    depth = 0
    run = _Run()
    options: list[_Run] = []
    for piece in _PIECES.findall(source):
        if piece in "([":
            if depth == 0:
                sets.append(run.literals())
                options = [_Run(closed=piece == "[")]
            else:
                options[-1].end()
            depth += 1
        elif piece in ")]":
            depth -= 1
            if depth == 0:
                found = [option.literals() for option in options]
                sets.append(tuple(chain(*found)) if all(found) else ())
                run = _Run()
        elif piece == "|":
            if depth == 1:
                options.append(_Run(closed=options[-1].closed))
        elif depth <= 1:
            (options[-1] if depth else run).add(piece)
    sets.append(run.literals())
    return tuple(sorted(filter(None, sets), key=_worth, reverse=True))


def pieces(source: str) -> list[str]:
    """The words, gaps and brackets of a pattern, in order."""
    return _PIECES.findall(source)


def best_literal_match(
    state: State, text: Sequence[str], start: int, weights: Mapping[str, float]
) -> tuple[int, list[int]]:
    """As `longest_match`, for text of which only words are known: the end, and where literal words stand.

    Of several ways to the same end, the one whose literal words weigh most. A match ends at a literal word:
    what a gap at the end of the pattern would take is not known to belong.
    """
    best: tuple[int, tuple[int, ...]] = (-1, ())
    active: dict[int, tuple[State, float, tuple[int, ...]]] = {id(state): (state, 0.0, ())}
    unknown = Surface("", "")
    for position in range(start, len(text)):
        word = text[position]
        weight = weights.get(word, 0.0)
        following: dict[int, tuple[State, float, tuple[int, ...]]] = {}
        ended = -1.0
        for current, total, places in active.values():
            steps = [(target, True) for target in current.literals.get(word, ())]
            if current.tests:
                steps += [
                    (target, isinstance(test, Word))
                    for test, target in current.tests
                    if test.accepts(word, unknown)
                ]
            for target, literal in steps:
                sum_ = total + weight if literal else total
                if id(target) not in following or following[id(target)][1] < sum_:
                    following[id(target)] = (target, sum_, (*places, position) if literal else places)
                if literal and target.final and sum_ > ended:
                    ended = sum_
                    best = (position + 1, (*places, position))
        if not following:
            break
        active = following
    return best[0], list(best[1])


@cache
def first_words(source: str) -> frozenset[str] | None:
    """The words with which a match can begin; None when that cannot be told (a gap, a part of a word).

    `NUMBER` stands for any word with a digit.
    """
    pieces = _PIECES.findall(source)
    pieces.reverse()
    found: set[str] = set()
    _collect_firsts(pieces, found)
    return None if "" in found else frozenset(found)


def _collect_firsts(pieces: list[str], found: set[str]) -> bool:
    """Collect the first words of the sequence on top of the stack, down to its closing bracket or bar.

    An empty string stands for what cannot be told. Returns whether the sequence may be empty.
    """
    open_still = True
    while pieces and pieces[-1] not in ")]|":
        piece = pieces.pop()
        inner: set[str] = set()
        if piece in "([":
            empty = _collect_firsts(pieces, inner)
            while pieces and pieces[-1] == "|":
                pieces.pop()
                empty |= _collect_firsts(pieces, inner)
            pieces[-1:] = []
            empty |= piece == "["
        elif piece == ":":
            continue
        else:
            vague = piece != NUMBER and (piece[0] == "<" or piece.rstrip(":").endswith("*"))
            inner.add("" if vague else piece.rstrip(":"))
            empty = vague
        if open_still:
            found |= inner
        open_still &= empty
    return open_still


class _Run:
    """Words of a pattern that follow each other, and the longest such run so far."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed
        self.best = ""
        self.current = ""

    def add(self, piece: str) -> None:
        if piece == "<handle>":
            self.best = max(self.best, " @", key=len)
        if piece[0] == "<":
            self.end()
            return
        word = piece.rstrip(":")
        if word.endswith("*"):
            self.current = f"{self.current or ' '}{word[:-1]}"
            self.end()
        elif word:
            self.current = f"{self.current or ' '}{word} "

    def end(self) -> None:
        self.best = max(self.best, self.current, key=len)
        self.current = ""

    def literals(self) -> tuple[str, ...]:
        self.end()
        return () if self.closed or not self.best else (self.best,)


def _worth(literals: tuple[str, ...]) -> tuple[int, int]:
    """How rare they are at the least: letters of words that are no function words, and of all."""
    return (
        min(sum(len(word) for word in each.split() if word not in _function_words()) for each in literals),
        min(map(len, literals)),
    )


@cache
def _function_words() -> frozenset[str]:
    return frozenset(" ".join(load("stopwords.toml").values()).split())


def longest_match(
    state: State, text: Sequence[str], surfaces: Callable[[], Sequence[Surface]], start: int
) -> int:
    """The end of the longest match that begins at word `start`, or -1."""
    end = start if state.final else -1
    active = [state]
    for position in range(start, len(text)):
        word = text[position]
        following: list[State] = []
        for current in active:
            for target in current.literals.get(word, ()):
                if target not in following:
                    following.append(target)
            if current.tests:
                surface = surfaces()[position]
                following.extend(
                    target
                    for test, target in current.tests
                    if target not in following and test.accepts(word, surface)
                )
        if not following:
            break
        active = following
        for item in active:
            if item.final:
                end = position + 1
                break
    return end


def _sequence(pieces: list[str], source: str) -> tuple[Item, ...]:
    items: list[Item] = []
    while pieces and pieces[-1] not in ")]|":
        piece = pieces.pop()
        if piece in "([":
            items.append(_choice(pieces, source, closing=")" if piece == "(" else "]"))
        elif piece.startswith("<"):
            items.append(_gap(piece, source))
        elif piece == ":":
            items[-1:] = [_with_colon(item, source) for item in items[-1:]]
        else:
            items.append(_word(piece, source))
    return tuple(items)


def _with_colon(item: Item, source: str) -> Item:
    if isinstance(item, Word):
        return item._replace(colon=True)
    if isinstance(item, Choice) and not item.optional and all(item.options):
        return Choice(
            tuple((*option[:-1], _with_colon(option[-1], source)) for option in item.options), optional=False
        )
    raise ConfigError(f"phrase {source!r}: a colon must follow a word")


def _choice(pieces: list[str], source: str, *, closing: str) -> Choice:
    options = [_sequence(pieces, source)]
    while pieces and pieces[-1] == "|":
        pieces.pop()
        options.append(_sequence(pieces, source))
    if not pieces or pieces.pop() != closing:
        raise ConfigError(f"phrase {source!r}: a bracket is not closed")
    return Choice(tuple(options), optional=closing == "]")


def _gap(piece: str, source: str) -> Gap | Choice:
    if piece == "<title>":
        return Choice(((Gap(1, 1, "capital"), Gap(0, _CLASSES["rest"][1] - 1)),), optional=True)
    counted = _GAP.fullmatch(piece)
    if counted:
        return Gap(int(counted[1] or 0), int(counted[2]))
    if piece[1:-1] not in _CLASSES:
        raise ConfigError(f"phrase {source!r}: {piece} is not a kind of gap")
    return Gap(*_CLASSES[piece[1:-1]])


def _word(piece: str, source: str) -> Word:
    text = piece.rstrip(":*")
    if fold(text) != [text]:
        raise ConfigError(f"phrase {source!r}: {text!r} is not a word as texts are folded to")
    return Word(text, prefix=piece.rstrip(":").endswith("*"), colon=piece.endswith(":"))


def _most(items: Sequence[Item]) -> int:
    total = 0
    for item in items:
        if isinstance(item, Word):
            total += 1
        elif isinstance(item, Gap):
            total += item.most
        else:
            total += max(_most(option) for option in item.options)
    return total


def _build(items: Sequence[Item], following: State) -> State:
    for item in reversed(items):
        if isinstance(item, Word):
            following = State.of([(item, following)], final=False)
        elif isinstance(item, Gap):
            following = _build_gap(item, following)
        else:
            entries = [_build(option, following) for option in item.options]
            if item.optional:
                entries.append(following)
            edges = chain.from_iterable(entry.edges() for entry in entries)
            following = State.of(edges, final=any(entry.final for entry in entries))
    return following


def _build_gap(gap: Gap, following: State) -> State:
    state = following
    for taken in reversed(range(gap.most)):
        edges = [(gap, state)]
        if taken >= gap.least:
            state = State.of(chain(edges, following.edges()), final=following.final)
        else:
            state = State.of(edges, final=False)
    return state
