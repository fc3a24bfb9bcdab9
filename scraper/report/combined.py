"""The reports of a run's shards as one: figures are added up, and thresholds looked at for the whole."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain

import msgspec

from scraper.config import HealthConfig
from scraper.records import HostReport, Report, SourceReport
from scraper.report.tally import SHOWN_HOSTS, judged, seconds_per_request, with_lost

SHOWN_DATES = 20

_ADDED = tuple(
    field.name
    for field in msgspec.structs.fields(SourceReport)
    if field.type in {int, float} and field.name != "same_text"
)
_COUNTED = ("dropped", "deferred", "removed", "skipped")


def combined(
    reports: Sequence[Report],
    health: HealthConfig,
    *,
    run_id: str,
    started_at: datetime,
    ended_at: datetime,
    stopped: str | None = None,
) -> Report:
    """One report of several, with the exit code of the whole.

    Args:
        reports: Of shards that share no link.
        health: The thresholds, which hold for the sum.
        run_id: Of the run that the shards are parts of.
        started_at: When it began.
        ended_at: Now.
        stopped: Why the whole ended early, if it did.
    """
    archives = all(report.kind == "reprocess" for report in reports)
    by_name: dict[str, list[SourceReport]] = {}
    for source in chain.from_iterable(report.sources for report in reports):
        by_name.setdefault(source.name, []).append(source)
    hosts = [host for report in reports for host in report.hosts]
    whole = Report(
        run_id=run_id,
        started_at=started_at,
        ended_at=ended_at,
        exit_code=0,
        stopped=stopped or next(filter(None, (report.stopped for report in reports)), None),
        links=sum(report.links for report in reports),
        stored=sum(report.stored for report in reports),
        unchanged=sum(report.unchanged for report in reports),
        dropped=sum(report.dropped for report in reports),
        deferred=sum(report.deferred for report in reports),
        words=sum(report.words for report in reports),
        sources=tuple(_one_of(sources) for sources in by_name.values()),
        parts=tuple(part for report in reports for part in report.parts),
        alarms=tuple(alarm for report in reports for alarm in report.alarms),
        requests=sum(report.requests for report in reports),
        hosts=_shown(hosts),
        skipped=sum(report.skipped for report in reports),
        kind="reprocess" if archives else "run",
    )
    if archives:
        return with_lost(judged(whole, HealthConfig(fail_on=health.fail_on)))
    return judged(whole, health)


def _one_of(sources: Sequence[SourceReport]) -> SourceReport:
    """A source whose addresses are shared out; mostly there is but one."""
    if len(sources) == 1:
        return sources[0]
    figures = {name: sum(getattr(source, name) for source in sources) for name in _ADDED}
    counts = {name: _sum([getattr(source, name) for source in sources]) for name in _COUNTED}
    dates = sorted({date for source in sources for date in source.newest})
    return msgspec.structs.replace(
        sources[0],
        **figures,
        **counts,
        failures=tuple(failure for source in sources for failure in source.failures),
        newest=tuple(dates[-SHOWN_DATES:]),
        median_words=_median(sources),
        same_text=max(source.same_text for source in sources),
    )


def _sum(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for some in counts:
        total.update(some)
    return dict(total.most_common())


def _median(sources: Sequence[SourceReport]) -> int | None:
    """The median of the medians, each as heavy as its articles: all that the reports can tell."""
    known = sorted((source.median_words, source.stored) for source in sources if source.median_words)
    half, passed = sum(stored for _, stored in known) / 2, 0
    for words, stored in known:
        passed += stored
        if passed >= half:
            return words
    return None


def _shown(hosts: Sequence[HostReport]) -> tuple[HostReport, ...]:
    slowest = sorted(hosts, key=seconds_per_request, reverse=True)
    failing = sorted((host for host in hosts if host.errors), key=lambda host: -host.errors)
    names = {host.host for host in (*slowest[:SHOWN_HOSTS], *failing[:SHOWN_HOSTS])}
    return tuple(host for host in slowest if host.host in names)
