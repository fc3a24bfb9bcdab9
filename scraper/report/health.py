"""Holds each source against its own past: what has moved, how far from where it used to be, and why.

A frequent schedule finds little in each run, so runs are pooled, the newest first, until a figure stands on
enough pages. The pools behind the newest give the baseline: their median, and how far they lie apart. A run
with an alarm is no part of the baseline of that figure, so that an alarm does not silence itself; what stays
is the new normal once the runs before it are out of reach.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, median_low
from types import MappingProxyType

import msgspec

from scraper.config import HealthConfig
from scraper.records import Alarm, Cause, Figure, Reason, Record, Report, SourceReport

REACH = timedelta(days=30)
"""How far back a baseline goes,"""
MIN_RUNS = 10
"""but to so many runs in any case."""
POOLS = 20
"""Most pools of a baseline."""
MIN_POOLS = 5
"""Fewest pools that make a baseline."""
MIN_DOCUMENTS = 3
"""Feeds and the like, or runs that read some, that a figure about them is worked out from."""
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


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What a run says of a source, as far as its health asks."""

    at: datetime
    report: SourceReport
    alarmed: frozenset[Figure] = frozenset()


class Reading(Record, frozen=True, kw_only=True):
    """A figure of a source, and what it used to be."""

    value: float
    count: int
    """Pages, texts or documents that `value` stands on."""
    baseline: float | None = None
    """None without enough of a past."""
    spread: float = 0.0
    """Standard deviation around the baseline."""


class _Measure(Record, frozen=True, kw_only=True):
    """How a figure is worked out, and how far it may move."""

    part: Callable[[SourceReport], float]
    whole: Callable[[SourceReport], float]
    falls: bool = False
    """Whether it is low that is bad."""
    by_chance: bool = True
    """Whether it varies with each page, as in drawing lots; a feed that fails does so for a reason."""
    margin: float = 0.3
    """How much a share may rise."""
    remains: float = 0.5
    """How much of the baseline is to be left of what falls."""
    at_least: int | None = None
    """Size of a pool, where it is not `min_pages`."""


def _texts(source: SourceReport) -> int:
    return source.stored + source.dropped.get(Reason.DUPLICATE_TEXT, 0)


MEASURES: Mapping[Figure, _Measure] = MappingProxyType(
    {
        Figure.YIELD: _Measure(part=lambda s: s.articles, whole=lambda s: s.tried, falls=True),
        Figure.TEXT_LENGTH: _Measure(
            part=lambda s: (s.median_words or 0) * s.stored,
            whole=lambda s: s.stored,
            falls=True,
            by_chance=False,
        ),
        Figure.DATES_MISSING: _Measure(part=lambda s: s.no_date, whole=lambda s: s.stored),
        Figure.AUTHORS_MISSING: _Measure(part=lambda s: s.no_authors, whole=lambda s: s.stored),
        Figure.CHALLENGES: _Measure(part=lambda s: s.challenged, whole=lambda s: s.tried, margin=0.2),
        Figure.SAME_TEXT: _Measure(
            part=lambda s: min(s.same_text, _texts(s)) if s.same_text > 1 else 0, whole=_texts
        ),
        Figure.UNREAD: _Measure(
            part=lambda s: len(s.failures),
            whole=lambda s: s.documents + len(s.failures),
            margin=0.5,
            by_chance=False,
            at_least=MIN_DOCUMENTS,
        ),
        Figure.ANNOUNCED: _Measure(
            part=lambda s: s.announced,
            # A run in which something was read afresh; which documents these are differs from run to run.
            whole=lambda s: min(1, s.fresh_documents),
            falls=True,
            remains=0.1,
            by_chance=False,
            at_least=MIN_DOCUMENTS,
        ),
    }
)

CAUSES: Mapping[Cause, frozenset[Reason]] = MappingProxyType(
    {
        Cause.BLOCK: frozenset(
            {Reason.CHALLENGE, Reason.CLIENT_ERROR, Reason.RATE_LIMITED, Reason.CONSENT_WALL}
        ),
        Cause.PAYWALL: frozenset({Reason.PAYWALL_STUB, Reason.LOGIN}),
        Cause.DEAD_FEED: frozenset({Reason.NOT_FOUND, Reason.SOFT_404}),
        Cause.SITE_DOWN: frozenset(
            {
                Reason.SERVER_ERROR,
                Reason.TIMEOUT,
                Reason.CONNECTION_FAILED,
                Reason.HOST_UNAVAILABLE,
                Reason.ROBOTS_UNREACHABLE,
                Reason.ERROR_PAGE,
            }
        ),
        Cause.LAYOUT_CHANGE: frozenset(
            {Reason.LISTING, Reason.TOO_SHORT, Reason.EMPTY, Reason.GALLERY_OR_VIDEO, Reason.NOT_HTML}
        ),
    }
)
"""Which reasons speak for what."""


