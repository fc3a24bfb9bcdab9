"""The metrics of a run: as Prometheus reads them, each of them documented."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import scraper
from scraper.records import Alarm, Cause, Figure, HostReport, Report
from scraper.report.metrics import METRICS, metrics_text
from tests.report.making import MORNING, run, source

MANUAL = Path(scraper.__file__).parent / "manual" / "operations.md"
ENDS = (
    *("_seconds", "_info", "_code", "_links", "_articles", "_words", "_pages", "_documents", "_pieces"),
    *("_requests", "_errors", "_reasons", "_alarm", "_date", "_authors", "_thresholds"),
)
"""What is counted or measured stands at the end of a name."""


def full() -> Report:
    """A run with something of everything."""
    courier = source(
        "The Courier",
        dropped={"listing": 3},
        deferred={"timeout": 1},
        newest=(MORNING,),
        removed={"newsletter": 7},
    )
    alarm = Alarm(
        source="The Courier", figure=Figure.YIELD, value=0.1, baseline=0.9, count=30, cause=Cause.BLOCK
    )
    host = HostReport(host="news.example", requests=40, errors=2, seconds=3.5, failures={"503": 2})
    return run(0, courier, alarms=(alarm,), hosts=(host,), requests=40)


def samples(report: Report, last_success: datetime | None = None) -> dict[tuple[str, ...], float]:
    """Name and label values of each sample, as a reader of the format finds them."""

    def read() -> Iterator[tuple[tuple[str, ...], float]]:
        text = metrics_text(report, last_success=last_success).decode()
        for family in text_string_to_metric_families(text):
            assert family.type == "gauge"
            for sample in family.samples:
                yield (sample.name, *(value for _, value in sorted(sample.labels.items()))), sample.value

    return dict(read())


def test_the_figures_of_a_run_are_there() -> None:
    found = samples(full())
    assert found["scraper_run_duration_seconds",] == 240
    assert found["scraper_run_exit_code",] == 0
    assert found["scraper_source_links", "stored", "The Courier"] == 30
    assert found["scraper_source_reasons", "dropped", "listing", "The Courier"] == 3
    assert found["scraper_source_removed_pieces", "newsletter", "The Courier"] == 7
    assert found["scraper_source_alarm", "block", "yield", "The Courier"] == 1
    assert found["scraper_host_errors", "news.example"] == 2
    newest = found["scraper_source_newest_announcement_timestamp_seconds", "The Courier"]
    assert newest == MORNING.timestamp()


def test_each_metric_has_a_sample_in_a_full_run() -> None:
    assert {name for name, *_ in samples(full())} == set(METRICS)


def test_what_is_not_known_is_not_said_to_be_0() -> None:
    names = {name for name, *_ in samples(run(0, source(median_words=None), exit_code=1))}
    assert "scraper_last_success_timestamp_seconds" not in names
    assert "scraper_source_median_article_words" not in names


def test_the_last_success_outlives_a_run_that_fails() -> None:
    before = datetime(2026, 2, 1, tzinfo=UTC)
    assert (
        samples(run(0, exit_code=1), before)["scraper_last_success_timestamp_seconds",] == before.timestamp()
    )
    well = run(0)
    assert samples(well, before)["scraper_last_success_timestamp_seconds",] == well.ended_at.timestamp()


def test_a_name_with_quotes_and_escapes_stays_one_label() -> None:
    name = 'The "Odd"\\\n\x1b[31m\u202e Courier'
    found = samples(run(0, source(name)))
    assert found["scraper_source_words", 'The "Odd"\\\\n\\x1b[31m\\u202e Courier'] == 12_000


@pytest.mark.parametrize("name", METRICS)
def test_a_name_follows_the_conventions(name: str) -> None:
    assert re.fullmatch(r"scraper(_[a-z]+)+", name)
    assert not name.endswith(("_total", "_count", "_sum", "_bucket"))
    assert METRICS[name][0].endswith(".")
    assert name.endswith(ENDS)


def test_the_readme_documents_every_metric_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(scraper_\w+)[`{]", MANUAL.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == set(METRICS)
