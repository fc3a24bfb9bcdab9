"""What tokens of a stream weigh as boilerplate, and which stretches of them are heavy.

A token weighs the log of how much more frequent it is in boilerplate than in articles, given the token
before it where the pair was learnt. Where phrases of the catalogue stand, their words weigh at least a
little; between them, and where there are none, a token takes off what is unlikely in boilerplate.

The constants were tuned by trial on the sites of the corpora, each fold weighed with what was learnt on the
others (the benchmark `cleaning --held-out`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from math import log
from typing import Final, NamedTuple

from scraper.clean import twins, words
from scraper.rules.loader import load

WINDOW: Final = 30
"""Tokens within which telling words must weigh enough, or phrases are not looked for."""
LIKELY: Final = 13.0
LIKELY_AT_ENDS: Final = 8.0
"""Nats that is: within the text, and in its first and last tokens."""
STRAY: Final = 1.0
"""Nats that a token takes off of which nothing was learnt."""
WITHIN: Final = 0.5
LEAST_WITHIN: Final = 3
"""How much of that it takes off between the words of a phrase, which has a gap for it; the words of which so
many must be there."""
STRAY_WORTH: Final = 0.5
"""What a telling word weighs, of its weight, that no phrase accounts for."""
LEAST_LITERAL: Final = 0.8
"""Nats that a word of a phrase weighs at least, where the phrase stands."""
IN_ORDER: Final = 0.5
MOST_ORDER: Final = 4
"""Nats that a word of a phrase weighs more if it follows the word before it in the phrase, for each word that
the phrase has there, up to so many.

In references of 915,000 words, phrases stand 1,340 times with two words, 100 times with three (half of them
networks) and 31 times with more, of which all but three are lists of networks and stores, that do not count
here; known boilerplate of 16,000 words has 2,130, 530 and 280.
"""
MOST: Final = 4.0
"""Nats that a word weighs at most, but for that."""
DOUBT: Final = 0.5
"""Nats taken off words outside phrases at the ends of a text, where they count in full."""
OFTEN: Final = 0.25
"""How much of the log of its number in the text is taken off a word: articles about newsletters say so."""
AGAIN: Final = 0.7
NETWORK_AGAIN: Final = 0.5
MOST_TIMES: Final = 8
REMEMBERED: Final = 60
"""What a word weighs, of its weight, that stood there in so many tokens before; from the ninth on nothing.

Networks are enumerated in articles too: they count as one word, and each weighs half of the one before.
"""
RUN: Final = 5
LEAST_DIFFERENT: Final = 3
HEAVY: Final = 2.0
"""Tokens of a run that says the same again, how many of them differ, and what one of them weighs at least.

