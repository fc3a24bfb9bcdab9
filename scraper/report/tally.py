"""Folds the outcomes of a run into figures."""

from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from heapq import nlargest
from itertools import groupby
from operator import itemgetter
from statistics import median_low
from urllib.parse import urlsplit

import msgspec

from scraper.config import HealthConfig
from scraper.records import (
    Article,
    Drop,
    HostReport,
    NotModified,
    Outcome,
    Reason,
    Removal,
    Report,
    Skip,
    SourceReport,
)
from scraper.report.health import alarms, moved
from scraper.report.measures import described
from scraper.report.past import Past
from scraper.report.thresholds import missed_thresholds

SHOWN_HOSTS = 20
"""Hosts in a report: so many of the slowest, and as many of the most failing."""
MAX_HOSTS = 50_000
"""Hosts that figures are kept of; those met later in a run of more are left out."""
NOT_TRIED = frozenset(
    {
        Reason.EXCLUDED,
        Reason.TOO_OLD,
        Reason.INVALID_URL,
        Reason.OVER_LIMIT,
        Reason.ROBOTS_DENIED,
        Reason.STOPPED,
    }
)
"""Reasons for which a run does not even try to get a page."""
ARTICLES_ALL_THE_SAME = frozenset({Reason.DUPLICATE_TEXT, Reason.DUPLICATE_NEAR, Reason.DUPLICATE_URL})
"""Reasons of pages that are articles, though not new ones."""


