"""Form (c): streams of bare tokens, as corpora of processed text hold them.

Lower case, no punctuation, perhaps no digits and no function words. A phrase is put through
the same mill and compared with what the mill leaves of the stream. One phrase proves little
here, so the evidence of neighbours is added up.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from scraper.clean import patterns, words
from scraper.clean.catalogue import Catalogue, Phrase, Strength, catalogue
from scraper.records import Removal
from scraper.rules.loader import load

LEAST_TOKENS: Final = 40
"""A shorter text is never taken for a stream of tokens by its look."""
SPARSE: Final = 200
"""A stream has less than one mark of punctuation in so many tokens; prose has one in ten."""
NEAR: Final = 4
"""Tokens that may lie between two phrases of one cluster."""
BAR_MIDDLE: Final = 7
BAR_TAIL: Final = 5
"""Words of phrases that a cluster must have, in the middle of a text and in its last fifth.

Tuned on 1.5 million words of reference text: no word of an article lost.
"""
LEAST_MAIN: Final = 3
"""Words that at least one phrase of a cluster must have: pairs of words stand together in any text."""
LEAST_WORDS: Final = 2
"""A phrase of which a single word is left says nothing."""
TAIL: Final = 0.8
HANDLE_WORTH: Final = 6
LEAST_HANDLE: Final = 8
"""Characters; a shorter word may be two others written together by chance."""
SIGN_OFF_REACH: Final = 14
"""Tokens after a handle within which the next cluster may begin: who reported from where."""

_LOOSE: Final = re.compile(r"<(?:name|fullname)>")
_LEADING_GAP: Final = re.compile(r"^\[?<[^<>]*>\]?")
_TRAILING_GAPS: Final = re.compile(r"(?: <[^<>]*>| \[ <[^<>]*> \])+$")
"""A match ends at a word of the phrase: what a gap at its end would take is not known to belong."""
_MONTHS: Final = tuple(load("cleaning.toml")["months"].split())
_NETWORKS: Final = frozenset({"twitter", "x", "instagram", "facebook", "bluesky", "threads", "mastodon"})


class Hit(NamedTuple):
    """Evidence at tokens `start` to `end` of the stream."""

    start: int
    end: int
    worth: float
    kind: str
    rule: str


def is_stream(text: str) -> bool:
    """Whether `text` is lower case without punctuation."""
    if not text.islower():
        return False
    tokens = len(text.split(None, LEAST_TOKENS))
    return tokens > LEAST_TOKENS and sum(map(text.count, '.,:;!?"()')) * SPARSE < text.count(" ")


def normalise(text: str) -> str:
    """A text as such a stream: lower case, letters only, no single letters and no function words."""
    return " ".join(word for word in words.fold(text) if _counts(word, stop_words()))


@cache
def stop_words() -> frozenset[str]:
    """Words that count for nothing in a stream."""
    return frozenset(" ".join(load("stopwords.toml").values()).split())


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
    tokens = list(enumerate(text.split()))
    starts: list[int] = []
    removed: list[Removal] = []
    while True:
        found = [hit for hit in _clusters(tokens, languages) if hit.kind not in keep]
        if not found:
            found, runs = _what_is_left(tokens, runs), ()
        if not found:
            break
        starts = starts or [match.start() for match in re.finditer(r"\S+", text)]
        for hit in reversed(found):
            places = [(starts[number], token) for number, token in tokens[hit.start : hit.end]]
            removed.extend(_removals(text, places, hit))
            del tokens[hit.start : hit.end]
    removed.sort(key=lambda removal: removal.offset)
    return " ".join(token for _, token in tokens), removed


def _what_is_left(tokens: Sequence[tuple[int, str]], runs: Sequence[tuple[int, int, float]]) -> list[Hit]:
    """The runs as far as they were not taken out, by their places among the tokens that are left."""
    numbers = [number for number, _ in tokens]
    places = [(bisect_left(numbers, start), bisect_left(numbers, end), score) for start, end, score in runs]
    return [Hit(start, end, score, "template", "memory.run") for start, end, score in places if start < end]


def _removals(text: str, tokens: Sequence[tuple[int, str]], hit: Hit) -> Iterator[Removal]:
    """One removal for each stretch that hangs together in the text as it came."""
    start = tokens[0][0]
    end = start
    for place, token in tokens:
        if place > start and text[end:place].strip():
            yield Removal(rule=hit.rule, kind=hit.kind, text=text[start:end], offset=start, score=hit.worth)
            start = place
        end = place + len(token)
    yield Removal(rule=hit.rule, kind=hit.kind, text=text[start:end], offset=start, score=hit.worth)


def _counts(word: str, stops: Collection[str]) -> bool:
    return len(word) > 1 and word.isalpha() and word not in stops


class _Kept:
    """The tokens of a stream that count, as the catalogue reads them."""

    def __init__(self, tokens: Sequence[tuple[int, str]]) -> None:
        stops = stop_words()
        self.words: list[str] = []
        self.index: list[int] = []
        for number, (_, token) in enumerate(tokens):
            if token not in stops and token.isalpha() and len(token) > 1:
                self.words.append(token)
                self.index.append(number)
        self.folded = f" {' '.join(self.words)} "

    def surfaces(self) -> list[words.Surface]:
        """Nothing is known of how the words were written."""
        return [words.Surface(word, "") for word in self.words]


@cache
def _stream_catalogue(languages: frozenset[str] | None) -> Catalogue:
    """The phrases that still say something when function words, punctuation and capitals are gone."""
    phrases = []
    for phrase in catalogue(languages).phrases:
        source = _stream_source(phrase)
        if source is not None:
            phrases.append(phrase._replace(source=source))
    return Catalogue(phrases)


def _stream_source(phrase: Phrase) -> str | None:
    if phrase.strength < Strength.BLOCK or ":" in phrase.source or "<rest>" in phrase.source:
        return None
    if "<names>" in phrase.source or "<num>" in phrase.source:
        return None
    source = _LOOSE.sub("<1-4>", phrase.source).replace("<handle>", "<0-1>")
    stops = stop_words()
    kept = [
        piece
        for piece in patterns.pieces(_LEADING_GAP.sub("", source))
        if piece in "()[]|" or piece[0] == "<" or _counts(piece.rstrip("*"), stops)
    ]
    if sum(piece[0] not in "()[]|<" for piece in kept) < LEAST_WORDS:
        return None
    source = _TRAILING_GAPS.sub("", " ".join(kept))
    return source if patterns.anchors(source) else None


def _clusters(tokens: Sequence[tuple[int, str]], languages: frozenset[str] | None) -> list[Hit]:
    kept = _Kept(tokens)
    hits = _phrase_hits(kept, languages)
    handles = _handle_hits(tokens)
    clusters: list[list[Hit]] = []
    for hit in sorted(hits + handles):
        last = clusters[-1][-1] if clusters else None
        reach = SIGN_OFF_REACH if last is not None and last.rule == "stream.handle" else NEAR
        if last is not None and hit.start <= max(other.end for other in clusters[-1]) + reach:
            clusters[-1].append(hit)
        else:
            clusters.append([hit])
    found = [_joined(cluster) for cluster in clusters if _proves(cluster, len(tokens))]
    head = _head_byline(tokens, found, handles)
    return ([head] if head and not any(hit.start < head.end for hit in found) else []) + found


def _phrase_hits(kept: _Kept, languages: frozenset[str] | None) -> list[Hit]:
    hits = []
    for start, end, worth, phrase in _stream_catalogue(languages).find_literal(kept):
        hits.append(Hit(kept.index[start], kept.index[end - 1] + 1, worth, phrase.kind, phrase.rule))
    return hits


def _handle_hits(tokens: Sequence[tuple[int, str]]) -> list[Hit]:
    """Places near the end where a name is followed by itself written together: a handle."""
    hits = []
    for index in range(max(2, int(len(tokens) * TAIL)), len(tokens)):
        handle = tokens[index][1]
        last = index - 1 if tokens[index - 1][1] not in _NETWORKS else index - 2
        if last < 1 or len(handle) < LEAST_HANDLE or handle != tokens[last - 1][1] + tokens[last][1]:
            continue
        start = last - 1
        if tokens[start - 1][1] == "follow":
            start -= 1
        hits.append(Hit(start, index + 1, HANDLE_WORTH, "author_bio", "stream.handle"))
    return hits


def _proves(cluster: Sequence[Hit], length: int) -> bool:
    """Whether the words of phrases in the cluster, each phrase counted once, reach the bar of its place."""
    worth: dict[str, float] = {}
    end = -1
    for hit in sorted(cluster, key=lambda hit: (hit.start, -hit.worth)):
        if hit.start >= end:
            worth[hit.rule] = max(hit.worth, worth.get(hit.rule, 0))
            end = hit.end
    bar = BAR_TAIL if cluster[0].start >= length * TAIL else BAR_MIDDLE
    return sum(worth.values()) >= bar and max(worth.values()) >= LEAST_MAIN


def _joined(cluster: Sequence[Hit]) -> Hit:
    main = max(cluster, key=lambda hit: hit.worth)
    end = max(hit.end for hit in cluster)
    return Hit(cluster[0].start, end, sum(hit.worth for hit in cluster), main.kind, main.rule)


def _head_byline(
    tokens: Sequence[tuple[int, str]], found: Sequence[Hit], handles: Sequence[Hit]
) -> Hit | None:
    """The names on top, known from the sign-off at the end; the last may have the month glued to it."""
    if not handles:
        return None
    known = {
        token
        for hit in found
        if any(hit.start <= handle.start < hit.end for handle in handles)
        for _, token in tokens[hit.start : hit.end][: SIGN_OFF_REACH + 6]
    }
    end = 0
    while end < len(tokens) and tokens[end][1] in known:
        end += 1
    glued = tokens[end][1] if end < len(tokens) else ""
    if any(glued.endswith(month) and glued.removesuffix(month) in known for month in _MONTHS):
        end += 1
    return Hit(0, end, end, "byline", "stream.byline") if end > 1 else None
