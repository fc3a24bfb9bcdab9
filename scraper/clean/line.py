"""A line of a document while it is being judged: what is left of it, and what was found in it."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from scraper.clean.catalogue import Strength
from scraper.clean.units import Verdict

_QUOTES: Final = frozenset('"“„«‘「『')  # noqa: RUF001 - the marks of several languages


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
    closes: bool = False
    """Whether it is the last line of an article: what follows is shorter than a sentence."""
    judged: bool = False
    words: list[str] = field(default_factory=list)
    """Those of its text, folded, once it was looked at."""
    found: list[Finding] = field(default_factory=list)
    pieces: list[tuple[int, str]] = field(default_factory=list)
    """Its sentences that are left, once they were looked at one by one."""
    doubt: Verdict | None = None
    """A weak phrase that fills it, waiting for what becomes of its neighbours."""

    @property
    def demands(self) -> Strength:
        """How strong a phrase must be: short items of lists often look like what menus say."""
        return Strength.SENTENCE if self.tag == "li" or self.bulleted else Strength.LINE

    @property
    def bulleted(self) -> bool:
        """Whether it begins with the mark of an item."""
        return self.text[:1] in "-*•"

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


def is_quoted(text: str) -> bool:
    """Whether it begins with a quotation mark."""
    return text.lstrip()[:1] in _QUOTES
