"""Forms (a) and (b): decides which blocks and sentences of a document are boilerplate."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from scraper.clean import sentences, words
from scraper.clean.catalogue import STRUCTURAL_KINDS, Catalogue, Strength
from scraper.clean.units import MOST_WORDS, Unit, Verdict, judge
from scraper.records import Metadata

SAFE_CLASSES: Final = {
    "newsletter": re.compile(r"newsletter|mailing-?list|(?:email|mail)-?sign-?up"),
    "cookie": re.compile(r"cookie|gdpr|onetrust"),
    "captcha": re.compile(r"captcha"),
    "comments": re.compile(r"(?:^|[.#_-])(?:comments|disqus|respond|commentlist|comment-form)(?:$|[.#_-])"),
    "advertisement": re.compile(
        r"(?:^|[.#_-])(?:ads?|advert|advertisement|advertising|adslot|sponsored)(?:$|[.#_-])"
    ),
}
"""Classes and ids that name boilerplate so surely that one phrase within is enough.

Words of true article text per million under such ancestors of at most 1,200 characters,
measured on reference texts: newsletter 7, cookie 15, comments 31, ad 48. Others
(related 2,635, nav 5,259, paywall 60,591) are of no use.
"""
CAPTION_PATH: Final = re.compile(
    r"figcaption|(?:^|[>.#_-])(?:caption|captions|photo-?credit|image-?credit)(?:$|[>.#_-])"
)
LINKS_SUSPICIOUS: Final = 0.5
"""Share of characters in links from which a block's place speaks against it."""


NEAR_TOP: Final = 3
NEAR_END: Final = 3
"""Blocks from the start and from the end among which title and names are looked for."""
BETWEEN_NAMES: Final = frozenset("by and von und par et por y di e de door en av och af og przez".split())


class Finding(NamedTuple):
    """A stretch of a line that a rule calls boilerplate; places count within the line."""

    start: int
    end: int
    kind: str
    rule: str
    score: float


@dataclass(eq=False)
class Line:
    """A block, or a line of plain text, while it is being judged."""

    text: str
    """Tidied, on one line."""
    tag: str = "p"
    path: str = ""
    link_density: float = 0.0
    whole: bool = True
    """Whether it is a unit of its own, not a stretch of a paragraph that was wrapped."""
    found: list[Finding] = field(default_factory=list)
    pieces: list[tuple[int, str]] = field(default_factory=list)
    """Its sentences that are left, once they were looked at one by one."""
    doubt: Verdict | None = None
    """A weak phrase that fills it, waiting for what becomes of its neighbours."""

    @property
    def demands(self) -> Strength:
        """How strong a phrase must be: short items of lists often look like what menus say."""
        return Strength.SURE if self.tag == "li" or self.text[:1] in "-*•" else Strength.BLOCK

    @property
    def left(self) -> str:
        """What is left of it."""
        return "".join(text for _, text in self.pieces).strip()

    def take_all(self, kind: str, rule: str) -> None:
        """Take out the whole line, before it was looked at."""
        self.found.append(Finding(0, len(self.text), kind, rule, 1.0))

    def drop(self, kind: str, rule: str, score: float) -> None:
        """Take out all that is left of it."""
        for start, text in self.pieces:
            self.drop_piece(start, text, Finding(start, start + len(text.rstrip()), kind, rule, score))
        self.pieces = []

    def drop_piece(self, start: int, text: str, finding: Finding) -> None:
        """Take out one sentence."""
        self.pieces = [piece for piece in self.pieces if piece != (start, text)]
        self.found.append(finding)


