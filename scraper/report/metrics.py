"""The figures of a run as metrics in the text format of Prometheus.

They are for the textfile collector of the node exporter. All are gauges: a batch job has no counters that
live from one run to the next. Names follow https://prometheus.io/docs/practices/naming/.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from scraper import __version__
from scraper.records import HostReport, Report, SourceReport
from scraper.web.printable import visible

METRICS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "scraper_build_info": ("Version of the program; always 1.", ("version",)),
        "scraper_run_start_timestamp_seconds": ("When the last run began.", ()),
        "scraper_run_end_timestamp_seconds": ("When the last run ended.", ()),
        "scraper_run_duration_seconds": ("How long the last run took.", ()),
        "scraper_run_exit_code": ("0 healthy, 1 a threshold was missed, 5 stopped early.", ()),
        "scraper_run_missed_thresholds": ("Health thresholds that the last run missed.", ()),
        "scraper_run_requests": ("Requests that the last run sent.", ()),
        "scraper_last_success_timestamp_seconds": ("When the last run with exit code 0 ended.", ()),
        "scraper_source_links": ("Links by how they ended.", ("source", "outcome")),
        "scraper_source_reasons": (
            "Dropped and deferred links by reason.",
            ("source", "outcome", "reason"),
        ),
        "scraper_source_new_articles": ("New articles.", ("source",)),
        "scraper_source_revised_articles": ("Articles that replace an earlier revision.", ("source",)),
        "scraper_source_copied_articles": ("Articles that tell what another one tells.", ("source",)),
        "scraper_source_words": ("Words of new and revised articles.", ("source",)),
        "scraper_source_median_article_words": ("Words of the median article.", ("source",)),
        "scraper_source_articles_without_date": ("Articles without a date of publication.", ("source",)),
        "scraper_source_articles_without_authors": ("Articles without an author.", ("source",)),
        "scraper_source_tried_pages": ("Links whose page the run tried to get.", ("source",)),
        "scraper_source_challenged_pages": (
            "Pages that asked for a proof that we are human.",
            ("source",),
        ),
        "scraper_source_same_text_pages": ("Pages that had the most frequent text.", ("source",)),
        "scraper_source_documents": ("Feeds, sitemaps, sections and lists read.", ("source",)),
        "scraper_source_unread_documents": ("Feeds, sitemaps and sections that failed.", ("source",)),
        "scraper_source_newest_announcement_timestamp_seconds": (
            "Date of the newest announcement.",
            ("source",),
        ),
        "scraper_source_removed_pieces": ("Pieces that cleaning took out.", ("source", "kind")),
        "scraper_source_response_seconds": ("Time spent waiting for answers, added up.", ("source",)),
        "scraper_source_alarm": ("1 for each alarm of the last run.", ("source", "figure", "cause")),
        "scraper_host_requests": ("Requests to the slowest and most failing hosts.", ("host",)),
        "scraper_host_errors": ("Requests to them that failed.", ("host",)),
        "scraper_host_response_seconds": ("Time that their answers took, added up.", ("host",)),
    }
)
"""Name, help and labels of every metric."""

_Sample = tuple[str, tuple[str, ...], float]


def metrics_text(report: Report, *, last_success: datetime | None = None) -> bytes:
    """The metrics of a run.

    Args:
        report: The run.
        last_success: When an earlier run last ended with exit code 0.
    """
    registry = CollectorRegistry()
    gauges = {name: Gauge(name, text, labels, registry=registry) for name, (text, labels) in METRICS.items()}
    used = set()
    for name, labels, value in _samples(report, last_success):
        gauge = gauges[name]
        (gauge.labels(*map(visible, labels)) if labels else gauge).set(value)
        used.add(name)
    for name, gauge in gauges.items():
        # A gauge without labels would say 0 where nothing is known.
        if name not in used:
            registry.unregister(gauge)
    return generate_latest(registry)


def _samples(report: Report, last_success: datetime | None) -> Iterator[_Sample]:
    yield "scraper_build_info", (__version__,), 1
    yield "scraper_run_start_timestamp_seconds", (), report.started_at.timestamp()
    yield "scraper_run_end_timestamp_seconds", (), report.ended_at.timestamp()
    yield "scraper_run_duration_seconds", (), (report.ended_at - report.started_at).total_seconds()
    yield "scraper_run_exit_code", (), report.exit_code
    yield "scraper_run_missed_thresholds", (), len(report.missed)
    yield "scraper_run_requests", (), report.requests
    success = report.ended_at if report.exit_code == 0 else last_success
    if success:
        yield "scraper_last_success_timestamp_seconds", (), success.timestamp()
    for source in report.sources:
        yield from _of_source(source)
    for alarm in report.alarms:
        yield "scraper_source_alarm", (alarm.source, alarm.figure, alarm.cause), 1
    for host in report.hosts:
        yield from _of_host(host)


def _of_source(source: SourceReport) -> Iterator[_Sample]:
    name = source.name
    counts = {
        "stored": source.stored,
        "unchanged": source.unchanged,
        "dropped": sum(source.dropped.values()),
        "deferred": sum(source.deferred.values()),
    }
    for outcome, count in counts.items():
        yield "scraper_source_links", (name, outcome), count
    for outcome, reasons in (("dropped", source.dropped), ("deferred", source.deferred)):
        for reason, count in reasons.items():
            yield "scraper_source_reasons", (name, outcome, reason), count
    figures = {
        "scraper_source_new_articles": source.stored - source.revised,
        "scraper_source_revised_articles": source.revised,
        "scraper_source_copied_articles": source.copies,
        "scraper_source_words": source.words,
        "scraper_source_articles_without_date": source.no_date,
        "scraper_source_articles_without_authors": source.no_authors,
        "scraper_source_tried_pages": source.tried,
        "scraper_source_challenged_pages": source.challenged,
        "scraper_source_same_text_pages": source.same_text,
        "scraper_source_documents": source.documents,
        "scraper_source_unread_documents": len(source.failures),
        "scraper_source_response_seconds": source.seconds,
    }
    for metric, value in figures.items():
        yield metric, (name,), value
    if source.median_words is not None:
        yield "scraper_source_median_article_words", (name,), source.median_words
    if source.newest:
        newest = source.newest[-1].timestamp()
        yield "scraper_source_newest_announcement_timestamp_seconds", (name,), newest
    for kind, count in source.removed.items():
        yield "scraper_source_removed_pieces", (name, kind), count


def _of_host(host: HostReport) -> Iterator[_Sample]:
    yield "scraper_host_requests", (host.host,), host.requests
    yield "scraper_host_errors", (host.host,), host.errors
    yield "scraper_host_response_seconds", (host.host,), host.seconds