Boilerplate is repeated word by word, prose hardly ever: this alone takes no word out of the references.
"""
REPEATED: Final = 1.0
REPEATED_STRAY: Final = 0.5
"""Nats that a heavy word weighs more in such a run, and that a word of which nothing was learnt takes off."""
DIP: Final = 8.0
"""Nats that a stretch may lose between two heavy parts; where it loses more there are two stretches."""
DENSE: Final = 1.1
DENSER: Final = 0.3
"""Nats a token that a stretch at an end of the text must have; what is taken off to find such parts."""
ELSEWHERE: Final = 1.0
"""How much of the log of its number elsewhere is taken off a word at an end: what the text is about."""
HANDLE_RULE: Final = "stream.handle"
HANDLE_WORTH: Final = 6.0
SIGN_OFF_REACH: Final = 14
"""Tokens after a handle that may be part of the sign-off: who reported from where."""

NETWORKS: Final = frozenset(load("cleaning.toml")["networks"].split())
ENUMERATED: Final = NETWORKS | frozenset({"app", "google", "play", "store"})
"""Words that stand in articles one after the other as in phrases: facebook twitter, app store google play."""


class Hit(NamedTuple):
    """Evidence at tokens `start` to `end` of the stream."""

    start: int
    end: int
    worth: float
    kind: str
    rule: str
    literal: frozenset[int] = frozenset()
    """The tokens that are words of the phrase itself."""


class _Kept:
    """Some tokens of a stream, those that count, as the catalogue reads them."""

    def __init__(self, tokens: Sequence[str], start: int, end: int, stops: Collection[str]) -> None:
        self.index = [number for number in range(start, end) if twins.counts(tokens[number], stops)]
        self.words = [tokens[number] for number in self.index]
        self.folded = f" {' '.join(self.words)} "

    def surfaces(self) -> list[words.Surface]:
        """Nothing is known of how the words were written."""
        return [words.Surface(word, "") for word in self.words]


def suspicious(
    tokens: Sequence[str], marks: Sequence[int], telling: Mapping[str, float], handles: Sequence[Hit]
) -> list[tuple[int, int]]:
    """Stretches where telling words, at `marks`, stand so close together that phrases may be there."""
    stretches = [(hit.start, hit.end) for hit in handles]
    first = 0
    total = 0.0
    for number in marks:
        total += telling[tokens[number]]
        while marks[first] < number - WINDOW:
            total -= telling[tokens[marks[first]]]
            first += 1
        at_end = number < WINDOW or number >= len(tokens) - WINDOW
        if total >= (LIKELY_AT_ENDS if at_end else LIKELY):
            stretches.append((marks[first], number))
    joined: list[tuple[int, int]] = []
    for nearest, farthest in sorted(stretches):
        start, end = max(0, nearest - WINDOW), min(len(tokens), farthest + 1 + WINDOW)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def phrase_hits(tokens: Sequence[str], start: int, end: int, phrases: twins.Twin) -> list[Hit]:
    """The phrases among tokens `start` to `end`."""
    kept = _Kept(tokens, start, end, phrases.stops)
    hits = []
    for first, literals, phrase in phrases.catalogue.find_literal(kept, phrases.weights):
        worth = sum(phrases.weights.get(kept.words[place], twins.USUAL_WEIGHT) for place in literals)
        places = frozenset(kept.index[place] for place in literals)
        hits.append(Hit(kept.index[first], max(places) + 1, worth, phrase.kind, phrase.rule, places))
    return hits


def repeated(
    tokens: Sequence[str], stretches: Sequence[tuple[int, int]], telling: Mapping[str, float]
) -> frozenset[int]:
    """The tokens of runs, with a heavy word in them, that the stretches have more than once."""
    runs = [
        list(zip(*(tokens[start + place : end] for place in range(RUN)), strict=False))
        for start, end in stretches
    ]
    same = {
        run
        for run, number in Counter(chain.from_iterable(runs)).items()
        if number > 1 and _tells(run, telling)
    }
    if not same:
        return frozenset()
    return frozenset(
        start + number + place
        for (start, _), some in zip(stretches, runs, strict=True)
        for number, run in enumerate(some)
        if run in same
        for place in range(RUN)
    )


def _tells(run: Collection[str], telling: Mapping[str, float]) -> bool:
    return len(set(run)) >= LEAST_DIFFERENT and any(telling.get(word, 0.0) >= HEAVY for word in run)


class Scale:
    """Weighs tokens of one stretch of a stream."""

    def __init__(
        self,
        tokens: Sequence[str],
        hits: Sequence[Hit],
        phrases: twins.Twin,
        counts: Counter[str],
        again: frozenset[int],
    ) -> None:
        """Look at what stands there.

        Args:
            tokens: The stream.
            hits: The phrases and handles in the stretch.
            phrases: What was learnt of words.
            counts: How often the stream has each token.
            again: The tokens that are `repeated`.
        """
        self._tokens, self._phrases, self._counts, self._again = tokens, phrases, counts, again
        self.literal = frozenset[int]().union(*(hit.literal for hit in hits))
        self._handled = {number for hit in hits if hit.rule == HANDLE_RULE for number in hit.literal}
        self._within = {
            number
            for hit in hits
            if _own_words(hit, tokens) >= LEAST_WITHIN
            for number in range(min(hit.literal), max(hit.literal))
        }
        self._within |= {
            hit.end + place for hit in hits if hit.rule == HANDLE_RULE for place in range(SIGN_OFF_REACH)
        }
        self._in_order: dict[int, float] = {}
        for hit in sorted(hits, key=lambda hit: _own_words(hit, tokens)):
            plus = IN_ORDER * min(MOST_ORDER, max(twins.LEAST_WORDS, _own_words(hit, tokens)))
            self._in_order |= dict.fromkeys(_following(hit, tokens, phrases.stops), plus)

    def worths(self, start: int, end: int, *, loose: bool) -> list[float]:
        """What each token weighs; if `loose`, words outside phrases count in full."""
        return list(self._worths(start, end, loose=loose))

    def elsewhere(self, start: int, end: int) -> float:
        """What the words between tokens `start` and `end` lose because the rest of the text has them too."""
        lost = 0.0
        for word, number in Counter(self._tokens[start:end]).items():
            others = self._counts[word] - number
            if others and word in self._phrases.telling:
                lost += min(self._phrases.telling[word] * number, ELSEWHERE * log(1 + others))
        return lost

    def _worths(self, start: int, end: int, *, loose: bool) -> Iterator[float]:
        tokens, weights, stops = self._tokens, self._phrases.weights, self._phrases.stops
        unknown = -STRAY - (DOUBT if loose else 0.0)
        seen: dict[str, list[int]] = {}
        before = ""
        for number in range(start, end):
            token = tokens[number]
            if number in self._handled:
                yield HANDLE_WORTH / 3
            elif number not in self.literal and token in stops:
                yield 0.0
            elif number not in self.literal and token not in weights:
                yield self._stray(number, unknown)
                before = ""
            else:
                weight = self._weight(number, before, loose=loose)
                name = "network" if token in NETWORKS else token
                places = seen.setdefault(name, [])
                if weight > 0:
                    again = sum(number - place <= REMEMBERED for place in places[-MOST_TIMES:])
                    weight = self._scaled(weight, number, again)
                places.append(number)
                yield weight
                before = token if token in weights else ""

    def _stray(self, number: int, unknown: float) -> float:
        """What a token weighs of which nothing was learnt."""
        if number in self._again:
            return -REPEATED_STRAY
        return WITHIN * unknown if number in self._within else unknown

    def _weight(self, number: int, before: str, *, loose: bool) -> float:
        token, phrases = self._tokens[number], self._phrases
        weight = phrases.weights.get(token, -STRAY)
        literal = number in self.literal
        if literal:
            weight = max(LEAST_LITERAL, weight)
        elif not loose:
            return weight * STRAY_WORTH if weight >= twins.TELLING else -STRAY
        else:
            weight -= DOUBT
        pair = phrases.pairs.get((before, token)) if before else None
        if pair is not None:
            weight = min(MOST, max(weight, pair - max(0.0, phrases.weights[before])))
        return weight

    def _scaled(self, weight: float, number: int, again: int) -> float:
        token = self._tokens[number]
        if again >= MOST_TIMES:
            return 0.0
        network = token in NETWORKS
        if number in self._again:
            weight += REPEATED
        else:
            least = LEAST_LITERAL if number in self.literal else 0.0
            weight = max(least, weight - OFTEN * log(self._counts[token]))
            if again:
                weight *= NETWORK_AGAIN**again if network else AGAIN
        return weight if network else weight + self._in_order.get(number, 0.0)


def _own_words(hit: Hit, tokens: Sequence[str]) -> int:
    """How many words of the phrase stand there, but for those that are enumerated."""
    return sum(tokens[number] not in ENUMERATED for number in hit.literal)


def _following(hit: Hit, tokens: Sequence[str], stops: Collection[str]) -> Iterator[int]:
    """Words of a phrase with no other word between them and the one before."""
    places = sorted(hit.literal)
    for one, other in pairwise(places):
        if all(tokens[number] in stops for number in range(one + 1, other)):
            yield other


def heavy(worths: Sequence[float], least: float, density: float = 0.0) -> list[tuple[int, int, float]]:
    """Stretches that weigh at least so much, each the heaviest of what the heavier ones leave.

    Args:
        worths: Of the tokens.
        least: What a stretch must weigh.
        density: And on average, a token. Of a stretch that is too thin, its dense parts are taken.

    Returns:
        Start, end and weight of each.
    """
    waiting = [(0, len(worths), 0.0)]
    found = []
    while waiting:
        first, last, off = waiting.pop()
        start, end = _heaviest(worth - off for worth in worths[first:last])
        start, end = first + start, first + end
        total = sum(worths[start:end])
        if total < least:
            continue
        if total < density * (end - start):
            waiting.append((start, end, off + DENSER))
        else:
            found.append((start, end, total))
        waiting += [(first, start, off), (end, last, off)]
    return found


def _heaviest(worths: Iterable[float]) -> tuple[int, int]:
    """Start and end of the stretch of the greatest sum, of those that nowhere lose too much on the way."""
    best = (0, 0)
    most = total = peak = 0.0
    start = 0
    for index, worth in enumerate(worths):
        if total <= 0 or total <= peak - DIP:
            start, total, peak = index, 0.0, 0.0
        total += worth
        if total > peak:
            peak = total
            if total > most:
                most, best = total, (start, index + 1)
    return best
