"""Form (c): streams of bare tokens, as corpora of processed text hold them.

Lower case, no punctuation, perhaps no digits and no function words, perhaps stems. A phrase is put through
the same mill (`twins`) and compared with what the mill leaves of the stream. One phrase proves little
here, so the evidence of neighbours is added up: each word of a phrase weighs as much as it is more
frequent in boilerplate than in articles.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from scraper.clean import twins, words
from scraper.records import Removal
from scraper.rules.loader import load

LEAST_TOKENS: Final = 40
"""A shorter text is never taken for a stream of tokens by its look."""
SPARSE: Final = 200
"""A stream has less than one mark of punctuation in so many tokens; prose has one in ten."""
NEAR: Final = 4
"""Tokens that may lie between two phrases of one cluster."""
BAR_MIDDLE: Final = 14.0
BAR_TAIL: Final = 11.0
"""Nats that the phrases of a cluster must weigh, in the middle of a text and in its last fifth.

Tuned by trial on the corpora's sites of two folds, with weights learnt without them
(`tests.benchmarks.weights --without`); the second was raised once more after reading what went from
references. No sites were kept apart.
"""
STRAY: Final = 1.0
"""Nats that a token of a cluster which no phrase accounts for takes off it."""
LEAST_HITS: Final = 2
LEAST_MAIN: Final = 3
"""Phrases that a cluster must have, or words that one of them must: pairs of words stand in any text."""
STRONG: Final = 2.5
EDGE: Final = 3.5
"""Nats from which a single word is evidence beside phrases, and from which it may be the end of a cluster."""
STRAY_WORTH: Final = 0.5
AGAIN: Final = 0.5
MOST_TIMES: Final = 4
"""What a word weighs, of its weight, that no phrase accounts for, and what one that stood there before."""
HANDLE_RULE, WORD_RULE = "stream.handle", "stream.word"
TELLING: Final = 1.5
"""Nats from which a word shows that phrases may be near."""
WINDOW: Final = 30
"""Tokens within which telling words must weigh as much as the lower bar, or phrases are not looked for."""
TAIL: Final = 0.8
HANDLE_WORTH: Final = 6.0
LEAST_HANDLE: Final = 8
"""Characters; a shorter word may be two others written together by chance."""
SIGN_OFF_REACH: Final = 14
"""Tokens after a handle within which the next cluster may begin: who reported from where."""

_MONTHS: Final = tuple(load("cleaning.toml")["months"].split())
_NETWORKS: Final = frozenset(load("cleaning.toml")["networks"].split())


class Hit(NamedTuple):
    """Evidence at tokens `start` to `end` of the stream."""

    start: int
    end: int
    worth: float
    kind: str
    rule: str
    literal: frozenset[int] = frozenset()
    """The tokens that are words of the phrase itself."""


def is_stream(text: str) -> bool:
    """Whether `text` is lower case without punctuation."""
    if not text.islower():
        return False
    tokens = len(text.split(None, LEAST_TOKENS))
    return tokens > LEAST_TOKENS and sum(map(text.count, '.,:;!?"()')) * SPARSE < text.count(" ")


def normalise(text: str) -> str:
    """A text as such a stream: lower case, letters only, no single letters and no function words."""
    stops = twins.stop_words(frozenset({"en"}))
    return " ".join(word for word in words.fold(text) if twins.counts(word, stops))


def clean_stream(
    text: str,
    languages: frozenset[str] | None,
    keep: Collection[str],
    runs: Sequence[tuple[int, int, float]] = (),
) -> tuple[str, list[Removal]]:
    """What is left of the stream, and what was taken out; cleaned again, it stays as it is.

    Args:
        text: The stream.
        languages: Those whose phrases are looked for, all when None.
        keep: Kinds of boilerplate to leave in.
        runs: Tokens that are known to be boilerplate, with a score, in order.
    """
    tokens = text.split()
    numbers = list(range(len(tokens)))
    phrases = twins.twin(languages, stemmed=twins.is_stemmed(tokens, languages))
    starts: list[int] = []
    removed: list[Removal] = []
    while True:
        found = [hit for hit in _clusters(tokens, phrases) if hit.kind not in keep]
        if not found:
            found, runs = _what_is_left(numbers, runs), ()
        if not found:
            break
        starts = starts or [match.start() for match in re.finditer(r"\S+", text)]
        for hit in reversed(found):
            places = [
                (starts[number], token)
                for number, token in zip(
                    numbers[hit.start : hit.end], tokens[hit.start : hit.end], strict=True
                )
            ]
            removed.extend(_removals(text, places, hit))
            del tokens[hit.start : hit.end], numbers[hit.start : hit.end]
    removed.sort(key=lambda removal: removal.offset)
    return " ".join(tokens), removed


def _what_is_left(numbers: Sequence[int], runs: Sequence[tuple[int, int, float]]) -> list[Hit]:
    """The runs as far as they were not taken out, by their places among the tokens that are left."""
    places = [(bisect_left(numbers, start), bisect_left(numbers, end), score) for start, end, score in runs]
    return [Hit(start, end, score, "template", "memory.run") for start, end, score in places if start < end]


def _removals(text: str, tokens: Sequence[tuple[int, str]], hit: Hit) -> Iterator[Removal]:
    """One removal for each stretch that hangs together in the text as it came."""
    start = tokens[0][0]
    end = start
    score = round(hit.worth, 3)
    for place, token in tokens:
        if place > start and text[end:place].strip():
            yield Removal(rule=hit.rule, kind=hit.kind, text=text[start:end], offset=start, score=score)
            start = place
        end = place + len(token)
    yield Removal(rule=hit.rule, kind=hit.kind, text=text[start:end], offset=start, score=score)


class _Kept:
    """Some tokens of a stream, those that count, as the catalogue reads them."""

    def __init__(self, tokens: Sequence[str], start: int, end: int, stops: Collection[str]) -> None:
        self.index = [number for number in range(start, end) if twins.counts(tokens[number], stops)]
        self.words = [tokens[number] for number in self.index]
        self.folded = f" {' '.join(self.words)} "

    def surfaces(self) -> list[words.Surface]:
        """Nothing is known of how the words were written."""
        return [words.Surface(word, "") for word in self.words]


def _clusters(tokens: Sequence[str], phrases: twins.Twin) -> list[Hit]:
    handles = _handle_hits(tokens)
    hits = handles + [
        hit
        for start, end in _suspicious(tokens, phrases.weights, handles)
        for hit in _phrase_hits(_Kept(tokens, start, end, phrases.stops), phrases)
    ]
    clusters: list[list[Hit]] = []
    reach = -1
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
        if hit.start <= reach:
            clusters[-1].append(hit)
        else:
            clusters.append([hit])
            reach = -1
        reach = max(reach, hit.end + (SIGN_OFF_REACH if hit.rule == HANDLE_RULE else NEAR))
    joined = (_joined(cluster, tokens, phrases) for cluster in clusters)
    found = [hit for hit in joined if hit is not None]
    head = _head_byline(tokens, found, handles)
    return ([head] if head and not any(hit.start < head.end for hit in found) else []) + found


def _suspicious(
    tokens: Sequence[str], weights: Mapping[str, float], handles: Sequence[Hit]
) -> list[tuple[int, int]]:
    """Stretches where telling words stand so close together that phrases are worth looking for."""
    marks = [
        (number, weights[token])
        for number, token in enumerate(tokens)
        if token in weights and weights[token] >= TELLING
    ]
    stretches = [(hit.start, hit.end) for hit in handles]
    first = 0
    total = 0.0
    for number, weight in marks:
        total += weight
        while marks[first][0] < number - WINDOW:
            total -= marks[first][1]
            first += 1
        if total >= BAR_TAIL:
            stretches.append((marks[first][0], number))
    joined: list[tuple[int, int]] = []
    for nearest, farthest in sorted(stretches):
        start, end = max(0, nearest - WINDOW), min(len(tokens), farthest + 1 + WINDOW)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _phrase_hits(kept: _Kept, phrases: twins.Twin) -> Iterator[Hit]:
    for start, literals, phrase in phrases.catalogue.find_literal(kept, phrases.weights):
        worth = sum(phrases.weights.get(kept.words[place], twins.USUAL_WEIGHT) for place in literals)
        places = frozenset(kept.index[place] for place in literals)
        yield Hit(kept.index[start], max(places) + 1, worth, phrase.kind, phrase.rule, places)
    for number, word in zip(kept.index, kept.words, strict=True):
        weight = phrases.weights.get(word, 0.0)
        if weight >= STRONG:
            yield Hit(number, number + 1, weight, "", WORD_RULE)


def _handle_hits(tokens: Sequence[str]) -> list[Hit]:
    """Places near the end where a name is followed by itself written together: a handle."""
    hits = []
    for index in range(max(2, int(len(tokens) * TAIL)), len(tokens)):
        handle = tokens[index]
        if len(handle) < LEAST_HANDLE:
            continue
        last = index - 1 if tokens[index - 1] not in _NETWORKS else index - 2
        if last < 1 or handle != tokens[last - 1] + tokens[last]:
            continue
        start = last - 1
        if tokens[start - 1] == "follow":
            start -= 1
        places = frozenset(range(start, index + 1))
        hits.append(Hit(start, index + 1, HANDLE_WORTH, "author_bio", HANDLE_RULE, places))
    return hits


def _joined(cluster: Sequence[Hit], tokens: Sequence[str], phrases: twins.Twin) -> Hit | None:
    """The stretch of the cluster that weighs most, if it weighs as much as its place asks for."""
    found = [hit for hit in cluster if hit.rule != WORD_RULE]
    if not found:
        return None
    first, last = cluster[0].start, max(hit.end for hit in cluster)
    start, end, total = _heaviest(_worths(first, last, found, tokens, phrases))
    start, end = first + start, first + end
    literal = frozenset().union(*(hit.literal for hit in found))
    while start < end and start not in literal and phrases.weights.get(tokens[start], 0.0) < EDGE:
        start += 1
    while start < end and end - 1 not in literal and phrases.weights.get(tokens[end - 1], 0.0) < EDGE:
        end -= 1
    found = [hit for hit in found if start <= hit.start and hit.end <= end]
    bar = BAR_TAIL if start >= len(tokens) * TAIL else BAR_MIDDLE
    if total < bar or not found:
        return None
    if len(found) < LEAST_HITS and max(len(hit.literal) for hit in found) < LEAST_MAIN:
        return None
    main = max(found, key=lambda hit: len(hit.literal))
    return Hit(start, end, total, main.kind, main.rule)


def _worths(
    start: int, end: int, found: Sequence[Hit], tokens: Sequence[str], phrases: twins.Twin
) -> Iterator[float]:
    """What each token from `start` to `end` weighs, those before it considered."""
    literal = frozenset().union(*(hit.literal for hit in found))
    handled = {number for hit in found if hit.rule == HANDLE_RULE for number in hit.literal}
    times: dict[str, int] = {}
    for number in range(start, end):
        token = tokens[number]
        if number in handled:
            yield HANDLE_WORTH / 3
        elif number not in literal and token in phrases.stops:
            yield 0.0
        elif number not in literal and phrases.weights.get(token, 0.0) < TELLING:
            yield -STRAY
        else:
            # Networks are enumerated in articles too: they count as one word.
            name = "network" if token in _NETWORKS else token
            again = times[name] = times.get(name, 0) + 1
            weight = phrases.weights.get(token, 0.0) * (1.0 if number in literal else STRAY_WORTH)
            yield weight if again == 1 else weight * AGAIN if again <= MOST_TIMES else 0.0


def _heaviest(worths: Iterable[float]) -> tuple[int, int, float]:
    """Start, end and sum of the stretch of the greatest sum."""
    best = (0, 0, 0.0)
    start, total = 0, 0.0
    for index, worth in enumerate(worths):
        if total <= 0:
            start, total = index, 0.0
        total += worth
        if total >= best[2]:
            best = (start, index + 1, total)
    return best


def _head_byline(tokens: Sequence[str], found: Sequence[Hit], handles: Sequence[Hit]) -> Hit | None:
    """The names on top, known from the sign-off at the end; the last may have the month glued to it."""
    if not handles:
        return None
    known = {
        token
        for hit in found
        if any(hit.start <= handle.start < hit.end for handle in handles)
        for token in tokens[hit.start : hit.end][: SIGN_OFF_REACH + 6]
    }
    end = 0
    while end < len(tokens) and tokens[end] in known:
        end += 1
    glued = tokens[end] if end < len(tokens) else ""
    if any(glued.endswith(month) and glued.removesuffix(month) in known for month in _MONTHS):
        end += 1
    return Hit(0, end, float(end), "byline", "stream.byline") if end > 1 else None