@dataclass(frozen=True)
class Judge:
    """The catalogue, as far as a document wants it."""

    catalogue: Catalogue
    languages: Collection[str] | None
    keep: Collection[str]

    def judge(self, lines: Sequence[Line]) -> None:
        """Take out of the lines all that is boilerplate, until nothing more is found in what is left."""
        for line in lines:
            if not line.found:
                line.pieces = [(0, line.text)]
                self._judge_line(line)
        self._judge_doubtful(lines)

    def _judge_line(self, line: Line) -> None:
        if line.path and self._judge_place(line):
            return
        if not self._judge_whole(line) and self._judge_sentences(line):
            self._judge_whole(line)

    def _judge_whole(self, line: Line) -> bool:
        if not line.whole or _is_quoted(line.left):
            return False
        verdict = self._verdict(line.left)
        if verdict is None:
            return False
        if verdict.strength >= line.demands or _suspicious(line, verdict):
            line.drop(verdict.phrase.kind, verdict.phrase.rule, verdict.score)
            return True
        line.doubt = verdict
        return False

    def _judge_place(self, line: Line) -> bool:
        """A block whose ancestors are safe signs goes: with a phrase in it, or a caption by its element."""
        ancestors = line.path.split(">")
        if "caption" not in self.keep and any(map(CAPTION_PATH.search, ancestors)):
            line.drop("caption", "place.caption", 1.0)
            return True
        for kind, sign in SAFE_CLASSES.items():
            if kind not in self.keep and any(map(sign.search, ancestors)) and self._has_phrase(line.text):
                line.drop(kind, f"place.{kind}", 1.0)
                return True
        return False

    def _has_phrase(self, text: str) -> bool:
        unit = Unit(text)
        return len(unit.words) <= MOST_WORDS and bool(self.catalogue.find(unit, self.languages))

    def _judge_sentences(self, line: Line) -> bool:
        if not self.catalogue.may_be_sure(Unit(line.text).folded):
            return False
        parts = sentences.split(line.text)
        if len(parts) == 1 and line.whole:
            return False
        line.pieces = parts
        for start, text in parts:
            verdict = self._verdict(text)
            if verdict is None or verdict.strength < Strength.SURE or sentences.in_quotes(line.text, start, text):
                continue
            phrase = verdict.phrase
            end = start + len(text.rstrip())
            line.drop_piece(start, text, Finding(start, end, phrase.kind, phrase.rule, verdict.score))
        return bool(line.found)

    def _judge_doubtful(self, lines: Sequence[Line]) -> None:
        """Lines with a weak phrase go when a neighbour went; again, until none does."""
        waiting = [index for index, line in enumerate(lines) if line.doubt and line.pieces]
        changed = True
        while changed:
            changed = False
            for index in waiting:
                line = lines[index]
                near = (lines[other] for other in (index - 1, index + 1) if 0 <= other < len(lines))
                if line.pieces and line.doubt and any(_gone(other) for other in near):
                    line.drop(line.doubt.phrase.kind, line.doubt.phrase.rule, line.doubt.score)
                    changed = True

    def _verdict(self, text: str) -> Verdict | None:
        verdict = judge(Unit(text), self.catalogue, self.languages)
        return None if verdict is None or verdict.phrase.kind in self.keep else verdict


def _gone(line: Line) -> bool:
    return not line.left and any(finding.kind not in STRUCTURAL_KINDS for finding in line.found)


def _suspicious(line: Line, verdict: Verdict) -> bool:
    if line.link_density >= LINKS_SUSPICIOUS:
        return True
    sign = SAFE_CLASSES.get(verdict.phrase.kind)
    return sign is not None and any(map(sign.search, line.path.split(">")))


def _is_quoted(text: str) -> bool:
    return text.lstrip()[:1] in set('"“„«‘「『')


def drop_repeated(lines: Sequence[Line], metadata: Metadata, keep: Collection[str]) -> None:
    """Take out what the text repeats of the record: the title on top, the authors' names at both ends."""
    title = words.fold(metadata.title or "")
    names = {word for author in metadata.authors for word in words.fold(author)}
    for index, line in enumerate(lines):
        text = words.fold(line.text) if line.text.count(" ") < MOST_WORDS else []
        if not text:
            continue
        at_top, at_end = index < NEAR_TOP, index >= len(lines) - NEAR_END
        if at_top and title and text == title and "title" not in keep:
            line.take_all("title", "repeats.title")
        elif (at_top or at_end) and "byline" not in keep and names.intersection(text):
            if names.union(BETWEEN_NAMES).issuperset(text):
                line.take_all("byline", "repeats.authors")
