"""Forms (a) and (b): decides which blocks and sentences of a document are boilerplate."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from scraper.clean import sentences, structure, wording, words
from scraper.clean.catalogue import STRUCTURAL_KINDS, Catalogue, Strength
from scraper.clean.line import Finding, Line, is_quoted
from scraper.clean.shortlines import judge_wording
from scraper.clean.units import MOST_WORDS, Unit, Verdict, judge
from scraper.records import Metadata

SAFE_CLASSES: Final = {
    "newsletter": re.compile(r"newsletter|mailing-?list|(?:email|mail)-?sign-?up"),
    "cookie": re.compile(r"cookie|gdpr|onetrust"),
    "captcha": re.compile(r"captcha"),
    "comments": re.compile(r"(?:^|[>.#_-])(?:comments|disqus|respond|commentlist|comment-form)(?:$|[>.#_-])"),
    "advertisement": re.compile(
        r"(?:^|[>.#_-])(?:ads?|advert|advertisement|advertising|adslot|sponsored)(?:$|[>.#_-])"
    ),
}
"""Classes and ids that name boilerplate so surely that one phrase within is enough.

Words of true article text per million under such ancestors of at most 1,200 characters,
measured on reference texts: newsletter 7, cookie 15, comments 31, ad 48. Others
(related 2,635, nav 5,259, paywall 60,591) are of no use.
"""
MOST_PLACE_CHARS: Final = 1_200
"""Characters of text below an ancestor up to which its names count: what holds more holds the article."""
MOST_PATH_CHARS: Final = 2_000
CAPTION_PATH: Final = re.compile(
    r"figcaption|(?:^|[>.#_-])(?:caption|captions|photo-?credit|image-?credit)(?:$|[>.#_-])"
)
SIGNS: Final = {"caption": CAPTION_PATH, **SAFE_CLASSES}
_SIGN_WORDS: Final = {
    "caption": ("caption", "credit"),
    "newsletter": ("newsletter", "mail", "sign"),
    "cookie": ("cookie", "gdpr", "onetrust"),
    "captcha": ("captcha",),
    "comments": ("comment", "disqus", "respond"),
    "advertisement": ("ad", "sponsored"),
}
"""What a path must contain for the expression of a sign to find anything."""
_SENTENCE_END: Final = re.compile(r"[.!?:;…。！？»”\"')\]]$")  # noqa: RUF001 - the marks of several scripts
LINKS_SUSPICIOUS: Final = 0.5
"""Share of characters in links from which a block's place speaks against it."""


CREDITED: Final = "line.credited"
"""The rule by which a caption is known from the credit it ends with."""
SIGNED: Final = "line.signed"
"""The rule by which the name of an agency goes with which an article is signed."""
BENEFITS: Final = "list.benefits"
INVITATIONS: Final = frozenset({"newsletter", "subscribe"})
"""Kinds that a list of benefits may follow."""
CAPTION_SENTENCES: Final = 2
"""Sentences of a caption, its credit among them, where it would be the article's last line."""
SENTENCE: Final = 8
"""Spaces in a line that may be an article's last: all that follows it is shorter."""
NEAR_TOP: Final = 3
NEAR_END: Final = 3
"""Blocks from the start and from the end among which title and names are looked for."""


