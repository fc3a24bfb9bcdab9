"""The queue: each link is met, asked for and settled once a run, and the counts add up."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.records import DEFERRED_REASONS, Reason
from scraper.store import Store
from tests.store.making import (
    HOUR,
    MORNING,
    REVISIT_S,
    article,
    drop,
    link,
    meet,
    names,
    store_article,
    take,
)

NO_LIMIT = {"Courier": None}


# ---- meeting links -----------------------------------------------------------------------------------


def test_new_links_are_found_and_wait(store: Store) -> None:
    assert meet(store, "run-1", link("a"), link("b")) == (2, 0)
    assert store.links.waiting("run-1") == 2
    assert store.links.waiting_domains("run-1") == ["news.example"]


def test_a_link_is_met_once_a_run(store: Store) -> None:
    assert meet(store, "run-1", link("a"), link("a")) == (1, 0)
    assert meet(store, "run-1", link("a"), link("b")) == (1, 0)
    assert store.links.waiting("run-1") == 2


def test_a_link_that_two_sources_name_belongs_to_the_first(store: Store) -> None:
    meet(store, "run-1", link("a", source="First"))
    assert meet(store, "run-1", link("a", source="Second")) == (0, 0)
    [queued] = take(store, "run-1")
    assert queued.link.source == "First"


def test_a_link_that_is_not_due_counts_as_unchanged(store: Store) -> None:
    store_article(store, "a")
    assert meet(store, "run-2", link("a"), now=MORNING + HOUR) == (1, 1)
    assert store.links.waiting("run-2") == 0


def test_a_link_is_due_again_by_age(store: Store) -> None:
    store_article(store, "a")
    assert meet(store, "run-2", link("a"), now=MORNING + 6 * HOUR) == (1, 0)
    assert names(take(store, "run-2")) == ["a"]


@pytest.mark.parametrize(
    ("announced", "due"),
    [
        (MORNING - HOUR, False),
        (MORNING + HOUR, True),
        (MORNING + 2 * HOUR, True),
        (datetime(2099, 1, 1, tzinfo=MORNING.tzinfo), False),
    ],
)
def test_a_link_is_due_again_when_a_date_since_the_last_time_is_announced(
    store: Store, announced: datetime, *, due: bool
) -> None:
    store_article(store, "a")
    known = link("a", announced=announced)
    later = MORNING + 2 * HOUR
    assert store.links.is_due(known, revisit_s=REVISIT_S, now=later) is due
    assert meet(store, "run-2", known, now=later) == (1, int(not due))


def test_a_link_that_is_new_or_waits_is_due(store: Store) -> None:
    assert store.links.is_due(link("a"), revisit_s=REVISIT_S, now=MORNING)
    meet(store, "run-1", link("a"))
    assert store.links.is_due(link("a"), revisit_s=REVISIT_S, now=MORNING)


def test_a_link_that_waits_stays_as_it_was_announced_first(store: Store) -> None:
    meet(store, "run-1", link("a", announced=MORNING))
    assert meet(store, "run-2", link("a")) == (1, 0)
    assert [queued.link for queued in take(store, "run-2")] == [link("a", announced=MORNING)]


def test_a_link_that_waits_goes_over_to_the_source_that_names_it_now(store: Store) -> None:
    meet(store, "run-1", link("a", source="Former name"))
    meet(store, "run-2", link("a", source="Courier"))
    assert [queued.link.source for queued in take(store, "run-2")] == ["Courier"]


def test_validators_of_a_document_hold_as_long_as_its_source_stays_as_it_is(store: Store) -> None:
    feed = "https://news.example/feed.xml"
    assert store.links.document_validators(feed, "hash") == (None, None)
    store.links.add_document(
        feed,
        [],
        run_id="run-1",
        now=MORNING,
        revisit_s=REVISIT_S,
        source_hash="hash",
        etag='"1"',
        last_modified="Sun, 01 Mar 2026 06:00:00 GMT",
    )
    assert store.links.document_validators(feed, "hash") == ('"1"', "Sun, 01 Mar 2026 06:00:00 GMT")
    assert store.links.document_validators(feed, "another hash") == (None, None)


def test_a_document_that_announces_something_for_later_is_read_again(store: Store) -> None:
    feed = "https://news.example/feed.xml"
    store_article(store, "a")
    changed = (link("a", announced=MORNING + 2 * HOUR), "news.example")

    def read(run_id: str, now: datetime) -> tuple[int, int]:
        return store.links.add_document(
            feed, [changed], run_id=run_id, now=now, revisit_s=REVISIT_S, etag='"1"'
        )

    assert read("run-2", MORNING + HOUR) == (1, 1)
    assert store.links.document_validators(feed, "") == (None, None)
    assert read("run-3", MORNING + 3 * HOUR) == (1, 0)
    assert store.links.document_validators(feed, "") == ('"1"', None)


def test_validators_are_not_kept_when_the_links_could_not_be(store: Store) -> None:
    feed = "https://news.example/feed.xml"

    def broken() -> object:
        yield link("a"), "news.example"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.links.add_document(
            feed,
            broken(),  # type: ignore[arg-type]
            run_id="run-1",
            now=MORNING,
            revisit_s=REVISIT_S,
            source_hash="hash",
            etag='"1"',
        )
    assert store.links.document_validators(feed, "hash") == (None, None)
    assert store.links.waiting("run-1") == 0


# ---- taking links ------------------------------------------------------------------------------------


def test_each_link_is_given_once_a_run(store: Store) -> None:
    meet(store, "run-1", *(link(name) for name in "abcde"))
    assert names(take(store, "run-1", limit=2)) == ["a", "b"]
    assert names(take(store, "run-1", limit=2)) == ["c", "d"]
    assert names(take(store, "run-1", limit=2)) == ["e"]
    assert take(store, "run-1", limit=2) == []


def test_a_link_that_is_put_off_is_not_given_again_in_the_run(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    store.links.settle_drop(queued, drop(queued, Reason.TIMEOUT), now=MORNING, max_attempts=5)
    assert take(store, "run-1") == []


def test_links_are_given_by_domain(store: Store) -> None:
    meet(store, "run-1", link("a"), domain="one.example")
    meet(store, "run-1", link("b"), domain="two.example")
    assert store.links.waiting_domains("run-1") == ["one.example", "two.example"]
    assert names(take(store, "run-1", domain="two.example")) == ["b"]
    assert store.links.waiting_domains("run-1") == ["one.example"]


def test_links_that_failed_before_come_last(store: Store) -> None:
    meet(store, "run-1", link("failed"))
    [queued] = take(store, "run-1")
    store.links.settle_drop(queued, drop(queued, Reason.TIMEOUT), now=MORNING, max_attempts=5)
    meet(store, "run-2", link("failed"), link("fresh"))
    assert names(take(store, "run-2")) == ["fresh", "failed"]


def test_a_known_link_is_given_with_its_validators_and_its_article(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    assert (queued.etag, queued.last_modified, queued.attempts, queued.article_id) == (None, None, 0, None)
    store.links.settle_article(queued, article("a", etag='"1"', last_modified="then"), now=MORNING)
    meet(store, "run-2", link("a"), now=MORNING + 6 * HOUR)
    [queued] = take(store, "run-2")
    assert (queued.etag, queued.last_modified, queued.article_id) == ('"1"', "then", "id of a")


# ---- opening and closing the queue -------------------------------------------------------------------


def test_links_left_by_an_earlier_run_join_the_next(store: Store) -> None:
    meet(store, "run-1", link("a"), link("b"))
    meet(store, "run-2", link("b"), link("c"))
    assert store.links.open_queue("run-2", NO_LIMIT, now=MORNING) == {"Courier": (1, {})}
    assert sorted(names(take(store, "run-2"))) == ["a", "b", "c"]


def test_links_of_a_source_that_is_no_longer_configured_are_left_alone(store: Store) -> None:
    meet(store, "run-1", link("a", source="Gone"))
    assert store.links.open_queue("run-2", NO_LIMIT, now=MORNING) == {"Courier": (0, {})}
    assert take(store, "run-2") == []
    assert store.links.close_queue("run-2") == {}


def test_links_over_the_limit_wait_and_the_newest_go_first(store: Store) -> None:
    dated = [link(f"{hour}h", announced=MORNING - hour * HOUR) for hour in (3, 1, 4, 2)]
    meet(store, "run-1", link("undated"), *dated)
    assert store.links.open_queue("run-1", {"Courier": 2}, now=MORNING) == {
        "Courier": (0, {Reason.OVER_LIMIT: 3})
    }
    assert sorted(names(take(store, "run-1"))) == ["1h", "2h"]
    assert store.links.close_queue("run-1") == {"Courier": 2}
    assert store.links.open_queue("run-2", {"Courier": 4}, now=MORNING) == {
        "Courier": (5, {Reason.OVER_LIMIT: 1})
    }
    assert sorted(names(take(store, "run-2"))) == ["1h", "2h", "3h", "4h"]


def test_links_that_keep_failing_do_not_use_up_the_limit(store: Store) -> None:
    meet(store, "run-1", link("failing", announced=MORNING))
    [queued] = take(store, "run-1")
    store.links.settle_drop(queued, drop(queued, Reason.CHALLENGE), now=MORNING, max_attempts=5)
    meet(store, "run-2", link("older", announced=MORNING - HOUR))
    store.links.open_queue("run-2", {"Courier": 1}, now=MORNING)
    assert names(take(store, "run-2")) == ["older"]


def test_a_limit_holds_for_its_own_source(store: Store) -> None:
    meet(store, "run-1", link("a", source="One"), link("b", source="One"), link("c", source="Two"))
    assert store.links.open_queue("run-1", {"One": 1, "Two": 1}, now=MORNING) == {
        "One": (0, {Reason.OVER_LIMIT: 1}),
        "Two": (0, {}),
    }


def test_a_link_waits_for_as_long_as_the_server_asked(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    told = drop(queued, Reason.RATE_LIMITED, retry_after_s=7200)
    store.links.settle_drop(queued, told, now=MORNING, max_attempts=5)

    early = store.links.open_queue("run-2", NO_LIMIT, now=MORNING + HOUR)
    assert early == {"Courier": (1, {Reason.RATE_LIMITED: 1})}
    assert take(store, "run-2") == []
    assert store.links.close_queue("run-2") == {}

    assert store.links.open_queue("run-3", NO_LIMIT, now=MORNING + 2 * HOUR) == {"Courier": (1, {})}
    assert names(take(store, "run-3")) == ["a"]


def test_a_link_that_waits_does_not_use_up_the_limit(store: Store) -> None:
    meet(store, "run-1", link("paused", announced=MORNING))
    [queued] = take(store, "run-1")
    told = drop(queued, Reason.RATE_LIMITED, retry_after_s=7200)
    store.links.settle_drop(queued, told, now=MORNING, max_attempts=5)
    meet(store, "run-2", link("a"))
    assert store.links.open_queue("run-2", {"Courier": 1}, now=MORNING) == {
        "Courier": (1, {Reason.RATE_LIMITED: 1})
    }
    assert names(take(store, "run-2")) == ["a"]


def test_closing_puts_off_what_was_not_reached_and_what_was_not_finished(store: Store) -> None:
    meet(store, "run-1", link("done"), link("in hand"), link("untouched"), link("other", source="Other"))
    done, _ = take(store, "run-1", limit=2)
    store.links.settle_article(done, article("done"), now=MORNING)
    assert store.links.close_queue("run-1") == {"Courier": 2, "Other": 1}
    assert store.status().deferred == (("stopped", 3),)
    assert store.links.open_queue("run-2", NO_LIMIT, now=MORNING) == {"Courier": (2, {})}
    assert names(take(store, "run-2")) == ["in hand", "untouched"]


def test_closing_after_everything_was_settled_finds_nothing(store: Store) -> None:
    meet(store, "run-1", link("a"), link("b"), link("c"))
    a, b, c = take(store, "run-1")
    store.links.settle_article(a, article("a"), now=MORNING)
    store.links.settle_drop(b, drop(b, Reason.NOT_FOUND), now=MORNING, max_attempts=5)
    store.links.settle_drop(c, drop(c, Reason.TIMEOUT), now=MORNING, max_attempts=5)
    assert store.links.close_queue("run-1") == {}


# ---- outcomes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
def test_a_drop_waits_for_the_next_run_or_is_final(store: Store, reason: Reason) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    made = drop(queued, reason)
    assert store.links.settle_drop(queued, made, now=MORNING, max_attempts=5) == made
    [(joined, _)] = store.links.open_queue("run-2", NO_LIMIT, now=MORNING).values()
    assert joined == (reason in DEFERRED_REASONS)


def test_a_final_drop_is_not_asked_for_again_before_it_is_due(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    store.links.settle_drop(queued, drop(queued, Reason.NOT_FOUND), now=MORNING, max_attempts=5)
    assert meet(store, "run-2", link("a"), now=MORNING + HOUR) == (1, 1)
    assert meet(store, "run-3", link("a"), now=MORNING + 6 * HOUR) == (1, 0)


def fail(store: Store, run_id: str, reason: Reason, *, max_attempts: int = 3) -> Reason:
    """A run in which the link fails."""
    meet(store, run_id, link("a"))
    store.links.open_queue(run_id, NO_LIMIT, now=MORNING)
    [queued] = take(store, run_id)
    return store.links.settle_drop(
        queued, drop(queued, reason), now=MORNING, max_attempts=max_attempts
    ).reason


def test_a_link_that_fails_in_too_many_runs_is_given_up(store: Store) -> None:
    assert fail(store, "run-1", Reason.TIMEOUT) == Reason.TIMEOUT
    assert fail(store, "run-2", Reason.SERVER_ERROR) == Reason.SERVER_ERROR
    assert fail(store, "run-3", Reason.TIMEOUT) == Reason.GAVE_UP
    assert store.status().gave_up == 1
    assert store.status().queued == 0


def test_what_was_given_up_is_asked_for_only_when_something_newer_is_announced(store: Store) -> None:
    for number in range(3):
        fail(store, f"run-{number}", Reason.TIMEOUT)
    much_later = MORNING + 400 * HOUR
    assert meet(store, "run-4", link("a"), now=much_later) == (1, 1)
    assert not store.links.is_due(link("a"), revisit_s=REVISIT_S, now=much_later)
    assert meet(store, "run-5", link("a", announced=MORNING + 300 * HOUR), now=much_later) == (1, 0)


def test_the_gaps_between_tries_grow_up_to_a_day_and_the_first_is_none(store: Store) -> None:
    now = MORNING
    gaps: list[float] = []
    for number in range(12):
        run_id = f"run-{number}"
        meet(store, run_id, link("a"), now=now)
        put_off = 0
        while store.links.open_queue(run_id, NO_LIMIT, now=now)["Courier"][1]:
            # Runs come every ten minutes and leave the link alone.
            now += HOUR / 6
            put_off += 1
            run_id = f"run-{number}-{put_off}"
            meet(store, run_id, link("a"), now=now)
        gaps.append(put_off / 6)
        [queued] = take(store, run_id)
        told = store.links.settle_drop(
            queued, drop(queued, Reason.TIMEOUT), now=now, max_attempts=12, retry_gap_s=600.0
        )
    assert told.reason is Reason.GAVE_UP
    assert gaps[:6] == pytest.approx([0, 0, 1 / 6, 3 / 6, 7 / 6, 15 / 6])
    assert max(gaps) == 24.0
    assert gaps == sorted(gaps)


def test_a_longer_wish_of_the_server_outlasts_the_gap(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    told = drop(queued, Reason.RATE_LIMITED, retry_after_s=7_200.0)
    store.links.settle_drop(queued, told, now=MORNING, max_attempts=5, retry_gap_s=600.0)
    for run_id, later, waits in (("run-2", 1.9, True), ("run-3", 2.0, False)):
        meet(store, run_id, link("a"), now=MORNING + later * HOUR)
        opened = store.links.open_queue(run_id, NO_LIMIT, now=MORNING + later * HOUR)
        assert bool(opened["Courier"][1]) is waits


def test_giving_up_tells_what_happened_last(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    final = store.links.settle_drop(queued, drop(queued, Reason.TIMEOUT), now=MORNING, max_attempts=1)
    assert final.detail == "after 1 runs; last: timeout as told"
    assert not final.deferred


@pytest.mark.parametrize("reason", [Reason.STOPPED, Reason.HOST_UNAVAILABLE])
def test_what_is_no_fault_of_the_address_is_not_held_against_it(store: Store, reason: Reason) -> None:
    for number in range(5):
        assert fail(store, f"run-{number}", reason) == reason
    assert fail(store, "run-5", Reason.TIMEOUT) == Reason.TIMEOUT


def test_an_answer_wipes_out_the_failures_before_it(store: Store) -> None:
    fail(store, "run-1", Reason.TIMEOUT)
    fail(store, "run-2", Reason.TIMEOUT)
    meet(store, "run-3", link("a"))
    [queued] = take(store, "run-3")
    assert queued.attempts == 2
    store.links.settle_drop(queued, drop(queued, Reason.LISTING), now=MORNING, max_attempts=3)
    later = MORNING + 6 * HOUR
    meet(store, "run-4", link("a"), now=later)
    [queued] = take(store, "run-4")
    assert queued.attempts == 0


def test_an_unchanged_link_keeps_its_article(store: Store) -> None:
    store_article(store, "a")
    meet(store, "run-2", link("a"), now=MORNING + 6 * HOUR)
    [queued] = take(store, "run-2")
    store.links.settle_unchanged(queued, now=MORNING + 6 * HOUR, etag='"2"', last_modified=None)
    assert meet(store, "run-3", link("a"), now=MORNING + 7 * HOUR) == (1, 1)
    meet(store, "run-4", link("a"), now=MORNING + 12 * HOUR)
    [queued] = take(store, "run-4")
    assert (queued.etag, queued.article_id) == ('"2"', "id of a")


def test_an_article_and_its_link_are_recorded_together_or_not_at_all(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    with pytest.raises(TypeError):
        store.links.settle_article(queued, article("a", tags=(object(),)), now=MORNING)
    assert list(store.articles.rows()) == []
    assert store.links.close_queue("run-1") == {"Courier": 1}


# ---- the law -----------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcdefgh"), max_size=8),
        st.sampled_from([None, 1, 3]),
        st.lists(st.sampled_from(["article", "unchanged", *Reason]), max_size=8),
        st.sampled_from([None, 1800.0, 90_000.0]),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@example(
    runs=[
        (["a", "b", "c"], None, [Reason.OVER_LIMIT], 90_000.0),
        ([], 1, [], None),
    ]
)
@given(runs=STEPS)
def test_in_any_series_of_runs_every_link_met_ends_as_exactly_one_outcome(
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[tuple[list[str], int | None, list[str], float | None]],
) -> None:
    with Store(tmp_path_factory.mktemp("state") / "state.db") as store:
        for number, (met, limit, answers, retry_after_s) in enumerate(runs):
            run_id, now = f"run-{number}", MORNING + number * 2 * HOUR
            outcomes: Counter[str] = Counter()
            found, outcomes["unchanged"] = meet(store, run_id, *map(link, met), now=now)
            for joined, put_off in store.links.open_queue(run_id, {"Courier": limit}, now=now).values():
                found += joined
                outcomes.update(put_off)
            taken = take(store, run_id)
            for queued, answer in zip(taken, answers, strict=False):
                outcomes[answer] += 1
                if answer == "article":
                    name = queued.link.url.rpartition("/")[2]
                    made = article(name, id=f"{name} of {run_id}", run_id=run_id)
                    store.links.settle_article(queued, made, now=now)
                elif answer == "unchanged":
                    store.links.settle_unchanged(queued, now=now, etag=None, last_modified=None)
                else:
                    told = drop(queued, Reason(answer), retry_after_s=retry_after_s)
                    store.links.settle_drop(queued, told, now=now, max_attempts=3)
            outcomes["stopped"] += sum(store.links.close_queue(run_id).values())
            assert found == outcomes.total()
            assert store.links.waiting(run_id) == 0
