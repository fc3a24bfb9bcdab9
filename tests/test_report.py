"""The figures of a run: they add up, and the health thresholds follow from them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import HealthConfig
from scraper.records import DEFERRED_REASONS, Drop, Outcome, Reason, Report, Stage
from scraper.report import FETCH_ERRORS, Tally, missed_thresholds

BEGUN = datetime(2026, 3, 1, 6, tzinfo=UTC)
ENDED = datetime(2026, 3, 1, 7, tzinfo=UTC)
OUTCOMES = st.one_of(st.sampled_from(["stored", "unchanged"]), st.sampled_from(Reason))


def reported(tally: Tally, health: HealthConfig | None = None, stopped: str | None = None) -> Report:
    return tally.report(health or HealthConfig(), ended_at=ENDED, stopped=stopped)


def count(tally: Tally, source: str, outcome: str) -> None:
    """A link of a source ends."""
    figures = tally[source]
    figures.found += 1
    if outcome == "stored":
        figures.store(300)
    elif outcome == "unchanged":
        figures.unchanged()
    else:
        figures.drop(Reason(outcome), deferred=outcome in DEFERRED_REASONS)


@given(st.lists(st.tuples(st.sampled_from(["One", "Two", "Three"]), OUTCOMES)))
def test_every_link_is_counted_as_exactly_one_outcome(links: list[tuple[str, str]]) -> None:
    tally = Tally("run", BEGUN)
    for name, outcome in links:
        count(tally, name, outcome)
    report = reported(tally)
    assert report.links == len(links)
    assert report.links == report.stored + report.unchanged + report.dropped + report.deferred
    for source in report.sources:
        dropped, deferred = sum(source.dropped.values()), sum(source.deferred.values())
        assert source.found == source.stored + source.unchanged + dropped + deferred
    assert report.stored == sum(source.stored for source in report.sources)
    assert report.deferred == sum(sum(source.deferred.values()) for source in report.sources)
    assert report.words == 300 * report.stored


def test_a_report_carries_what_the_run_was() -> None:
    tally = Tally("20260301T060000Z-abcdef", BEGUN)
    tally["Courier"].documents += 1
    tally["Courier"].seconds += 1.23456
    tally.parts.append("out/part-000000001-0.jsonl")
    report = reported(tally)
    assert (report.run_id, report.started_at, report.ended_at) == ("20260301T060000Z-abcdef", BEGUN, ENDED)
    assert report.parts == ("out/part-000000001-0.jsonl",)
    assert report.sources[0].seconds == 1.235


def test_a_source_is_reported_although_nothing_happened() -> None:
    tally = Tally("run", BEGUN)
    _ = tally["Quiet"]
    assert [source.name for source in reported(tally).sources] == ["Quiet"]


def test_many_links_put_off_at_once_are_counted_at_once() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].found += 40
    tally["One"].drop(Reason.OVER_LIMIT, deferred=True, count=40)
    report = reported(tally)
    assert (report.links, report.deferred) == (40, 40)
    assert report.sources[0].deferred == {"over_limit": 40}


def test_a_document_that_cannot_be_read_is_told_with_its_reason() -> None:
    tally = Tally("run", BEGUN)
    url = "https://news.example/feed.xml"
    tally["One"].fail(Drop(url=url, stage=Stage.FETCH, reason=Reason.TIMEOUT, detail="no answer in 20 s"))
    tally["One"].fail(Drop(url=url, stage=Stage.FETCH, reason=Reason.NOT_FOUND))
    assert reported(tally).sources[0].failures == (
        "https://news.example/feed.xml: timeout (no answer in 20 s)",
        "https://news.example/feed.xml: not_found",
    )


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
        tally[f"Failed {number}"].fail(
            Drop(url="https://news.example/feed", stage=Stage.FETCH, reason=Reason.NOT_FOUND)
        )
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
    assert missed_thresholds(rates, 0, {}, {}, 0) == ()


def test_a_source_of_which_nothing_could_be_read_has_failed() -> None:
    assert missed(HealthConfig(max_failed_sources=1), "stored", failed=1) == ()
    assert missed(HealthConfig(max_failed_sources=1), "stored", failed=2) == ("max_failed_sources: 2 > 1",)


def test_a_source_of_which_something_could_be_read_has_not_failed() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].documents += 1
    tally["One"].fail(Drop(url="https://news.example/2", stage=Stage.FETCH, reason=Reason.TIMEOUT))
    assert reported(tally, HealthConfig(max_failed_sources=0)).exit_code == 0


def test_enough_articles_are_healthy() -> None:
    totals = {Outcome.STORED: 3}
    assert missed_thresholds(HealthConfig(min_articles=3), 3, totals, {}, 0) == ()
    assert missed_thresholds(HealthConfig(min_articles=4), 3, totals, {}, 0) == ("min_articles: 3 < 4",)


def test_a_run_that_could_read_no_source_is_no_quiet_day() -> None:
    tally = Tally("run", BEGUN)
    for name in ("One", "Two"):
        tally[name].fail(Drop(url="https://news.example/", stage=Stage.FETCH, reason=Reason.TIMEOUT))
    report = reported(tally, HealthConfig())
    assert report.exit_code == 1
    assert report.missed == ("no source could be read (2 of 2 failed)",)
    tally["Two"].documents += 1
    assert reported(tally, HealthConfig()).exit_code == 0
