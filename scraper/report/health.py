"""Holds each source against its own past: what has moved, how far from where it used to be, and why.

A frequent schedule finds little in each run, so runs are pooled, the newest first, until a figure stands on
enough pages. The pools behind the newest give the baseline: their median, and how far they lie apart. A run
with an alarm is no part of the baseline of that figure, so that an alarm does not silence itself; what stays
is the new normal once the runs before it are out of reach.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, median_low

import msgspec

from scraper.config import HealthConfig
from scraper.records import Alarm, Cause, Figure, Record, SourceReport
from scraper.report.measures import CAUSES, MEASURES, Measure
from scraper.report.past import Earlier, History, Past

POOLS = 20
"""Most pools of a baseline."""
MIN_POOLS = 5
"""Fewest pools that make a baseline."""
SPREADS = 4.0
"""A figure is out of the ordinary so many standard deviations from the baseline, at least. Tuned, with the
margins below, on simulated sources with steady shares: see `tests/report/test_health.py`."""
MAD_TO_DEVIATION = 1.4826
"""Of a normal distribution (Rousseeuw and Croux, 1993)."""
MOVES = 20
"""Movements of a feed that are kept in mind."""
MIN_MOVES = 5
"""Fewest that tell how a feed usually moves."""
FROZEN_AT_LEAST = timedelta(days=3)
"""A feed that rests for a long week-end is well."""
FROZEN_GAPS = 3.0
"""Usual gaps after which a feed counts as frozen,"""
FROZEN_LONGEST = 1.5
"""unless it has rested nearly that long before."""


class Reading(Record, frozen=True, kw_only=True):
    """A figure of a source, and what it used to be."""

    value: float
    count: int
    """Pages, texts or documents that `value` stands on."""
    baseline: float | None = None
    """None without enough of a past."""
    spread: float = 0.0
    """Standard deviation around the baseline."""


# ---- figures -----------------------------------------------------------------------------------------


def readings(source: SourceReport, past: Past, health: HealthConfig) -> dict[Figure, Reading]:
    """The figures of a source that stand on enough pages, each with its baseline where there is one."""
    found = {}
    for figure, measure in MEASURES.items():
        reading = _read(figure, measure, source, past[source.name].runs, health)
        if reading:
            found[figure] = reading
    return found


def _read(
    figure: Figure,
    measure: Measure,
    source: SourceReport,
    runs: Iterable[Earlier],
    health: HealthConfig,
) -> Reading | None:
    size = measure.at_least or max(1, health.min_pages)
    part, whole = measure.part(source), measure.whole(source)
    earlier = iter(runs)
    while whole < size:
        run = next(earlier, None)
        if run is None:
            return None
        more = run.part_and_whole(figure)
        part, whole = part + more[0], whole + more[1]
    reading = Reading(value=part / whole, count=round(whole))
    pools = _pools(figure, earlier, size)
    if len(pools) < MIN_POOLS:
        return reading
    middle = median(pools)
    spread = MAD_TO_DEVIATION * median(abs(value - middle) for value in pools)
    if measure.by_chance:
        # A share of few pages varies by chance, however steady the source (binomial distribution); one page
        # more or less is never out of the ordinary.
        usual = min(max(middle, 1 / whole), 1 - 1 / whole)
        spread = max(spread, math.sqrt(usual * (1 - usual) / whole))
    return msgspec.structs.replace(reading, baseline=middle, spread=spread)


def _pools(figure: Figure, earlier: Iterable[Earlier], size: int) -> list[float]:
    """The figure in each of the earlier pools."""
    pools: list[float] = []
    part = whole = 0.0
    for run in earlier:
        if figure in run.alarmed:
            continue
        more = run.part_and_whole(figure)
        part, whole = part + more[0], whole + more[1]
        if whole >= size:
            pools.append(part / whole)
            part = whole = 0.0
        if len(pools) == POOLS:
            break
    return pools


def is_out_of_the_ordinary(figure: Figure, reading: Reading) -> bool:
    """Whether a figure lies where an alarm is due."""
    if reading.baseline is None:
        return False
    measure = MEASURES[figure]
    if measure.falls:
        fall = reading.baseline - reading.value
        return reading.value < reading.baseline * measure.remains and fall > SPREADS * reading.spread
    return reading.value - reading.baseline > max(measure.margin, SPREADS * reading.spread)


# ---- feeds that stand still --------------------------------------------------------------------------


def moved(source: SourceReport, past: Past, *, started_at: datetime) -> SourceReport:
    """`source` with its newest announcement added to those of earlier runs.

    Where announcements carry no date, a new article stands for one.
    """
    newest = next(iter(source.newest), None)
    if newest is None and source.announced and source.stored > source.revised:
        newest = started_at
    before = past[source.name].newest
    if newest is not None and (not before or newest > before[-1]):
        before = (*before, newest)
    return msgspec.structs.replace(source, newest=before[-MOVES:])


def frozen(source: SourceReport, *, now: datetime) -> tuple[timedelta, timedelta] | None:
    """How long a feed has stood still and its usual gap, where that is out of the ordinary."""
    if len(source.newest) <= MIN_MOVES:
        return None
    gaps = [later - earlier for earlier, later in pairwise(source.newest)]
    # The middle one of two dates further apart is as good as their mean, and is a span of time.
    usual, still = median_low(gaps), now - source.newest[-1]
    longest = max(FROZEN_AT_LEAST, FROZEN_GAPS * usual, FROZEN_LONGEST * max(gaps))
    return (still, usual) if still > longest else None


# ---- alarms ------------------------------------------------------------------------------------------


def alarms(
    sources: Iterable[SourceReport], past: Past, health: HealthConfig, *, now: datetime
) -> tuple[Alarm, ...]:
    """What is out of the ordinary with each source."""
    return tuple(alarm for source in sources for alarm in _of_source(source, past, health, now))


def _of_source(source: SourceReport, past: Past, health: HealthConfig, now: datetime) -> Iterable[Alarm]:
    for figure, reading in readings(source, past, health).items():
        if is_out_of_the_ordinary(figure, reading):
            yield Alarm(
                source=source.name,
                figure=figure,
                value=round(reading.value, 4),
                baseline=round(reading.baseline or 0.0, 4),
                count=reading.count,
                cause=_cause(figure, source, past[source.name]),
            )
    if still := frozen(source, now=now):
        hours = [round(span / timedelta(hours=1), 1) for span in still]
        yield Alarm(
            source=source.name,
            figure=Figure.FROZEN,
            value=hours[0],
            baseline=hours[1],
            count=len(source.newest),
            cause=Cause.DEAD_FEED,
        )


def _cause(figure: Figure, source: SourceReport, earlier: History) -> Cause:
    if figure is Figure.CHALLENGES:
        return Cause.BLOCK
    if figure is Figure.ANNOUNCED:
        return Cause.DEAD_FEED
    if figure is Figure.UNREAD:
        return _speaks(Counter(map(_reason_of, source.failures)), Cause.DEAD_FEED)
    if figure is Figure.YIELD:
        # What has risen beside its usual share, as some sources always have their listings and paywalls.
        tried = earlier.tried or 1
        now = _not_articles(source)
        risen = Counter(
            {key: count / (source.tried or 1) - earlier.reasons[key] / tried for key, count in now.items()}
        )
        return _speaks(risen, Cause.LAYOUT_CHANGE)
    return Cause.LAYOUT_CHANGE


def _not_articles(source: SourceReport) -> Counter[str]:
    return Counter(source.dropped) + Counter(source.deferred)


def _speaks(counts: Mapping[str, float], otherwise: Cause) -> Cause:
    totals = {cause: sum(counts.get(reason, 0.0) for reason in reasons) for cause, reasons in CAUSES.items()}
    most = max(totals, key=lambda cause: totals[cause])
    return most if totals[most] > 0 else otherwise


def _reason_of(failure: str) -> str:
    """The reason in a line of `SourceReport.failures`: `ADDRESS: reason (detail)`."""
    return failure.partition(": ")[2].partition(" ")[0]