def near_paths(paths: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Each path without the ancestors that hold more than `MOST_PLACE_CHARS` of the texts.

    The block itself always counts. Of a path longer than `MOST_PATH_CHARS`, which no sound page has, nothing
    else does: the work stays linear. A path whose names speak for nothing is left out.
    """
    near = {path: path.rpartition(">")[2] for path in set(paths)}
    if not any(_signs(path) for path in near if len(path) <= MOST_PATH_CHARS):
        return [near[path] for path in paths]
    held: Counter[str] = Counter()
    for path, text in zip(paths, texts, strict=True):
        held[path] += len(text)
    sizes: Counter[str] = Counter()
    for path, size in held.items():
        if len(path) <= MOST_PATH_CHARS:
            for above in _prefixes(path):
                sizes[above] += size
    for path in near:
        if len(path) <= MOST_PATH_CHARS:
            steps = path.split(">")
            wide = sum(sizes[above] > MOST_PLACE_CHARS for above in _prefixes(path))
            near[path] = ">".join(steps[min(wide, len(steps) - 1) :])
    return [near[path] for path in paths]


def _prefixes(path: str) -> Iterable[str]:
    return accumulate(path.split(">"), "{}>{}".format)


@dataclass(frozen=True)
class Judge:
    """The catalogue, as far as a document wants it: its languages, and not what is to be kept."""

    catalogue: Catalogue
    keep: Collection[str]
    weights: wording.Weights | None = None
    """What words of short lines weigh, if the document is in the language that they were learnt of."""

    def judge(self, lines: Sequence[Line]) -> None:
        """Take out of the lines all that is boilerplate, until nothing more is found in what is left."""
        closing = next((line for line in reversed(lines) if line.text.count(" ") >= SENTENCE), None)
        if closing is not None:
            closing.closes = True
        while self._judge_each(lines):
            self._judge_doubtful(lines)
            self._judge_benefits(lines)
            if self.weights is not None:
                judge_wording(lines, self.weights, self.keep)

    def _judge_each(self, lines: Sequence[Line]) -> bool:
        """Judge lines that were not, and those that became units of their own; whether there were any."""
        judged = False
        before: Line | None = None
        for line in lines:
            if before is not None and line.group != before.group:
                before = None
            whole = before is None or not (line.text[:1].islower() and _is_open(before.left))
            if not line.judged or (whole and not line.whole and line.pieces):
                line.whole = whole
                if line.judged:
                    self._judge_whole(line, Unit(line.left))
                elif not line.found:
                    line.pieces = [(0, line.text)]
                    self._judge_line(line)
                line.judged = judged = True
            if line.group is not None and line.left:
                before = line
        return judged

    def _judge_benefits(self, lines: Sequence[Line]) -> None:
        """Of what registering is good for, the items that follow the invitation go with it."""
        kind = ""
        for line in lines:
            if line.left:
                if kind and kind not in self.keep and structure.is_benefit(line.left, tag=line.tag):
                    line.drop(kind, BENEFITS, 1.0)
                else:
                    kind = ""
            elif line.text:
                kind = next((each.kind for each in line.found if each.kind in INVITATIONS), "")

    def _judge_line(self, line: Line) -> None:
        if line.path and self._judge_place(line):
            return
        if not self._judge_sign_off(line) and self._is_credited(line):
            line.drop("caption", CREDITED, 1.0)
            return
        unit = Unit(line.left)
        line.words = unit.words
        if not unit.near(self.catalogue):
            return
        if not self._judge_whole(line, unit) and self._judge_sentences(line, unit):
            self._judge_whole(line, Unit(line.left))

    def _judge_sign_off(self, line: Line) -> bool:
        """Take an agency's name off the last line, or one of several sentences: others are captions."""
        start = structure.signed_at(line.text)
        if start is None or "byline" in self.keep:
            return False
        left = line.text[:start].rstrip()
        if not line.closes and len(sentences.split(left)) == 1:
            return False
        line.found.append(Finding(start, len(line.text), "byline", SIGNED, 1.0))
        line.pieces = [(0, left)]
        return True

    def _is_credited(self, line: Line) -> bool:
        if not line.whole or "caption" in self.keep or not structure.is_credited(line.text):
            return False
        return not line.closes or len(sentences.split(line.text)) <= CAPTION_SENTENCES

    def _judge_whole(self, line: Line, unit: Unit) -> bool:
        if not line.whole or is_quoted(unit.text):
            return False
        verdict = self._verdict(unit)
        if verdict is None:
            return False
        if verdict.strength >= line.demands or _suspicious(line, verdict):
            line.drop(verdict.phrase.kind, verdict.phrase.rule, verdict.score)
            return True
        line.doubt = verdict
        return False

    def _judge_place(self, line: Line) -> bool:
        """A block whose ancestors are safe signs goes: with a phrase in it, or a caption by its element."""
        for kind in _signs(line.path):
            if kind not in self.keep and (kind == "caption" or self._has_phrase(line.text)):
                line.drop(kind, f"place.{kind}", 1.0)
                return True
        return False

    def _has_phrase(self, text: str) -> bool:
        unit = Unit(text)
        return len(unit.words) <= MOST_WORDS and bool(self.catalogue.find(unit))

    def _judge_sentences(self, line: Line, unit: Unit) -> bool:
        near = unit.near(self.catalogue)
        if not self.catalogue.may_be_sure(near, unit.folded):
            return False
        parts = sentences.split(unit.text)
        if len(parts) == 1 and line.whole:
            return False
        found = len(line.found)
        line.pieces = []
        quotes = sentences.Quotes()
        for start, text in parts:
            looked_at = not quotes.read(text) and self.catalogue.may_begin(text, near)
            verdict = self._verdict(Unit(text)) if looked_at else None
            if verdict is None or verdict.strength < Strength.SENTENCE:
                line.pieces.append((start, text))
                continue
            phrase = verdict.phrase
            end = start + len(text.rstrip())
            line.found.append(Finding(start, end, phrase.kind, phrase.rule, verdict.score))
        return len(line.found) > found

    def _judge_doubtful(self, lines: Sequence[Line]) -> None:
        """Lines with a weak phrase go when a neighbour went, and take their neighbours with them."""
        for indices in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            for index in indices:
                line = lines[index]
                if line.doubt is None or not line.pieces:
                    continue
                near = (lines[other] for other in (index - 1, index + 1) if 0 <= other < len(lines))
                if any(map(_gone, near)):
                    line.drop(line.doubt.phrase.kind, line.doubt.phrase.rule, line.doubt.score)

    def _verdict(self, unit: Unit) -> Verdict | None:
        verdict = judge(unit, self.catalogue)
        if verdict is None or verdict.phrase.kind in self.keep or structure.is_reported(unit.text):
            return None
        return verdict


def _is_open(line: str) -> bool:
    """Whether the line ends within a sentence, which a line in lower case goes on with."""
    return _SENTENCE_END.search(line) is None


def _gone(line: Line) -> bool:
    return not line.left and any(finding.kind not in STRUCTURAL_KINDS for finding in line.found)


def _suspicious(line: Line, verdict: Verdict) -> bool:
    if line.link_density >= LINKS_SUSPICIOUS:
        return True
    return verdict.phrase.kind in SAFE_CLASSES and verdict.phrase.kind in _signs(line.path)


@lru_cache(maxsize=4_096)
def _signs(path: str) -> tuple[str, ...]:
    """The kinds that the names in a path speak for; blocks of a page and pages of a site share paths."""
    signs = []
    for kind, needles in _SIGN_WORDS.items():
        for needle in needles:
            if needle in path:  # all six take a twentieth of what the expressions take
                if SIGNS[kind].search(path):
                    signs.append(kind)
                break
    return tuple(signs)


def drop_repeated(lines: Sequence[Line], metadata: Metadata, keep: Collection[str]) -> None:
    """Take out what the text repeats of the record: the title on top, the authors' names at both ends."""
    title = words.fold(metadata.title or "")
    names = {word for author in metadata.authors for word in words.fold(author)}
    for index, line in enumerate(lines):
        at_top, at_end = index < NEAR_TOP, index >= len(lines) - NEAR_END
        text = words.fold(line.text) if (at_top or at_end) and line.text.count(" ") < MOST_WORDS else []
        if not text:
            continue
        if at_top and title and text == title and "title" not in keep:
            line.take_all("title", "repeats.title")
        elif at_top and {"title", "byline"}.isdisjoint(keep) and structure.is_head(text, title, names):
            line.take_all("title", "repeats.head")
        elif (
            "byline" not in keep
            and names.intersection(text)
            and names.union(structure.BETWEEN_NAMES).issuperset(text)
        ):
            line.take_all("byline", "repeats.authors")
