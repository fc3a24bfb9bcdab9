"""What makes a run end with 1: the thresholds of `[health]`, and those that `fail_on` names."""

import re
from pathlib import Path

import pytest

import scraper
from scraper.cli import run as cli
from scraper.config import HealthConfig
from scraper.errors import ConfigError
from scraper.records import Alarm, Cause, Figure, Reason, Report
from scraper.report.tally import Tally, judged
from scraper.report.thresholds import FETCH_ERRORS, FIGURES, Threshold, missed_thresholds
from tests.report.making import MORNING, drop, run, source
from tests.report.test_tally import BEGUN, count, reported

# ---- exit codes --------------------------------------------------------------------------------------


def test_a_run_without_thresholds_is_healthy_whatever_happened() -> None:
    tally = Tally("run", BEGUN)
    count(tally, "One", Reason.NOT_FOUND)
    assert reported(tally).exit_code == 0


def test_a_missed_threshold_is_exit_code_1() -> None:
    report = reported(Tally("run", BEGUN), HealthConfig(min_articles=1))
    assert report.exit_code == 1
    assert report.missed == ("min_articles: 0 < 1",)


def test_a_stopped_run_is_exit_code_5_whatever_it_missed() -> None:
    report = reported(Tally("run", BEGUN), HealthConfig(min_articles=1), stopped="signal")
    assert (report.exit_code, report.stopped) == (5, "signal")
    assert report.missed


# ---- thresholds --------------------------------------------------------------------------------------


def missed(health: HealthConfig, *outcomes: str, failed: int = 0) -> tuple[str, ...]:
    tally = Tally("run", BEGUN)
    for outcome in outcomes:
        count(tally, "One", outcome)
    for number in range(failed):
        tally[f"Failed {number}"].fail(drop(Reason.NOT_FOUND))
    return reported(tally, health).missed


@pytest.mark.parametrize("reason", sorted(FETCH_ERRORS))
def test_the_error_rate_counts_what_could_not_be_had(reason: Reason) -> None:
    assert missed(HealthConfig(max_error_rate=0.4), "stored", reason) == (
        "max_error_rate: 0.500 > 0.4 (1 of 2 links)",
    )


@pytest.mark.parametrize(
    "reason", [Reason.EXCLUDED, Reason.LISTING, Reason.DUPLICATE_TEXT, Reason.OVER_LIMIT, Reason.STOPPED]
)
def test_the_error_rate_does_not_count_what_a_page_is_nor_what_waits_its_turn(reason: Reason) -> None:
    assert missed(HealthConfig(max_error_rate=0.0), "stored", reason) == ()


def test_a_rate_is_missed_only_above_its_threshold() -> None:
    half = ("stored", Reason.NOT_FOUND)
    assert missed(HealthConfig(max_error_rate=0.5, max_drop_rate=0.5), *half) == ()
    assert len(missed(HealthConfig(max_error_rate=0.49, max_drop_rate=0.49), *half)) == 2


def test_the_drop_rate_counts_every_final_reason() -> None:
    assert missed(HealthConfig(max_drop_rate=0.3), "stored", Reason.LISTING, Reason.TIMEOUT) == (
        "max_drop_rate: 0.333 > 0.3 (1 of 3 links)",
    )


def test_the_challenge_rate_counts_challenges() -> None:
    assert missed(HealthConfig(max_challenge_rate=0.1), "stored", Reason.CHALLENGE) == (
        "max_challenge_rate: 0.500 > 0.1 (1 of 2 links)",
    )


def test_no_link_misses_no_rate() -> None:
    rates = HealthConfig(max_error_rate=0.0, max_drop_rate=0.0, max_challenge_rate=0.0)
    assert missed_thresholds(run(0), rates) == ()


def test_a_source_of_which_nothing_could_be_read_has_failed() -> None:
    assert missed(HealthConfig(max_failed_sources=1), "stored", failed=1) == ()
    assert missed(HealthConfig(max_failed_sources=1), "stored", failed=2) == ("max_failed_sources: 2 > 1",)


def test_a_source_of_which_something_could_be_read_has_not_failed() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].announce([], fresh=True)
    tally["One"].fail(drop(Reason.TIMEOUT))
    assert reported(tally, HealthConfig(max_failed_sources=0)).exit_code == 0


def test_enough_articles_are_healthy() -> None:
    report = run(0, source(stored=3))
    assert missed_thresholds(report, HealthConfig(min_articles=3)) == ()
    assert missed_thresholds(report, HealthConfig(min_articles=4)) == ("min_articles: 3 < 4",)


def test_a_run_that_could_read_no_source_is_no_quiet_day() -> None:
    tally = Tally("run", BEGUN)
    for name in ("One", "Two"):
        tally[name].fail(drop(Reason.TIMEOUT))
    report = reported(tally, HealthConfig())
    assert report.exit_code == 1
    assert report.missed == ("no source could be read (2 of 2 failed)",)
    tally["Two"].announce([], fresh=True)
    assert reported(tally, HealthConfig()).exit_code == 0


# ---- fail_on -----------------------------------------------------------------------------------------


def fail_on(report: Report, *texts: str) -> tuple[str, ...]:
    return missed_thresholds(report, HealthConfig(fail_on=texts))


def test_a_figure_beyond_its_bound_is_missed_and_told() -> None:
    report = run(
        0, source(found=10, stored=4, dropped={"not_found": 3, "listing": 1}, deferred={"timeout": 2})
    )
    assert fail_on(report, "error_rate>0.2", "articles<4", "articles <= 4") == (
        "error_rate: 0.5 > 0.2",
        "articles: 4 <= 4",
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_can_be_worked_out_of_a_full_and_of_an_empty_run(figure: str) -> None:
    full = run(0, source(dropped={"listing": 1}), dropped=1, deferred=1)
    value = FIGURES[figure][1](full)
    assert value is not None
    assert value >= 0
    assert Threshold.parse(f"{figure}>=0").missed(full)
    empty = Threshold.parse(f"{figure}>=0").missed(run(0))
    assert bool(empty) is not figure.endswith("_rate")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("error_rates>0.2", "no figure 'error_rates'; there are links, articles"),
        ("error_rate", "not a threshold"),
        ("error_rate==1", "not a threshold"),
        ("error_rate>much", "'much' is not a number"),
        ("error_rate>nan", "'nan' is not a number"),
        ("", "not a threshold"),
    ],
)
def test_a_threshold_that_cannot_be_read_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Threshold.parse(text)


def test_an_alarm_makes_exit_code_1_when_it_is_to() -> None:
    alarm = Alarm(
        source="Courier", figure=Figure.YIELD, value=0.02, baseline=0.9, count=50, cause=Cause.BLOCK
    )
    report = run(0, source(), alarms=(alarm,))
    assert judged(report, HealthConfig()).exit_code == 0
    failed = judged(report, HealthConfig(fail_on_alarm=True))
    assert failed.exit_code == 1
    assert failed.missed == (
        "alarm: Courier: share of the pages that are articles: 2 %, usually 90 %; likely cause: block",
    )
    assert judged(report, HealthConfig(fail_on=("alarms>0",))).missed == ("alarms: 1 > 0",)
    assert report.started_at == MORNING


def test_the_manual_and_the_help_document_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    manual = (Path(scraper.__file__).parent / "manual" / "operations.md").read_text(encoding="utf-8")
    table = manual.partition("## Thresholds")[2].partition("## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE))
    assert rows == {name: meaning for name, (meaning, _) in FIGURES.items()}
    assert cli(["run", "--help"]) == 0
    assert ", ".join(FIGURES) + "." in " ".join(capsys.readouterr().out.split())
