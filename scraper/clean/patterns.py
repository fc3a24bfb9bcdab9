"""The small language in which phrases are written, and its matcher.

    word          that word, in any case; apostrophes do not count
    word*         any word that begins so
    word: (a|b):  the word, or the last one of each, followed by a colon, dash, bar or arrow
    (a|b c)       one of these
    [a|b c]       one of these, or nothing
    <3> <1-3>     up to three words, one to three words
    <name>        one to five words with capitals
    <names>       one to sixteen words with capitals, and small words between them
    <num>         a word with a digit
    <handle>      a word that begins with @
    <rest>        whatever follows, up to thirty words

A pattern is a finite automaton without cycles that is run over all its states at once:
the time is at most words times states, whatever the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from scraper.clean import words
from scraper.errors import ConfigError

_PIECES: Final = re.compile(r"[()\[\]|]|<[^<>]*>|[^\s()\[\]|<>]+")
_GAP: Final = re.compile(r"<(?:(\d+)-)?(\d+)>")

_CLASSES: Final = {
    "name": (1, 5, "capital"),
    "names": (1, 16, "linked"),
    "num": (1, 1, "digit"),
    "handle": (1, 1, "handle"),
    "rest": (0, 30, "any"),
}
_LINKS: Final = frozenset(
    "and und et y e en och og i ve и та & in with de von van du der la le del da di".split()
)


class Word(NamedTuple):
    """A word of a pattern."""

    text: str
    prefix: bool = False
    colon: bool = False

    def accepts(self, word: str, mark: int) -> bool:
        """Whether the word of the text is this one."""
        if self.colon and not mark & words.COLON:
            return False
        return word.startswith(self.text) if self.prefix else word == self.text


class Gap(NamedTuple):
    """A run of words of which only the number, and perhaps the look, is known."""

    least: int
    most: int
    look: str = "any"

    def accepts(self, word: str, mark: int) -> bool:
        """Whether the word of the text may stand in the gap."""
        if self.look == "capital":
            return bool(mark & words.CAPITAL)
        if self.look == "linked":
            return bool(mark & words.CAPITAL) or word in _LINKS
        if self.look == "digit":
            return bool(mark & words.DIGIT)
        if self.look == "handle":
            return word.startswith("@")
        return True


class Choice(NamedTuple):
    """One of several runs, or none of them."""

    options: "tuple[tuple[Item, ...], ...]"
    optional: bool


Item = Word | Gap | Choice


class Anchor(NamedTuple):
    """A literal stretch that stands in every text the pattern matches, and where it stands."""

    text: str
    least_before: int
    most_before: int


class State(NamedTuple):
    """A state of the automaton of a pattern."""

    edges: "tuple[tuple[Word | Gap, State], ...]"
    final: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern."""

    source: str
    items: tuple[Item, ...]

    @property
    def literal_words(self) -> int:
        """The least number of its own words that a match contains."""
        return _least(self.items, gaps=False)

    @property
    def longest(self) -> int:
        """The greatest number of words that a match contains."""
        return _most(self.items)

    @property
    def needs_marks(self) -> bool:
        """Whether it asks for more than words: punctuation or capitals."""
        return _has_marks(self.items)

    def anchors(self) -> tuple[Anchor, ...]:
        """The literals of which one stands in every match."""
        best: tuple[Anchor, ...] = ()
        for found in _anchor_sets(self.items):
            if _worth(found) > _worth(best):
                best = found
        if not best:
            raise ConfigError(f"phrase {self.source!r}: has no word that every match contains")
        return best

    def compiled(self) -> State:
        """The automaton."""
        return _build(self.items, State((), final=True))


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


