"""The earlier runs, folded into what the health of each source asks of them."""

from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from scraper.records import Alarm, Figure, Report, SourceReport
from scraper.report.measures import MEASURES, Counts

REACH = timedelta(days=30)
"""How far back a baseline goes,"""
MIN_RUNS = 10
"""but to so many runs in any case."""
USUAL_RUNS = 20
"""Runs that tell for which reasons links usually become no articles."""
ORDER = tuple(MEASURES)
_dates = msgspec.json.Decoder(tuple[datetime, ...])


class PastRun(msgspec.Struct, gc=False):
    """What is read of an earlier report: a state may hold hundreds, of a thousand sources each."""

    started_at: datetime
    ended_at: datetime
    exit_code: int
    sources: list[Counts]
    alarms: list[Alarm]
    kind: str = "run"


class Earlier(NamedTuple):
    """A source in an earlier run."""

    figures: "array[float]"
    """Part and whole of each measure, in their order."""
    alarmed: frozenset[Figure]

    def part_and_whole(self, figure: Figure) -> tuple[float, float]:
        """What a figure was worked out from."""
        at = 2 * ORDER.index(figure)
        return self.figures[at], self.figures[at + 1]


class History:
    """A source in the earlier runs, the newest first."""

    __slots__ = ("newest", "reasons", "runs", "tried")

    def __init__(self) -> None:
        self.runs: list[Earlier] = []
        self.newest: tuple[datetime, ...] = ()
        """As the last run knew it."""
        self.reasons: Counter[str] = Counter()
        """Why links became no articles, in the last `USUAL_RUNS` together,"""
        self.tried = 0
        """and how many pages they tried."""

    def add(self, source: SourceReport | Counts, alarmed: frozenset[Figure]) -> None:
        """Take up the next older run."""
        if not self.runs:
            newest = source.newest
            self.newest = _dates.decode(newest) if isinstance(newest, msgspec.Raw) else newest
        figures = array("d")
        for measure in MEASURES.values():
            figures.extend((measure.part(source), measure.whole(source)))
        self.runs.append(Earlier(figures, alarmed))
        if len(self.runs) <= USUAL_RUNS:
            self.reasons.update(source.dropped)
            self.reasons.update(source.deferred)
            self.tried += source.tried


class Past:
    """The earlier runs, source by source."""

    def __init__(self, runs: Iterable[Report | PastRun] = (), *, now: datetime | None = None) -> None:
        """Take up `runs`, the newest first, as far back as from `now` a baseline goes."""
        self._sources: dict[str, History] = {}
        self.last_success: datetime | None = None
        # What was read from archives says nothing about how the sources do.
        for number, run in enumerate(run for run in runs if run.kind == "run"):
            if run.exit_code == 0 and self.last_success is None:
                self.last_success = run.ended_at
            if now and number >= MIN_RUNS and now - run.started_at > REACH:
                break
            alarmed: dict[str, set[Figure]] = {}
            for alarm in run.alarms:
                alarmed.setdefault(alarm.source, set()).add(alarm.figure)
            for source in run.sources:
                history = self._sources.setdefault(source.name, History())
                history.add(source, frozenset(alarmed.get(source.name, ())))

    def __getitem__(self, source: str) -> History:
        return self._sources.get(source) or History()
