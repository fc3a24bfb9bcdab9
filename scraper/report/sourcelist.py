"""The sources on the report's page: a line each, and behind it all that is known of it."""

from collections import Counter
from collections.abc import Sequence

from scraper.config import HealthConfig
from scraper.records import Figure, Outcome, Report, SourceReport
from scraper.report.charts import Column, columns, shares
from scraper.report.health import Reading, is_out_of_the_ordinary, readings
from scraper.report.html import Html, join, tag
from scraper.report.measures import WORDING, amount
from scraper.report.past import Past
from scraper.report.pieces import duration, figure_table, moment
from scraper.report.thresholds import has_failed

SHOWN_SOURCES = 500
"""Sources on a page; those with alarms first, then the largest."""


def source_list(newest: Report, shown: Sequence[Report], past: Past, health: HealthConfig) -> Html:
    """The sources of the newest run, each with what the shown runs gave."""
    if not newest.sources:
        return tag("p", "There is none.")
    alarmed = Counter(alarm.source for alarm in newest.alarms)
    history = [{source.name: source for source in report.sources} for report in reversed(shown)]
    ordered = sorted(
        newest.sources, key=lambda source: (-alarmed[source.name], not source.failures, -source.found)
    )
    rows = [
        _source(
            source,
            [(report, run.get(source.name)) for report, run in zip(reversed(shown), history, strict=True)],
            past,
            health,
            alarms=alarmed[source.name],
        )
        for source in ordered[:SHOWN_SOURCES]
    ]
    rest = len(ordered) - SHOWN_SOURCES
    return join(
        tag(
            "p",
            "Bars: articles run by run; how the links of the last run ended. Open a line for its figures.",
            class_="quiet",
        ),
        tag("div", rows, class_="sources"),
        tag("p", f"… and {rest:,} smaller sources.", class_="quiet") if rest > 0 else None,
    )


_Runs = Sequence[tuple[Report, SourceReport | None]]


def _source(source: SourceReport, runs: _Runs, past: Past, health: HealthConfig, *, alarms: int) -> Html:
    counts = _outcomes(source)
    flags = []
    if alarms:
        flags.append(tag("span", f"{alarms} alarm{'s' * (alarms != 1)}", class_="chip bad"))
    if source.failures:
        word = "not read" if has_failed(source) else "partly read"
        flags.append(tag("span", word, class_="chip warn"))
    spark = [
        Column(
            f"{report.started_at:%-d %b %H:%M}: {run.stored if run else 0:,} articles",
            (("stored", run.stored if run else 0),),
        )
        for report, run in runs
    ]
    each = f"{source.median_words:,} words each" if source.median_words is not None else ""
    summary = tag(
        "summary",
        tag("span", source.name, class_="name"),
        columns(spark, label=None, class_="spark"),
        shares((outcome.value, outcome.value, counts[outcome]) for outcome in Outcome),
        tag("span", f"{source.stored:,} article{'s' * (source.stored != 1)}", class_="number articles"),
        tag("span", each, class_="number words-each quiet"),
        tag("span", flags or tag("span", "well", class_="chip good"), class_="flags"),
    )
    inside = (
        tag("p", _sentence(source, counts)),
        tag(
            "div", tag("div", _readings(source, past, health)), tag("div", _why(source, runs)), class_="pair"
        ),
        _list("Could not be read", source.failures),
    )
    return tag("details", summary, tag("div", inside, class_="inside"), class_="source")


def _outcomes(source: SourceReport) -> dict[Outcome, int]:
    return {
        Outcome.STORED: source.stored,
        Outcome.UNCHANGED: source.unchanged,
        Outcome.DROPPED: sum(source.dropped.values()),
        Outcome.DEFERRED: sum(source.deferred.values()),
    }


def _sentence(source: SourceReport, counts: dict[Outcome, int]) -> Html:
    ended = ", ".join(f"{count:,} {outcome.value}" for outcome, count in counts.items())
    newest = (" Newest announcement: ", moment(source.newest[-1]), ".") if source.newest else None
    return join(
        f"{source.found:,} links: {ended}. {source.words:,} words. "
        f"{source.documents:,} feeds, sitemaps, sections or lists read, {source.fresh_documents:,} in full. "
        f"{duration(source.seconds)} spent waiting for it.",
        newest,
    )


def _readings(source: SourceReport, past: Past, health: HealthConfig) -> Html | None:
    rows = [
        (
            WORDING[figure],
            _marked(figure, reading),
            "unknown" if reading.baseline is None else amount(figure, reading.baseline),
            reading.count,
        )
        for figure, reading in readings(source, past, health).items()
    ]
    if not rows:
        return tag("p", "Too few pages so far to tell what is usual.", class_="quiet")
    return figure_table("Against its own past", ("figure", "now", "usually", "out of"), rows, folded=False)


def _marked(figure: Figure, reading: Reading) -> Html:
    value = amount(figure, reading.value)
    class_ = "chip bad" if is_out_of_the_ordinary(figure, reading) else None
    return tag("span", value, class_=class_)


def _why(source: SourceReport, runs: _Runs) -> Html | None:
    total: Counter[str] = Counter()
    for _, run in runs:
        if run:
            total.update(run.dropped)
            total.update(run.deferred)
    rows = [
        (reason.replace("_", " "), source.dropped.get(reason, 0) + source.deferred.get(reason, 0), count)
        for reason, count in total.most_common()
    ]
    headings = ("reason", "last run", "all runs shown")
    return figure_table("Why links became no article", headings, rows, folded=False) if rows else None


def _list(heading: str, lines: Sequence[str]) -> Html | None:
    if not lines:
        return None
    return join(tag("h3", heading), tag("ul", (tag("li", line) for line in lines)))
