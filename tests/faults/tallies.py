"""What the trials of a kind came to, and the table of it."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.judging import Findings
from tests.faults.runner import Ran

MOST_NOTES = 20


@dataclass
class Tally:
    """Trials of one kind."""

    kind: str
    trials: int = 0
    hits: int = 0
    """Trials in which the fault really struck; the run of another may have been over before."""
    found: Findings = field(default_factory=Findings)
    bad: int = 0
    """Trials in which anything at all was wrong."""
    reruns: list[int] = field(default_factory=list)
    """How many plain runs it took until everything was done."""
    recovery_s: list[float] = field(default_factory=list)
    """What the first plain run after the fault took."""
    notes: list[str] = field(default_factory=list)

    def add(
        self, findings: Findings, reruns: Sequence[Ran], *, hit: bool, what: str, wrong: Iterable[str] = ()
    ) -> None:
        """Count a trial; `wrong` is what was found beside `findings`."""
        self.trials += 1
        self.hits += hit
        for name in ("lost", "duplicated", "torn", "stray", "again", "differs"):
            setattr(self.found, name, getattr(self.found, name) + getattr(findings, name))
        wrong = list(wrong)
        if not reruns or reruns[-1].code:
            wrong.append(f"not done after {len(reruns)} reruns: {reruns[-1].said if reruns else ''}")
        if not findings.sound or wrong:
            self.bad += 1
            self.notes.append(f"{self.kind}: {what}: {'; '.join(wrong)} {findings}")
        self.reruns.append(len(reruns))
        if reruns:
            self.recovery_s.append(reruns[0].seconds)


HEADINGS = (
    "trials of", "trials", "hit", "lost", "twice", "torn", "stray", "again", "differ", "bad",
    "bound", "reruns", "median s", "longest s",
)  # fmt: skip


def table(tallies: Iterable[Tally]) -> str:
    """The tallies as lines of text, then what was wrong.

    `bound` is what no fault in so many hits leaves possible: with 95 % confidence the share of such hits that
    do harm is below three in that many (Hanley and Lippman-Hand, "If nothing goes wrong, is everything all
    right?", JAMA 249, 1983), were they drawn at random.
    """
    rows: list[Sequence[str]] = [HEADINGS]
    notes: list[str] = []
    for tally in tallies:
        found = tally.found
        figures = (found.lost, found.duplicated, found.torn, found.stray, found.again, found.differs)
        times = tally.recovery_s or [0.0]
        bound = f"< {3 / tally.hits:.1%}" if tally.hits and not tally.bad else "-"
        rows.append(
            (
                tally.kind,
                str(tally.trials),
                str(tally.hits),
                *map(str, figures),
                str(tally.bad),
                bound,
                str(max(tally.reruns, default=0)),
                f"{statistics.median(times):.2f}",
                f"{max(times):.2f}",
            )
        )
        notes += tally.notes[:MOST_NOTES]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) if not place else cell.rjust(width)
                  for place, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]  # fmt: skip
    return "\n".join([*lines, *notes])
