"""Each source against its own past: what is out of the ordinary is told, what is ordinary never is."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from scraper.config import HealthConfig
from scraper.records import Alarm, Cause, Figure, Report, SourceReport
from scraper.report.health import MOVES, alarms, moved, readings
from scraper.report.measures import CAUSES, MEASURES, amount, described
from scraper.report.past import Past, PastRun
from scraper.report.thresholds import FETCH_ERRORS
from tests.report.making import DAY, HEALTH, HOUR, MORNING, past, run, source

NOW = MORNING + 20 * DAY


def history(length: int = 20, **figures: Any) -> Past:
    return past(run(number, source(**figures)) for number in range(length))


def raised(now: SourceReport, before: Past, health: HealthConfig = HEALTH) -> dict[Figure, Alarm]:
    return {alarm.figure: alarm for alarm in alarms((now,), before, health, now=NOW)}


# ---- what is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "figures", "cause"),
    [
        (Figure.YIELD, {"articles": 1, "stored": 1, "dropped": {"too_short": 29}}, Cause.LAYOUT_CHANGE),
        (Figure.YIELD, {"articles": 0, "stored": 0, "dropped": {"client_error": 30}}, Cause.BLOCK),
        (Figure.YIELD, {"articles": 0, "stored": 0, "deferred": {"timeout": 30}}, Cause.SITE_DOWN),
        (Figure.YIELD, {"articles": 0, "stored": 0, "dropped": {"not_found": 30}}, Cause.DEAD_FEED),
        (Figure.YIELD, {"articles": 0, "stored": 0, "dropped": {"paywall_stub": 30}}, Cause.PAYWALL),
        (Figure.TEXT_LENGTH, {"median_words": 60}, Cause.LAYOUT_CHANGE),
        (Figure.DATES_MISSING, {"no_date": 30}, Cause.LAYOUT_CHANGE),
        (Figure.AUTHORS_MISSING, {"no_authors": 28}, Cause.LAYOUT_CHANGE),
        (Figure.CHALLENGES, {"challenged": 25, "articles": 5, "stored": 5}, Cause.BLOCK),
        (
            Figure.SAME_TEXT,
            {"same_text": 28, "stored": 3, "dropped": {"duplicate_text": 27}},
            Cause.LAYOUT_CHANGE,
        ),
        (
            Figure.UNREAD,
            {"documents": 0, "failures": ("https://news.example/f: not_found (404)",) * 3},
            Cause.DEAD_FEED,
        ),
        (
            Figure.UNREAD,
            {"documents": 0, "failures": ("https://news.example/f: timeout (no answer)",) * 3},
            Cause.SITE_DOWN,
        ),
    ],
)
def test_a_source_that_changes_is_told_with_the_likely_cause(
    figure: Figure, figures: dict[str, Any], cause: Cause
) -> None:
    alarm = raised(source(**figures), history())[figure]
    assert (alarm.source, alarm.cause) == ("Courier", cause)
    assert alarm.count >= 3


def test_feeds_that_announce_nothing_in_three_runs_are_told() -> None:
    empty = source(announced=0)
    runs = [*(run(number, source()) for number in range(18)), run(18, empty)]
    assert Figure.ANNOUNCED not in raised(empty, past(runs))
    alarm = raised(empty, past([*runs, run(19, empty)]))[Figure.ANNOUNCED]
    assert (alarm.value, alarm.baseline, alarm.cause) == (0.0, 30.0, Cause.DEAD_FEED)


def test_an_alarm_names_the_figure_and_what_it_used_to_be() -> None:
    alarm = raised(source(no_date=30), history(no_date=3))[Figure.DATES_MISSING]
    assert (alarm.value, alarm.baseline, alarm.count) == (1.0, 0.1, 30)
    assert described(alarm) == (
        "Courier: share of articles without a date: 100 %, usually 10 %; likely cause: layout change"
    )


def test_a_cause_is_what_has_risen_and_not_what_always_was() -> None:
    before = history(articles=15, stored=15, dropped={"listing": 15})
    now = source(articles=0, stored=0, dropped={"listing": 16}, deferred={"challenge": 14})
    assert raised(now, before)[Figure.YIELD].cause is Cause.BLOCK


# ---- what is ordinary --------------------------------------------------------------------------------


def test_a_source_that_does_as_it_used_to_raises_nothing() -> None:
    assert raised(source(), history()) == {}


def test_a_source_that_never_had_dates_raises_nothing() -> None:
    assert raised(source(no_date=30), history(no_date=30)) == {}


def test_a_run_that_found_nothing_new_is_normal() -> None:
    nothing: dict[str, Any] = {
        "found": 0,
        "stored": 0,
        "tried": 0,
        "articles": 0,
        "words": 0,
        "median_words": None,
    }
    quiet = source(**nothing, announced=0, fresh_documents=0, same_text=0)
    assert raised(quiet, history()) == {}
    mixed = past(run(number, quiet if number % 2 else source()) for number in range(30))
    assert raised(quiet, mixed) == {}


def test_without_a_past_there_is_no_alarm() -> None:
    broken = source(articles=0, stored=0, no_date=30)
    assert raised(broken, Past()) == {}
    assert raised(broken, history(4)) == {}
    assert raised(broken, history(20), HealthConfig(min_pages=1000)) == {}


def test_single_pages_are_pooled_until_there_are_enough() -> None:
    one: dict[str, Any] = {"found": 1, "stored": 1, "tried": 1, "articles": 1, "words": 400}
    before = [run(number, source(**one)) for number in range(150)]
    undated = source(**one, no_date=1)
    assert Figure.DATES_MISSING not in raised(undated, past(before))
    before += [run(150 + number, source(**one, no_date=1)) for number in range(19)]
    assert raised(undated, past(before))[Figure.DATES_MISSING].count == 20


def test_a_source_that_is_configured_anew_has_no_past() -> None:
    assert raised(source("Another", articles=0), history()) == {}


# ---- alarms over time --------------------------------------------------------------------------------


def follow(sources: list[SourceReport]) -> list[Report]:
    """Runs one after the other, each with the alarms that follow from those before."""
    runs: list[Report] = []
    for number, one in enumerate(sources):
        now = MORNING + number * DAY
        before = Past(reversed(runs), now=now)
        with_moves = moved(one, before, started_at=now)
        runs.append(run(number, with_moves, alarms=alarms((with_moves,), before, HEALTH, now=now)))
    return runs


def test_an_alarm_does_not_silence_itself() -> None:
    runs = follow([source()] * 20 + [source(no_date=30)] * 15)
    assert all(report.alarms for report in runs[20:])


def test_a_change_that_lasts_becomes_the_new_normal() -> None:
    runs = follow([source()] * 20 + [source(no_date=30)] * 60)
    assert not runs[-1].alarms


def test_an_alarm_ends_when_the_source_recovers() -> None:
    runs = follow([source()] * 20 + [source(no_date=30)] * 3 + [source()])
    assert runs[-2].alarms
    assert not runs[-1].alarms


def test_reports_read_back_from_a_state_tell_the_same_as_those_in_hand() -> None:
    runs = follow([source(dropped={"listing": 3})] * 20 + [source(no_date=30)] * 3)
    read = [msgspec.json.decode(msgspec.json.encode(one), type=PastRun) for one in runs]
    undated = source(no_date=30, tried=60, dropped={"challenge": 30})
    assert raised(undated, Past(reversed(read))) == raised(undated, past(runs)) != {}
    assert Past(reversed(read))["Courier"].newest == past(runs)["Courier"].newest != ()
    assert Past(reversed(read)).last_success == runs[-1].ended_at


# ---- feeds that stand still --------------------------------------------------------------------------


def announcing(number: int, gap: timedelta) -> SourceReport:
    return source(newest=(MORNING + number * gap,))


def last_moved(gap: timedelta, times: int = 12) -> SourceReport:
    """A source whose newest announcements lie `gap` apart, the last at `NOW`."""
    return source(newest=tuple(NOW - (times - 1 - number) * gap for number in range(times)))


@pytest.mark.parametrize(
    ("gap", "rest", "is_frozen"),
    [
        (HOUR, 2 * DAY, False),
        (HOUR, 4 * DAY, True),
        (DAY, 3 * DAY, False),
        (DAY, 4 * DAY, True),
        (7 * DAY, 15 * DAY, False),
        (7 * DAY, 22 * DAY, True),
    ],
)
def test_a_feed_is_frozen_by_its_own_pace(gap: timedelta, rest: timedelta, is_frozen: bool) -> None:  # noqa: FBT001
    found = alarms((last_moved(gap),), Past(), HEALTH, now=NOW + rest)
    assert bool(found) is is_frozen
    if found:
        assert (found[0].figure, found[0].cause) == (Figure.FROZEN, Cause.DEAD_FEED)


def test_a_feed_that_rested_as_long_before_is_not_frozen() -> None:
    newest = last_moved(HOUR).newest
    rested = source(newest=(newest[0] - 10 * DAY, *newest))
    assert alarms((rested,), Past(), HEALTH, now=NOW + 12 * DAY) == ()


def test_a_feed_without_a_past_is_not_frozen() -> None:
    assert alarms((last_moved(HOUR, times=3),), Past(), HEALTH, now=NOW + 300 * DAY) == ()


def test_the_movements_of_a_feed_are_handed_from_run_to_run() -> None:
    runs = follow([announcing(number, HOUR) for number in range(30)])
    newest = runs[-1].sources[0].newest
    assert len(newest) == MOVES
    assert newest[-1] == MORNING + 29 * HOUR
    assert list(newest) == sorted(newest)


def test_a_feed_that_says_nothing_new_keeps_its_newest() -> None:
    before = past([run(0, announcing(3, HOUR))])
    assert moved(source(newest=()), before, started_at=NOW).newest != ()
    assert moved(announcing(1, HOUR), before, started_at=NOW).newest == (MORNING + 3 * HOUR,)


def test_where_nothing_is_dated_a_new_article_counts_as_movement() -> None:
    assert moved(source(newest=()), Past(), started_at=NOW).newest == (NOW,)
    assert moved(source(newest=(), stored=2, revised=2), Past(), started_at=NOW).newest == ()


# ---- how often, in figures ---------------------------------------------------------------------------


def simulated(seed: int, bad: Callable[[SourceReport], SourceReport] | None = None) -> list[Report]:
    """Forty days of a source with steady shares of its own; in the last ten it may go wrong."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    shares = [chance.uniform(0.4, 1.0), chance.choice([0, 0.05, 0.3]), chance.choice([0, 0.1, 0.5, 0.9])]
    runs = []
    for number in range(40):
        tried = int(chance.expovariate(1 / 40))
        stored = sum(chance.random() < shares[0] for _ in range(tried))
        words = sorted(int(400 * chance.lognormvariate(0, 0.6)) for _ in range(stored))
        one = source(
            found=tried,
            tried=tried,
            articles=stored,
            stored=stored,
            median_words=words[stored // 2] if words else None,
            no_date=sum(chance.random() < shares[1] for _ in range(stored)),
            no_authors=sum(chance.random() < shares[2] for _ in range(stored)),
        )
        runs.append(bad(one) if bad and number >= 30 else one)
    return follow(runs)


def test_steady_sources_hardly_ever_raise_a_false_alarm() -> None:
    false = sum(len(report.alarms) for seed in range(20) for report in simulated(seed))
    assert false <= 2, "of 800 runs of a source, with eight figures each"


@pytest.mark.parametrize(
    "bad",
    [
        lambda one: source(tried=one.tried, articles=0, stored=0, dropped={"too_short": one.tried}),
        lambda one: source(tried=one.tried, stored=one.stored, articles=one.articles, median_words=40),
        lambda one: source(
            tried=one.tried, stored=one.stored, articles=one.articles, no_date=one.stored, median_words=400
        ),
    ],
)
def test_a_source_that_breaks_is_told_within_four_runs(bad: Callable[[SourceReport], SourceReport]) -> None:
    found = [any(report.alarms for report in simulated(seed, bad)[30:34]) for seed in range(10)]
    assert sum(found) >= 9


# ---- the tables --------------------------------------------------------------------------------------


def test_every_figure_has_a_measure_or_is_the_frozen_feed() -> None:
    assert {*MEASURES, Figure.FROZEN} == set(Figure)


def test_every_cause_can_be_spoken_for_and_no_reason_speaks_for_two() -> None:
    assert set(CAUSES) == set(Cause)
    spoken = [reason for reasons in CAUSES.values() for reason in reasons]
    assert len(spoken) == len(set(spoken))
    assert FETCH_ERRORS & set(spoken)


@pytest.mark.parametrize(
    ("figure", "value", "said"),
    [
        (Figure.YIELD, 0.125, "12 %"),
        (Figure.TEXT_LENGTH, 1234.4, "1,234 words"),
        (Figure.FROZEN, 30.0, "30.0 hours"),
        (Figure.FROZEN, 96.0, "4.0 days"),
    ],
)
def test_a_value_is_said_in_its_unit(figure: Figure, value: float, said: str) -> None:
    assert amount(figure, value) == said


def test_a_reading_without_a_past_has_no_baseline() -> None:
    assert readings(source(), Past(), HEALTH)[Figure.YIELD].baseline is None
    assert readings(source(), history(), HEALTH)[Figure.YIELD].baseline == 1.0
