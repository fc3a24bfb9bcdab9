"""The figures that a run can be held to, and the thresholds of `[health]` and `--fail-on`."""

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Self

from scraper.config import HealthConfig
from scraper.errors import ConfigError
from scraper.records import Reason, Record, Report, SourceReport

FETCH_ERRORS = frozenset(
    {
        Reason.FORBIDDEN_ADDRESS,
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
"""What `error_rate` counts: not what a page is, but that it could not be had."""

OPERATORS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
)


def reasons(source: SourceReport, among: Iterable[Reason]) -> int:
    """Links of a source that were dropped or put off for one of these reasons."""
    return sum(source.dropped.get(reason, 0) + source.deferred.get(reason, 0) for reason in among)


def has_failed(source: SourceReport) -> bool:
    """Whether nothing that a source names could be read."""
    return bool(source.failures) and not source.documents


def errors(report: Report) -> int:
    """Links that could not be had."""
    return sum(reasons(source, FETCH_ERRORS) for source in report.sources)


def challenges(report: Report) -> int:
    """Links that ended at a challenge."""
    return sum(reasons(source, (Reason.CHALLENGE,)) for source in report.sources)


def failed_sources(report: Report) -> int:
    """Sources of which nothing could be read."""
    return sum(has_failed(source) for source in report.sources)


def _share(count: float, whole: float) -> float | None:
    """A share; None of nothing, which is no figure to hold against anything."""
    return count / whole if whole else None


def _of_sources(name: str) -> Callable[[Report], int]:
    return lambda report: sum(getattr(source, name) for source in report.sources)


FIGURES: Mapping[str, tuple[str, Callable[[Report], float | None]]] = MappingProxyType(
    {
        "links": ("links that the run met", lambda report: report.links),
        "articles": ("new and changed articles", lambda report: report.stored),
        "words": ("words of those articles", lambda report: report.words),
        "dropped": ("links that are no articles, for good", lambda report: report.dropped),
        "deferred": ("links left to a later run", lambda report: report.deferred),
        "error_rate": (
            "share of the links that could not be had",
            lambda report: _share(errors(report), report.links),
        ),
        "drop_rate": ("share of the links dropped", lambda report: _share(report.dropped, report.links)),
        "defer_rate": ("share of the links deferred", lambda report: _share(report.deferred, report.links)),
        "challenge_rate": (
            "share of the links that ended at a challenge",
            lambda report: _share(challenges(report), report.links),
        ),
        "no_date_rate": (
            "share of the articles without a date",
            lambda report: _share(_of_sources("no_date")(report), report.stored),
        ),
        "no_authors_rate": (
            "share of the articles without an author",
            lambda report: _share(_of_sources("no_authors")(report), report.stored),
        ),
        "failed_sources": ("sources of which nothing could be read", failed_sources),
        "alarms": ("alarms of sources", lambda report: len(report.alarms)),
        "notes": ("articles with a note, such as a site rule that missed", _of_sources("notes")),
        "seconds": (
            "duration of the run",
            lambda report: (report.ended_at - report.started_at).total_seconds(),
        ),
    }
)
"""What `fail_on` can name: meaning and figure. A rate of nothing is None, and misses no threshold."""


class Threshold(Record, frozen=True, kw_only=True):
    """A figure that a run must not have."""

    figure: str
    comparison: str
    bound: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a threshold such as `error_rate>0.2`.

        Raises:
            ConfigError: It cannot be read, or names no figure.
        """
        found = re.fullmatch(r"\s*(\w+)\s*(>=|<=|>|<)\s*([-+.\w]+)\s*", text)
        if not found:
            raise ConfigError(
                f"{text!r}: not a threshold; write a figure, one of > >= < <=, and a number: error_rate>0.2"
            )
        figure, comparison, number = found.groups()
        if figure not in FIGURES:
            raise ConfigError(f"{text!r}: no figure {figure!r}; there are {', '.join(FIGURES)}")
        try:
            bound = float(number)
        except ValueError as error:
            raise ConfigError(f"{text!r}: {number!r} is not a number") from error
        if not math.isfinite(bound):
            raise ConfigError(f"{text!r}: {number!r} is not a number that a figure can reach")
        return cls(figure=figure, comparison=comparison, bound=bound)

    def missed(self, report: Report) -> str | None:
        """What to tell of a report that has the figure, None for one that has not."""
        value = FIGURES[self.figure][1](report)
        if value is None or not OPERATORS[self.comparison](value, self.bound):
            return None
        return f"{self.figure}: {value:.4g} {self.comparison} {self.bound:g}"


def missed_thresholds(report: Report, health: HealthConfig) -> tuple[str, ...]:
    """The thresholds that a report misses, each with the figure."""
    missed = []
    if health.min_articles is not None and report.stored < health.min_articles:
        missed.append(f"min_articles: {report.stored} < {health.min_articles}")
    rates = (
        ("max_error_rate", health.max_error_rate, errors(report)),
        ("max_drop_rate", health.max_drop_rate, report.dropped),
        ("max_challenge_rate", health.max_challenge_rate, challenges(report)),
    )
    for key, threshold, count in rates:
        if threshold is not None and report.links and count / report.links > threshold:
            share = count / report.links
            missed.append(f"{key}: {share:.3f} > {threshold:g} ({count} of {report.links} links)")
    failed = failed_sources(report)
    if health.max_failed_sources is not None and failed > health.max_failed_sources:
        missed.append(f"max_failed_sources: {failed} > {health.max_failed_sources}")
    missed.extend(filter(None, (Threshold.parse(text).missed(report) for text in health.fail_on)))
    if report.sources and failed == len(report.sources) and not report.stopped:
        # Whatever the thresholds: a run that could read nothing at all must not pass for a quiet day.
        missed.append(f"no source could be read ({failed} of {failed} failed)")
    return tuple(missed)
