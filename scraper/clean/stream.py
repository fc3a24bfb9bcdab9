"""Form (c): streams of bare tokens, as corpora of processed text hold them.

Lower case, no punctuation, perhaps no digits and no function words, perhaps stems. A phrase is put through
the same mill (`twins`) and compared with what the mill leaves of the stream. One phrase proves little
here, so the evidence of neighbours is added up: each word of a phrase weighs as much as it is more
frequent in boilerplate than in articles.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import Final

from scraper.clean import twins, words
from scraper.clean.closing import TAIL, closing_note, echoes, handle_hits, head_byline
from scraper.clean.evidence import (
    DENSE,
    DIP,
    LIKELY_AT_ENDS,
    Hit,
    Scale,
    heavy,
    phrase_hits,
    repeated,
    suspicious,
)
from scraper.records import Removal

LEAST_TOKENS: Final = 40
"""A shorter text is never taken for a stream of tokens by its look."""
SPARSE: Final = 200
"""A stream has less than one mark of punctuation in so many tokens; prose has one in ten."""
BAR_MIDDLE: Final = 17.5
BAR_TAIL: Final = 15.0
BAR_END: Final = 9.0
BAR_START: Final = 12.0
WITHOUT_PHRASE: Final = 2.0
"""Nats that a stretch must weigh: in the middle of a text, in its last fifth, at its very end and start; and
so many more where no phrase is in it.

Tuned as the constants of `evidence` are; what went from references was read. No sites were kept apart for the
bars.
"""
REACH: Final = 8
"""Tokens that may lie between a stretch and the end of the text."""
LEAST_CONTEXT: Final = 150
"""A shorter text may be about such things from its first word to its last: its ends are like its middle."""
LEAST_HITS: Final = 2
LEAST_MAIN: Final = 3
"""Phrases that a stretch within the text must have, or words that one of them must: pairs of words stand in
any text."""
EDGE: Final = 3.5
"""Nats from which a single word may be the end of a stretch."""


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
    came = text.split()
    tokens = text.lower().split()
    numbers = list(range(len(tokens)))
    phrases = twins.twin(languages, stemmed=twins.is_stemmed(tokens, languages))
    starts: list[int] = []
    removed: list[Removal] = []
    while True:
        found = [hit for hit in _found(tokens, phrases) if hit.kind not in keep]
        if not found:
            found, runs = _what_is_left(numbers, runs), ()
        if not found:
            break
        starts = starts or [match.start() for match in re.finditer(r"\S+", text)]
        for hit in reversed(found):
            places = [(starts[number], came[number]) for number in numbers[hit.start : hit.end]]
            removed.extend(_removals(text, places, hit))
            del tokens[hit.start : hit.end], numbers[hit.start : hit.end]
    removed.sort(key=lambda removal: removal.offset)
    return " ".join(came[number] for number in numbers), removed


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


def _found(tokens: Sequence[str], phrases: twins.Twin) -> list[Hit]:
    """What can be known for boilerplate, in order; what shows only when other things are gone comes then."""
    handles = handle_hits(tokens)
    found: list[Hit] = []
    marks = [number for number, token in enumerate(tokens) if token in phrases.telling]
    stretches = suspicious(tokens, marks, phrases.telling, handles)
    counts = Counter(tokens) if stretches else Counter()
    again = repeated(tokens, stretches, phrases.telling)
    for start, end in stretches:
        hits = [hit for hit in handles if start <= hit.start < end]
        hits += phrase_hits(tokens, start, end, phrases)
        scale = Scale(tokens, hits, phrases, counts, again)
        found += _heavy_stretches(tokens, start, end, hits, scale, phrases)
    found.sort()
    head = head_byline(tokens, found, handles)
    if head and not any(hit.start < head.end for hit in found):
        found.insert(0, head)
    if not found:
        found = echoes(tokens, marks, phrases.telling)
    if not found:
        note = closing_note(tokens, phrases.languages)
        found = [note] if note else []
    return found


def _heavy_stretches(
    tokens: Sequence[str], start: int, end: int, hits: Sequence[Hit], scale: Scale, phrases: twins.Twin
) -> list[Hit]:
    """The stretches between tokens `start` and `end` that weigh enough for where they stand."""
    found: list[Hit] = []
    for place in _places(start, end, len(tokens)):
        loose = place != "within"
        worths = scale.worths(start, end, loose=loose)
        for first, last, total in heavy(worths, LIKELY_AT_ENDS, DENSE if loose else 0.0):
            one, other = _trimmed(start + first, start + last, tokens, scale, phrases)
            if one == other or any(one < hit.end and hit.start < other for hit in found):
                continue
            if loose:
                total -= scale.elsewhere(one, other)  # noqa: PLW2901
            inside = [hit for hit in hits if one <= hit.start and hit.end <= other]
            if total >= _bar(place, one, other, len(tokens), inside):
                main = max(inside, key=lambda hit: len(hit.literal), default=None)
                kind, rule = (main.kind, main.rule) if main else ("related", "stream.words")
                if all(hit.end <= one for hit in found):
                    other = _end_of(other, total, worths[other - start :], len(tokens))
                found.append(Hit(one, other, total, kind, rule))
    return found


def _end_of(end: int, total: float, rest: Sequence[float], length: int) -> int:
    """Where a stretch ends: with the text, if what stands behind it may be of its kind."""
    if length < LEAST_CONTEXT or end + len(rest) < length or total + sum(rest) < BAR_END:
        return end
    return length if min(accumulate(rest), default=0.0) >= -DIP else end


def _places(start: int, end: int, length: int) -> Iterator[str]:
    """Where there may be something between tokens `start` and `end` of a text."""
    yield "within"
    if length >= LEAST_CONTEXT:
        if end == length:
            yield "end"
        if start == 0:
            yield "start"


def _trimmed(
    start: int, end: int, tokens: Sequence[str], scale: Scale, phrases: twins.Twin
) -> tuple[int, int]:
    """The stretch without weak words of no phrase at its ends."""

    def is_weak(number: int) -> bool:
        return number not in scale.literal and phrases.weights.get(tokens[number], 0.0) < EDGE

    while start < end and is_weak(start):
        start += 1
    while start < end and is_weak(end - 1):
        end -= 1
    return start, end


def _bar(place: str, start: int, end: int, length: int, inside: Sequence[Hit]) -> float:
    """What a stretch must weigh; more than any does where it must not go."""
    if place == "within":
        if len(inside) < LEAST_HITS and max((len(hit.literal) for hit in inside), default=0) < LEAST_MAIN:
            return float("inf")
        return BAR_TAIL if start >= length * TAIL else BAR_MIDDLE
    if place == "end" and end >= length - REACH:
        bar = BAR_END
    elif place == "start" and start <= REACH:
        bar = BAR_START
    else:
        return float("inf")
    return bar if inside else bar + WITHOUT_PHRASE
