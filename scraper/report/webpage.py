"""The report as one web page that needs nothing else: what to look at first, then figures, then why.

No script, nothing from elsewhere: the page says so itself, in its content security policy.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from importlib import resources

from scraper.config import HealthConfig
from scraper.records import Alarm, Cause, Figure, HostReport, Outcome, Report
from scraper.report.charts import FEWEST, Column, bars, columns
from scraper.report.html import Html, join, tag
from scraper.report.measures import WORDING, amount
from scraper.report.past import Past
from scraper.report.pieces import (
    duration,
    figure_table,
    legend,
    moment,
    percent,
    scrolling,
    section,
)
from scraper.report.sourcelist import source_list
from scraper.report.tally import SHOWN_HOSTS, seconds_per_request
from scraper.report.thresholds import challenges, errors, has_failed

SHOWN_DAYS = 31
"""Days in the charts by day."""
SHOWN_REASONS = 15

ADVICE = {
    Cause.LAYOUT_CHANGE: "Look at a page with `scraper fetch`; a site rule may help until we learn better.",
    Cause.BLOCK: "Ask more slowly (`delay_s`), give a `contact`, or leave the source out.",
    Cause.PAYWALL: "What was free may be for subscribers now; `exclude` what is.",
    Cause.DEAD_FEED: "Look for the new address of the feed with `scraper discover`.",
    Cause.SITE_DOWN: "Often passes by itself; links wait for a later run.",
}
"""What an operator can do."""

PARTS = {
    "days": "By day",
    "outcomes": "By run",
    "sources": "Sources",
    "reasons": "Why no article",
    "removed": "Cleaning",
    "hosts": "Hosts",
    "runs": "Runs",
}
"""The headings that the page can be entered by."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def report_page(
    reports: Sequence[Report], *, title: str, past: Past | None = None, health: HealthConfig | None = None
) -> str:
    """The page of a run and of those before it.

    Args:
        reports: At least one, the newest first.
        title: Names the state.
        past: The runs before the newest, which tell what is usual; those of `reports` when unset.
        health: How sources are held against their past; the defaults when unset.
    """
    newest = reports[0]
    past = past or Past(reports[1:])
    body = join(
        tag("a", "Skip to the figures", href="#figures", class_="skip"),
        _header(newest, title),
        tag("nav", tag("ul", _jumps(), role="list"), aria_label="Parts of the page"),
        tag(
            "main",
            _verdict(newest),
            _attention(newest),
            _tiles(newest),
            tag("div", _per_day(reports), _per_run(reports), class_="pair"),
            section(
                "sources",
                "Sources",
                source_list(newest, reports, past, health or HealthConfig()),
            ),
            tag("div", _reasons(reports), _removed(reports), class_="pair"),
            _hosts(newest),
            _runs(reports),
        ),
        tag("footer", tag("p", "Made by scraper; times are UTC. The page loads nothing and runs no script.")),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="robots", content="noindex"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{_verdict_words(newest)[1]} · scraper report · {title}"),
        tag("style", Html(resources.files("scraper.report").joinpath("page.css").read_text("utf-8"))),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def _header(report: Report, title: str) -> Html:
    return tag(
        "header",
        tag("h1", "What the last run did"),
        tag("p", title, " · ", moment(report.started_at), class_="quiet"),
        tag("p", "run ", tag("code", report.run_id), class_="quiet"),
    )


def _jumps() -> Iterable[Html]:
    for name, words in PARTS.items():
        yield tag("li", tag("a", words, href=f"#{name}"))


def _verdict_words(report: Report) -> tuple[str, str, str]:
    if report.stopped:
        return "warn", "Stopped early", f"by {report.stopped.replace('_', ' ')}; the rest is kept"
    if report.missed:
        count = len(report.missed)
        return "bad", "Not healthy", f"{count} threshold{'s' * (count != 1)} missed"
    if report.alarms or any(source.failures for source in report.sources):
        return "warn", "Worth a look", "the run ended well, and something has changed"
    return "good", "Healthy", "no threshold was missed, and no source stands out"


def _verdict(report: Report) -> Html:
    class_, word, why = _verdict_words(report)
    took = (report.ended_at - report.started_at).total_seconds()
    return tag(
        "div",
        tag("strong", word),
        tag("span", why),
        tag("span", f"exit code {report.exit_code}", class_="chip"),
        tag("span", f"{duration(took)} · {report.requests:,} requests", class_="quiet"),
        class_=f"verdict {class_}",
    )


def _attention(report: Report) -> Html | None:
    """Alarms and the like, first of all."""
    items = [_alarm(alarm) for alarm in report.alarms]
    items += [
        tag("li", tag("b", "Threshold"), missed)
        for missed in report.missed
        if not missed.startswith("alarm: ")
    ]
    for source in report.sources:
        items += [
            tag("li", tag("b", source.name), "could not read ", failure, class_="warn")
            for failure in source.failures
        ]
    if not items:
        return None
    return section("alarms", "Alarms", tag("ul", items, class_="alarms", role="list"))


def _alarm(alarm: Alarm) -> Html:
    usual = "usual gap" if alarm.figure is Figure.FROZEN else "usually"
    return tag(
        "li",
        tag("b", alarm.source),
        WORDING[alarm.figure],
        ": ",
        tag("strong", amount(alarm.figure, alarm.value)),
        f" ({usual} {amount(alarm.figure, alarm.baseline)}). ",
        tag("span", f"likely cause: {alarm.cause.replace('_', ' ')}", class_="chip bad"),
        tag("div", _with_code(ADVICE[alarm.cause]), class_="quiet"),
    )


def _with_code(sentence: str) -> Html:
    return join(tag("code", part) if at % 2 else part for at, part in enumerate(sentence.split("`")))


def _tiles(report: Report) -> Html:
    read = sum(not has_failed(source) for source in report.sources)
    revised = sum(source.revised for source in report.sources)
    figures = (
        ("new articles", f"{report.stored - revised:,}"),
        ("later revisions", f"{revised:,}"),
        ("copies of others", f"{sum(source.copies for source in report.sources):,}"),
        ("words", f"{report.words:,}"),
        ("links", f"{report.links:,}"),
        ("could not be had", percent(errors(report), report.links)),
        ("challenged", percent(challenges(report), report.links)),
        ("sources read", f"{read} of {len(report.sources)}"),
    )
    tiles = (tag("div", tag("dt", name), tag("dd", value)) for name, value in figures)
    return tag("dl", tiles, class_="tiles", id="figures")


# ---- charts ------------------------------------------------------------------------------------------


def _per_day(reports: Sequence[Report]) -> Html:
    """New articles and words, by the day on which the run began."""
    articles: Counter[date] = Counter()
    words: Counter[date] = Counter()
    for report in reports:
        day = report.started_at.date()
        articles[day] += report.stored - sum(source.revised for source in report.sources)
        words[day] += report.words
    days = sorted(articles)[-SHOWN_DAYS:]
    return section(
        "days",
        "Articles and words per day",
        _chart("stored", "new articles", [(f"{day:%-d %b}", articles[day]) for day in days]),
        tag("h3", "Words", class_="quiet"),
        _chart("words", "words", [(f"{day:%-d %b}", words[day]) for day in days]),
        figure_table(
            "Figures by day",
            ("day", "new articles", "words"),
            [(f"{day:%-d %b %Y}", articles[day], words[day]) for day in reversed(days)],
        ),
    )


def _chart(class_: str, unit: str, values: Sequence[tuple[str, int]]) -> Html:
    most = max((value for _, value in values), default=0)
    label = f"{unit} per day, {values[0][0]} to {values[-1][0]}: at most {most:,}, last {values[-1][1]:,}"
    drawn = [Column(f"{name}: {value:,} {unit}", ((class_, value),)) for name, value in values]
    return tag(
        "figure",
        _ends(f"{most:,} {unit} at most", f"last {values[-1][1]:,}"),
        columns(drawn, label=label),
        _span([name for name, _ in values]),
    )


def _ends(left: str, right: str) -> Html:
    """What stands at both ends above a chart."""
    return tag("div", tag("span", left), tag("span", right), class_="ends")


def _span(names: Sequence[str]) -> Html:
    """The first and the last name below a chart; side by side where its bars do not reach the end."""
    if len(names) < FEWEST:
        names = [" to ".join(dict.fromkeys((names[0], names[-1]))), ""]
    return tag("div", tag("span", names[0]), tag("span", names[-1]), class_="ends", aria_hidden="true")


def _per_run(reports: Sequence[Report]) -> Html:
    runs = reports[::-1]
    drawn = [
        Column(
            f"{run.started_at:%-d %b %H:%M}: {run.stored:,} stored, {run.unchanged:,} unchanged, "
            f"{run.dropped:,} dropped, {run.deferred:,} deferred",
            tuple((outcome.value, getattr(run, outcome)) for outcome in Outcome),
        )
        for run in runs
    ]
    most = max(run.links for run in runs)
    count = f"{len(runs)} runs" if len(runs) > 1 else "run"
    chart = tag(
        "figure",
        _ends(f"{most:,} links at most", f"last {runs[-1].links:,}"),
        columns(drawn, label=f"outcomes of the links of the last {count}", class_="columns tall"),
        _span([f"{run.started_at:%-d %b}" for run in runs]),
    )
    explained = legend(
        ("stored", "new or changed articles"),
        ("unchanged", "nothing new"),
        ("dropped", "no article"),
        ("deferred", "waits for a later run"),
    )
    return section("outcomes", f"How links ended, last {count}", chart, explained)


# ---- why ---------------------------------------------------------------------------------------------


def _summed(reports: Iterable[Report], *names: str) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for report in reports:
        for source in report.sources:
            for name in names:
                total.update(getattr(source, name))
    return total.most_common(SHOWN_REASONS)


def _reasons(reports: Sequence[Report]) -> Html:
    dropped = bars("Dropped for good", "reason", _summed(reports, "dropped"), class_="dropped")
    deferred = bars("Left to a later run", "reason", _summed(reports, "deferred"), class_="deferred")
    return section(
        "reasons",
        "Why links became no article",
        scrolling("Dropped", dropped),
        scrolling("Deferred", deferred),
    )


def _removed(reports: Sequence[Report]) -> Html:
    rows = _summed(reports, "removed")
    characters = sum(source.removed_chars for report in reports for source in report.sources)
    if not rows:
        return section("removed", "What cleaning took out", tag("p", "Nothing yet.", class_="quiet"))
    caption = f"Pieces by kind; {characters:,} characters in all"
    table = scrolling("Removed", bars(caption, "kind", rows, class_="removed"))
    return section("removed", "What cleaning took out", table)


def _hosts(report: Report) -> Html:
    slowest = report.hosts[:SHOWN_HOSTS]
    failing = sorted((host for host in report.hosts if host.errors), key=lambda host: -host.errors)
    tables = [
        figure_table(
            "Slowest, by the mean of their answers",
            ("host", "seconds an answer", "requests"),
            [(host.host, f"{seconds_per_request(host):.2f}", host.requests) for host in slowest],
            folded=False,
        )
    ]
    if failing:
        tables.append(
            figure_table(
                "Most failing",
                ("host", "failed", "of", "how"),
                [(host.host, host.errors, host.requests, _how(host)) for host in failing[:SHOWN_HOSTS]],
                folded=False,
                words=1,
            )
        )
    else:
        tables.append(tag("p", "No request failed."))
    inside = tag("div", (tag("div", table) for table in tables), class_="pair")
    return section("hosts", "Hosts of the last run", inside)


def _how(host: HostReport) -> str:
    return ", ".join(f"{count:,} times {what.replace('_', ' ')}" for what, count in host.failures.items())


def _runs(reports: Sequence[Report]) -> Html:
    rows = [
        (
            moment(run.started_at),
            duration((run.ended_at - run.started_at).total_seconds()),
            tag("span", str(run.exit_code), class_=f"chip {_verdict_words(run)[0]}"),
            run.stored,
            run.words,
            run.links,
            run.dropped,
            run.deferred,
            len(run.alarms),
        )
        for run in reports
    ]
    headings = ("run", "took", "exit", "articles", "words", "links", "dropped", "deferred", "alarms")
    return section("runs", "Runs", figure_table("The newest first", headings, rows, folded=False))
