"""Forms (a) and (b): decides which blocks and sentences of a document are boilerplate."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from scraper.clean import sentences, structure, words
from scraper.clean.catalogue import STRUCTURAL_KINDS, Catalogue, Strength
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
_QUOTES: Final = frozenset('"“„«‘「『')  # noqa: RUF001 - the marks of several languages
LINKS_SUSPICIOUS: Final = 0.5
"""Share of characters in links from which a block's place speaks against it."""


CREDITED: Final = "line.credited"
"""The rule by which a caption is known from the credit it ends with."""
BENEFITS: Final = "list.benefits"
INVITATIONS: Final = frozenset({"newsletter", "subscribe"})
"""Kinds that a list of benefits may follow."""
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


class Finding(NamedTuple):
    """A stretch of a line that a rule calls boilerplate; places count within the line."""

    start: int
    end: int
    kind: str
    rule: str
    score: float


@dataclass(eq=False, slots=True)
class Line:
    """A block, or a line of plain text, while it is being judged."""

    text: str
    """Tidied, on one line."""
    tag: str = "p"
    path: str = ""
    """Its ancestors, as far as they hold little else (`near_paths`)."""
    link_density: float = 0.0
    group: int | None = None
    """Lines of one group follow each other without a blank line: a paragraph may be wrapped over them."""
    whole: bool = True
    """Whether it is a unit of its own, not a stretch of a paragraph that was wrapped."""
    judged: bool = False
    found: list[Finding] = field(default_factory=list)
    pieces: list[tuple[int, str]] = field(default_factory=list)
    """Its sentences that are left, once they were looked at one by one."""
    doubt: Verdict | None = None
    """A weak phrase that fills it, waiting for what becomes of its neighbours."""

    @property
    def demands(self) -> Strength:
        """How strong a phrase must be: short items of lists often look like what menus say."""
        return Strength.SENTENCE if self.tag == "li" or self.text[:1] in "-*•" else Strength.LINE

    @property
    def left(self) -> str:
        """What is left of it."""
        if len(self.pieces) == 1:
            return self.pieces[0][1].strip()
        return "".join([text for _, text in self.pieces]).strip()

    def take_all(self, kind: str, rule: str) -> None:
        """Take out the whole line, before it was looked at."""
        self.found.append(Finding(0, len(self.text), kind, rule, 1.0))

    def drop(self, kind: str, rule: str, score: float) -> None:
        """Take out all that is left of it."""
        self.found.extend(
            Finding(start, start + len(text.rstrip()), kind, rule, score) for start, text in self.pieces
        )
        self.pieces = []


@dataclass(frozen=True)
class Judge:
    """The catalogue, as far as a document wants it: its languages, and not what is to be kept."""

    catalogue: Catalogue
    keep: Collection[str]

    def judge(self, lines: Sequence[Line]) -> None:
        """Take out of the lines all that is boilerplate, until nothing more is found in what is left."""
        while self._judge_each(lines):
            self._judge_doubtful(lines)
            self._judge_benefits(lines)

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
        if line.whole and "caption" not in self.keep and structure.is_credited(line.text):
            line.drop("caption", CREDITED, 1.0)
            return
        unit = Unit(line.text)
        if not unit.near(self.catalogue):
            return
        if not self._judge_whole(line, unit) and self._judge_sentences(line, unit):
            self._judge_whole(line, Unit(line.left))

    def _judge_whole(self, line: Line, unit: Unit) -> bool:
        if not line.whole or _is_quoted(unit.text):
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
        parts = sentences.split(line.text)
        if len(parts) == 1 and line.whole:
            return False
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
        return bool(line.found)

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
        return None if verdict is None or verdict.phrase.kind in self.keep else verdict


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


def _is_quoted(text: str) -> bool:
    return text.lstrip()[:1] in _QUOTES


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