def longest_match(state: State, text: Sequence[str], marks: Sequence[int], start: int) -> int:
    """The end of the longest match that begins at word `start`, or -1."""
    end = start if state.final else -1
    active = [state]
    for position in range(start, len(text)):
        word, mark = text[position], marks[position]
        following: dict[int, State] = {}
        for current in active:
            for test, target in current.edges:
                if id(target) not in following and test.accepts(word, mark):
                    following[id(target)] = target
        if not following:
            break
        active = list(following.values())
        if any(item.final for item in active):
            end = position + 1
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
            items.extend(_words(piece))
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


def _gap(piece: str, source: str) -> Gap:
    counted = _GAP.fullmatch(piece)
    if counted:
        return Gap(int(counted[1] or 0), int(counted[2]))
    if piece[1:-1] not in _CLASSES:
        raise ConfigError(f"phrase {source!r}: {piece} is not a kind of gap")
    return Gap(*_CLASSES[piece[1:-1]])


def _words(piece: str) -> list[Word]:
    found = [Word(word) for word in words.fold(piece)]
    if found:
        last = found[-1]
        found[-1] = last._replace(prefix=piece.rstrip(":").endswith("*"), colon=piece.endswith(":"))
    return found


def _least(items: Sequence[Item], *, gaps: bool = True) -> int:
    total = 0
    for item in items:
        if isinstance(item, Word):
            total += 1
        elif isinstance(item, Gap):
            total += item.least if gaps else 0
        elif not item.optional:
            total += min(_least(option, gaps=gaps) for option in item.options)
    return total


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


def _has_marks(items: Sequence[Item]) -> bool:
    for item in items:
        if isinstance(item, Word) and item.colon:
            return True
        if isinstance(item, Gap) and item.look != "any":
            return True
        if isinstance(item, Choice) and any(map(_has_marks, item.options)):
            return True
    return False


def _anchor_sets(items: Sequence[Item]) -> list[tuple[Anchor, ...]]:
    """Each set of literals of which one must occur: the runs of words, and the choices."""
    sets: list[tuple[Anchor, ...]] = []
    index = 0
    while index < len(items):
        item = items[index]
        before = (_least(items[:index]), _most(items[:index]))
        if isinstance(item, Word):
            run = _run(items[index:])
            sets.append((Anchor(_literal(run), *before),))
            index += len(run)
            continue
        if isinstance(item, Gap) and item.look == "handle":
            sets.append((Anchor(" @", *before),))
        if isinstance(item, Choice) and not item.optional:
            inner = [max(_anchor_sets(option), key=_worth, default=()) for option in item.options]
            if all(inner):
                sets.append(
                    tuple(
                        Anchor(anchor.text, before[0] + anchor.least_before, before[1] + anchor.most_before)
                        for anchors in inner
                        for anchor in anchors
                    )
                )
        index += 1
    return sets


def _run(items: Sequence[Item]) -> list[Word]:
    run: list[Word] = []
    for item in items:
        if not isinstance(item, Word):
            break
        run.append(item)
        if item.prefix:
            break
    return run


def _literal(run: Sequence[Word]) -> str:
    return " " + " ".join(word.text for word in run) + ("" if run[-1].prefix else " ")


def _worth(anchors: tuple[Anchor, ...]) -> int:
    return min((len(anchor.text) for anchor in anchors), default=0)


def _build(items: Sequence[Item], following: State) -> State:
    for item in reversed(items):
        if isinstance(item, Word):
            following = State(((item, following),), final=False)
        elif isinstance(item, Gap):
            following = _build_gap(item, following)
        else:
            entries = [_build(option, following) for option in item.options]
            if item.optional:
                entries.append(following)
            edges = tuple(edge for entry in entries for edge in entry.edges)
            following = State(edges, final=any(entry.final for entry in entries))
    return following


def _build_gap(gap: Gap, following: State) -> State:
    state = following
    for taken in reversed(range(gap.most)):
        edges: tuple[tuple[Word | Gap, State], ...] = ((gap, state),)
        state = (
            State((*edges, *following.edges), final=following.final)
            if taken >= gap.least
            else State(edges, final=False)
        )
    return state