class Past:
    """The earlier runs, source by source, the newest first."""

    def __init__(self, reports: Iterable[Report] = (), *, now: datetime | None = None) -> None:
        """Take up `reports`, the newest first, as far back as from `now` a baseline goes."""
        self._sources: dict[str, list[Sample]] = {}
        self.last_success: datetime | None = None
        for number, report in enumerate(reports):
            if report.exit_code == 0 and self.last_success is None:
                self.last_success = report.ended_at
            if now and number >= MIN_RUNS and now - report.started_at > REACH:
                break
            alarmed: dict[str, set[Figure]] = {}
            for alarm in report.alarms:
                alarmed.setdefault(alarm.source, set()).add(alarm.figure)
            for source in report.sources:
                sample = Sample(
                    at=report.started_at, report=source, alarmed=frozenset(alarmed.get(source.name, ()))
                )
                self._sources.setdefault(source.name, []).append(sample)

    def __getitem__(self, source: str) -> Sequence[Sample]:
        return self._sources.get(source, ())


# ---- figures -----------------------------------------------------------------------------------------


def readings(source: SourceReport, past: Past, health: HealthConfig) -> dict[Figure, Reading]:
    """The figures of a source that stand on enough pages, each with its baseline where there is one."""
    found = {}
    for figure, measure in MEASURES.items():
        reading = _read(figure, measure, source, past[source.name], health)
        if reading:
            found[figure] = reading
    return found


def _read(
    figure: Figure,
    measure: _Measure,
    source: SourceReport,
    earlier: Sequence[Sample],
    health: HealthConfig,
) -> Reading | None:
    size = measure.at_least or max(1, health.min_pages)
    part, whole = measure.part(source), measure.whole(source)
    used = 0
    while whole < size and used < len(earlier):
        part += measure.part(earlier[used].report)
        whole += measure.whole(earlier[used].report)
        used += 1
    if whole < size:
        return None
    reading = Reading(value=part / whole, count=round(whole))
    pools = _pools(figure, measure, earlier[used:], size)
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


def _pools(figure: Figure, measure: _Measure, earlier: Iterable[Sample], size: int) -> list[float]:
    pools: list[float] = []
    part = whole = 0.0
    for sample in earlier:
        if figure in sample.alarmed:
            continue
        part += measure.part(sample.report)
        whole += measure.whole(sample.report)
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
    before = past[source.name][0].report.newest if past[source.name] else ()
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


def _cause(figure: Figure, source: SourceReport, earlier: Sequence[Sample]) -> Cause:
    if figure is Figure.CHALLENGES:
        return Cause.BLOCK
    if figure is Figure.ANNOUNCED:
        return Cause.DEAD_FEED
    if figure is Figure.UNREAD:
        return _speaks(Counter(map(_reason_of, source.failures)), Cause.DEAD_FEED)
    if figure is Figure.YIELD:
        # What has risen beside its usual share, as some sources always have their listings and paywalls.
        usual: Counter[str] = Counter()
        for sample in earlier:
            usual.update(_not_articles(sample.report))
        tried = sum(sample.report.tried for sample in earlier) or 1
        now = _not_articles(source)
        risen = Counter({key: count / (source.tried or 1) - usual[key] / tried for key, count in now.items()})
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


UNITS: Mapping[Figure, str] = MappingProxyType(
    {Figure.TEXT_LENGTH: "words", Figure.ANNOUNCED: "links", Figure.FROZEN: "hours"}
)
"""Of the figures that are no share."""

WORDING: Mapping[Figure, str] = MappingProxyType(
    {
        Figure.YIELD: "share of the pages that are articles",
        Figure.TEXT_LENGTH: "length of the median article",
        Figure.DATES_MISSING: "share of articles without a date",
        Figure.AUTHORS_MISSING: "share of articles without an author",
        Figure.CHALLENGES: "share of the pages that ask for a proof that we are human",
        Figure.SAME_TEXT: "share of the pages with one and the same text",
        Figure.UNREAD: "share of the feeds, sitemaps and sections that cannot be read",
        Figure.ANNOUNCED: "links that feeds, sitemaps and sections announce in a run",
        Figure.FROZEN: "time since the newest announcement",
    }
)


def amount(figure: Figure, value: float) -> str:
    """A value of a figure, as one says it: 12 %, 340 words, 4.2 days."""
    if figure is Figure.FROZEN:
        return f"{value / 24:.1f} days" if value >= 48 else f"{value:.1f} hours"  # noqa: PLR2004 - two days
    if figure in UNITS:
        return f"{value:,.0f} {UNITS[figure]}"
    return f"{value * 100:.0f} %"


def described(alarm: Alarm) -> str:
    """An alarm in a line."""
    usual = "usual gap" if alarm.figure is Figure.FROZEN else "usually"
    return (
        f"{alarm.source}: {WORDING[alarm.figure]}: {amount(alarm.figure, alarm.value)}, "
        f"{usual} {amount(alarm.figure, alarm.baseline)}; likely cause: {alarm.cause.replace('_', ' ')}"
    )
