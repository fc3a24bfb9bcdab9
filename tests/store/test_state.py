"""The state as a whole: its runs, and what it holds."""

from pathlib import Path

from scraper.records import Reason, Report
from scraper.store import Store
from tests.store.making import HOUR, MORNING, drop, link, meet, store_article, take


def end(store: Store, run_id: str, hours: int) -> Report:
    begun = MORNING + hours * HOUR
    report = Report(run_id=run_id, started_at=begun, ended_at=begun + HOUR, exit_code=0)
    store.begin_run(run_id, begun)
    store.end_run(report)
    return report


def test_the_report_of_a_run_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    first, last = end(store, "20260301-aa", 0), end(store, "20260302-bb", 24)
    assert store.report() == last
    assert store.report("20260301") == first
    assert store.report("20260301-aa") == first
    assert store.report("2026") == last
    assert store.report("2026%aa") is None
    assert store.report("aa") is None


def test_a_run_that_was_killed_has_no_report(store: Store) -> None:
    assert store.report() is None
    ended = end(store, "run-1", 0)
    store.begin_run("run-2", MORNING + HOUR)
    assert store.report() == ended
    assert store.report("run-2") is None
    assert store.status().runs == (ended,)


def test_the_status_of_an_empty_state_is_all_zeros(store: Store, path: Path) -> None:
    status = store.status()
    assert (status.path, status.articles, status.queued, status.gave_up) == (str(path), 0, 0, 0)
    assert status.sources == ()


def test_the_status_tells_what_is_stored_what_waits_and_why(store: Store) -> None:
    store_article(store, "a")
    meet(store, "run-1", link("b"), link("c"), link("d", source="Herald"), link("e", source="Herald"))
    b, c, *_ = take(store, "run-1", limit=3)
    store.links.settle_drop(b, drop(b, Reason.TIMEOUT), now=MORNING, max_attempts=1)
    store.links.settle_drop(c, drop(c, Reason.TIMEOUT), now=MORNING, max_attempts=9)
    store.links.close_queue("run-1")
    reports = [end(store, f"run-{number}", number) for number in range(4)]
    status = store.status(runs=2)
    assert (status.articles, status.revisions, status.queued, status.gave_up) == (1, 0, 3, 1)
    assert status.sources == (("Courier", 3, 1, 1), ("Herald", 2, 2, 0))
    assert status.deferred == (("stopped", 2), ("timeout", 1))
    assert status.given_up == (("https://news.example/b", "after 1 runs; last: timeout as told"),)
    assert status.runs == (reports[3], reports[2])