class SourceTally:
    """The running figures of one source."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = 0
        self.fetched = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.dropped: Counter[Reason] = Counter()
        self.deferred: Counter[Reason] = Counter()
        self.notes = 0
        self.copies = 0
        self.seconds = 0.0
        self.documents = 0
        self.fresh_documents = 0
        self.announced = 0
        self.newest: datetime | None = None
        self.failures: list[str] = []
        self._tried = 0
        self._articles = 0
        self._revised = 0
        self._words = array("I")
        self._no_date = 0
        self._no_authors = 0
        self._challenged = 0
        self._texts = array("Q")
        """Of each text eight bytes that stand for it: a run of millions is to stay small."""
        self._removed: Counter[str] = Counter()
        self._removed_chars = 0
        self._skipped: Counter[Skip] = Counter()

    # ---- discovery -----------------------------------------------------------------------------------

    def announce(self, dates: Iterable[datetime | None], *, fresh: bool) -> None:
        """Count a document that was read, by the dates of its links; `fresh` unless it did not change."""
        self.documents += 1
        self.fresh_documents += fresh
        for date in dates:
            self.announced += 1
            if date is not None and (self.newest is None or date > self.newest):
                self.newest = date

    def fail(self, drop: Drop) -> None:
        """Note a feed, sitemap or section page that could not be read."""
        self.failures.append(f"{drop.url}: {drop.reason}" + (f" ({drop.detail})" if drop.detail else ""))

    # ---- outcomes ------------------------------------------------------------------------------------

    def drop(self, reason: Reason, *, deferred: bool, count: int = 1) -> None:
        """Count links that were dropped or put off without being looked at."""
        self.outcomes[Outcome.DEFERRED if deferred else Outcome.DROPPED] += count
        (self.deferred if deferred else self.dropped)[reason] += count

    def skip(self, reason: Skip) -> None:
        """Count a record of an archive that is no page, or none that was asked for."""
        self._skipped[reason] += 1

    def forget_texts(self) -> None:
        """Keep of the texts only the most frequent one: an archive that was read to its end has no more."""
        text, count = self._most_frequent_text()
        self._texts = array("Q", [text] * count)

    def unchanged(self, count: int = 1) -> None:
        """Count links with nothing new that were not looked at."""
        self.outcomes[Outcome.UNCHANGED] += count

    def settle(self, outcome: Article | Drop | NotModified) -> None:
        """Count what a page turned out to be, before the state has its say."""
        if isinstance(outcome, Drop):
            self._tried += outcome.reason not in NOT_TRIED
            self._challenged += outcome.reason is Reason.CHALLENGE
            return
        self._tried += 1
        self._articles += 1
        if isinstance(outcome, Article):
            digest = blake2b(outcome.content_hash.encode(), digest_size=self._texts.itemsize).digest()
            self._texts.append(int.from_bytes(digest))

    def store(self, article: Article) -> None:
        """Count a new or changed article."""
        self.outcomes[Outcome.STORED] += 1
        self._words.append(article.word_count)
        self._revised += article.revision > 1
        self._no_date += article.date_published is None
        self._no_authors += not article.authors
        self.notes += bool(article.notes)

    def take_back(self, article: Article, reason: Reason) -> None:
        """Count a stored article as dropped; what cleaning took out of it stays counted."""
        self.outcomes[Outcome.STORED] -= 1
        self.drop(reason, deferred=False)
        self._words.remove(article.word_count)
        self._revised -= article.revision > 1
        self._no_date -= article.date_published is None
        self._no_authors -= not article.authors
        self.notes -= bool(article.notes)

    def remove(self, removed: Iterable[Removal]) -> None:
        """Count what cleaning took out of a stored article."""
        for removal in removed:
            self._removed[removal.kind] += 1
            self._removed_chars += len(removal.text)

    def _most_frequent_text(self) -> tuple[int, int]:
        """A text that no other is more frequent than, and its count."""
        alike = ((text, sum(1 for _ in group)) for text, group in groupby(sorted(self._texts)))
        return max(alike, key=itemgetter(1), default=(0, 0))

    def report(self) -> SourceReport:
        """The figures as a record."""
        return SourceReport(
            name=self.name,
            found=self.found,
            fetched=self.fetched,
            stored=self.outcomes[Outcome.STORED],
            unchanged=self.outcomes[Outcome.UNCHANGED],
            dropped=_by_count(self.dropped),
            deferred=_by_count(self.deferred),
            words=sum(self._words),
            notes=self.notes,
            seconds=round(self.seconds, 3),
            documents=self.documents,
            failures=tuple(self.failures),
            fresh_documents=self.fresh_documents,
            announced=self.announced,
            newest=(self.newest,) if self.newest else (),
            tried=self._tried,
            articles=self._articles,
            revised=self._revised,
            copies=self.copies,
            median_words=median_low(self._words) if self._words else None,
            no_date=self._no_date,
            no_authors=self._no_authors,
            challenged=self._challenged,
            same_text=self._most_frequent_text()[1],
            removed=_by_count(self._removed),
            removed_chars=self._removed_chars,
            skipped=_by_count(self._skipped),
        )


def _by_count(counts: Counter[Reason] | Counter[Skip] | Counter[str]) -> dict[str, int]:
    return {str(key): count for key, count in counts.most_common()}


class HostTally:
    """How each host answers."""

    def __init__(self) -> None:
        self.requests = 0
        self._hosts: dict[str, tuple[list[float], Counter[str]]] = {}

    def note(self, url: str, seconds: float, failure: str | None) -> None:
        """Count a request: how long its answer took, and the status or fault where it failed."""
        self.requests += 1
        host = urlsplit(url).netloc.rpartition("@")[2]
        if host not in self._hosts and len(self._hosts) >= MAX_HOSTS:
            return
        times, failures = self._hosts.setdefault(host, ([0.0, 0.0], Counter()))
        times[0] += 1
        times[1] += seconds
        if failure:
            failures[failure] += 1

    def report(self) -> tuple[HostReport, ...]:
        """The slowest and the most failing hosts, the slowest first."""
        hosts = [
            HostReport(
                host=host,
                requests=int(times[0]),
                errors=failures.total(),
                seconds=round(times[1], 3),
                failures=_by_count(failures),
            )
            for host, (times, failures) in self._hosts.items()
        ]
        slowest = nlargest(SHOWN_HOSTS, hosts, key=seconds_per_request)
        failing = nlargest(SHOWN_HOSTS, (host for host in hosts if host.errors), key=lambda h: h.errors)
        shown = {host.host: host for host in (*slowest, *failing)}
        return tuple(sorted(shown.values(), key=seconds_per_request, reverse=True))


def seconds_per_request(host: HostReport) -> float:
    """How long an answer of the host took in the mean."""
    return host.seconds / host.requests if host.requests else 0.0


class Tally:
    """The running figures of a run."""

    def __init__(self, run_id: str, started_at: datetime, *, kind: str = "run") -> None:
        self.run_id = run_id
        self.kind = kind
        self.started_at = started_at
        self._sources: dict[str, SourceTally] = {}
        self.hosts = HostTally()
        self.parts: list[str] = []

    def __getitem__(self, source: str) -> SourceTally:
        return self._sources.setdefault(source, SourceTally(source))

    def report(
        self, health: HealthConfig, *, ended_at: datetime, stopped: str | None, past: Past | None = None
    ) -> Report:
        """The figures as a record, with the alarms and the exit code that follow from them.

        Args:
            health: The thresholds.
            ended_at: Now.
            stopped: Why the run ended early, if it did.
            past: The earlier runs, which the sources are held against.
        """
        past = past or Past()
        sources = tuple(
            moved(tally.report(), past, started_at=self.started_at) for tally in self._sources.values()
        )
        totals: Counter[Outcome] = Counter()
        for tally in self._sources.values():
            totals.update(tally.outcomes)
        report = Report(
            run_id=self.run_id,
            started_at=self.started_at,
            ended_at=ended_at,
            exit_code=0,
            stopped=stopped,
            links=sum(source.found for source in sources),
            stored=totals[Outcome.STORED],
            unchanged=totals[Outcome.UNCHANGED],
            dropped=totals[Outcome.DROPPED],
            deferred=totals[Outcome.DEFERRED],
            words=sum(source.words for source in sources),
            sources=sources,
            parts=tuple(self.parts),
            alarms=alarms(sources, past, health, now=ended_at),
            requests=self.hosts.requests,
            hosts=self.hosts.report(),
            kind=self.kind,
            skipped=sum(sum(source.skipped.values()) for source in sources),
        )
        return judged(report, health)


def judged(report: Report, health: HealthConfig) -> Report:
    """The report with the thresholds that it misses, and the exit code."""
    missed = missed_thresholds(report, health)
    if health.fail_on_alarm:
        missed = (*missed, *(f"alarm: {described(alarm)}" for alarm in report.alarms))
    code = 5 if report.stopped else 1 if missed else 0
    return msgspec.structs.replace(report, missed=missed, exit_code=code)


def with_lost(report: Report) -> Report:
    """The report of archives, which were to be read to their ends, with those that were not."""
    lost = tuple(failure for source in report.sources for failure in source.failures)
    if not lost:
        return report
    missed = (*report.missed, *(f"not read to its end: {failure}" for failure in lost))
    return msgspec.structs.replace(report, missed=missed, exit_code=report.exit_code or 1)
