"""Folds the outcomes of a run into figures, and holds them against the health thresholds."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from scraper.config import HealthConfig
from scraper.records import Drop, Event, Outcome, Reason, Report, SourceReport
from scraper.web.clock import Clock

FETCH_ERRORS = frozenset(
    {
        Reason.NOT_FOUND,
        Reason.CLIENT_ERROR,
        Reason.SERVER_ERROR,
        Reason.RATE_LIMITED,
        Reason.TIMEOUT,
        Reason.CONNECTION_FAILED,
        Reason.TOO_LARGE,
        Reason.BAD_ENCODING,
        Reason.BAD_REDIRECT,
        Reason.TOO_MANY_REDIRECTS,
        Reason.HOST_UNAVAILABLE,
        Reason.ROBOTS_UNREACHABLE,
        Reason.CHALLENGE,
        Reason.GAVE_UP,
        Reason.WORKER_TIMEOUT,
        Reason.WORKER_DIED,
        Reason.PAGE_FAILED,
    }
)
"""What `max_error_rate` counts: not what a page is, but that it could not be had."""


class Journal:
    """Tells whoever listens what happens in a run."""

    def __init__(self, run_id: str, clock: Clock, on_event: Callable[[Event], None]) -> None:
        self._run_id = run_id
        self.clock = clock
        self._on_event = on_event

    def emit(self, event: str, **fields: str | int | None) -> None:
        """Tell of an event; `fields` are those of `Event`."""
        data = {"at": self.clock.now(), "event": event, "run_id": self._run_id, **fields}
        self._on_event(msgspec.convert(data, Event))


class SourceTally:
    """The running figures of one source."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = 0
        self.fetched = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.dropped: Counter[Reason] = Counter()
        self.deferred: Counter[Reason] = Counter()
        self.words = 0
        self.notes = 0
        self.seconds = 0.0
        self.documents = 0
        self.failures: list[str] = []

    def drop(self, reason: Reason, *, deferred: bool, count: int = 1) -> None:
        """Count links that were dropped or put off."""
        self.outcomes[Outcome.DEFERRED if deferred else Outcome.DROPPED] += count
        (self.deferred if deferred else self.dropped)[reason] += count

    def store(self, words: int, *, noted: bool = False) -> None:
        """Count an article."""
        self.outcomes[Outcome.STORED] += 1
        self.words += words
        self.notes += noted

    def unchanged(self, count: int = 1) -> None:
        """Count links with nothing new."""
        self.outcomes[Outcome.UNCHANGED] += count

    def fail(self, drop: Drop) -> None:
        """Note a feed, sitemap or section page that could not be read."""
        self.failures.append(f"{drop.url}: {drop.reason}" + (f" ({drop.detail})" if drop.detail else ""))

    def report(self) -> SourceReport:
        """The figures as a record."""
        return SourceReport(
            name=self.name,
            found=self.found,
            fetched=self.fetched,
            stored=self.outcomes[Outcome.STORED],
            unchanged=self.outcomes[Outcome.UNCHANGED],
            dropped={reason.value: count for reason, count in self.dropped.most_common()},
            deferred={reason.value: count for reason, count in self.deferred.most_common()},
            words=self.words,
            notes=self.notes,
            seconds=round(self.seconds, 3),
            documents=self.documents,
            failures=tuple(self.failures),
        )


class Tally:
    """The running figures of a run."""

    def __init__(self, run_id: str, started_at: datetime) -> None:
        self.run_id = run_id
        self.started_at = started_at
        self._sources: dict[str, SourceTally] = {}
        self.parts: list[str] = []

    def __getitem__(self, source: str) -> SourceTally:
        return self._sources.setdefault(source, SourceTally(source))

    def report(self, health: HealthConfig, *, ended_at: datetime, stopped: str | None) -> Report:
        """The figures as a record, with the exit code that follows from them."""
        sources = tuple(tally.report() for tally in self._sources.values())
        links = sum(source.found for source in sources)
        totals: Counter[Outcome] = Counter()
        reasons: Counter[Reason] = Counter()
        for tally in self._sources.values():
            totals.update(tally.outcomes)
            reasons.update(tally.dropped)
            reasons.update(tally.deferred)
        failed_sources = sum(1 for source in sources if source.failures and not source.documents)
        missed = missed_thresholds(health, links, totals, reasons, failed_sources)
        if sources and failed_sources == len(sources) and not stopped:
            # Whatever the thresholds: a run that could read nothing at all must not pass for a quiet day.
            missed = (*missed, f"no source could be read ({failed_sources} of {len(sources)} failed)")
        return Report(
            run_id=self.run_id,
            started_at=self.started_at,
            ended_at=ended_at,
            exit_code=5 if stopped else 1 if missed else 0,
            stopped=stopped,
            missed=missed,
            links=links,
            stored=totals[Outcome.STORED],
            unchanged=totals[Outcome.UNCHANGED],
            dropped=totals[Outcome.DROPPED],
            deferred=totals[Outcome.DEFERRED],
            words=sum(source.words for source in sources),
            sources=sources,
            parts=tuple(self.parts),
        )


def missed_thresholds(
    health: HealthConfig,
    links: int,
    totals: Mapping[Outcome, int],
    reasons: Mapping[Reason, int],
    failed_sources: int,
) -> tuple[str, ...]:
    """The thresholds of `[health]` that these figures miss, each with the figure."""
    missed = []
    stored = totals.get(Outcome.STORED, 0)
    if health.min_articles is not None and stored < health.min_articles:
        missed.append(f"min_articles: {stored} < {health.min_articles}")
    rates = (
        ("max_error_rate", health.max_error_rate, sum(reasons.get(reason, 0) for reason in FETCH_ERRORS)),
        ("max_drop_rate", health.max_drop_rate, totals.get(Outcome.DROPPED, 0)),
        ("max_challenge_rate", health.max_challenge_rate, reasons.get(Reason.CHALLENGE, 0)),
    )
    for key, threshold, count in rates:
        if threshold is not None and links and count / links > threshold:
            missed.append(f"{key}: {count / links:.3f} > {threshold:g} ({count} of {links} links)")
    if health.max_failed_sources is not None and failed_sources > health.max_failed_sources:
        missed.append(f"max_failed_sources: {failed_sources} > {health.max_failed_sources}")
    return tuple(missed)
