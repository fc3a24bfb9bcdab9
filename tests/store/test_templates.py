"""What each site's articles are made of: it counts once a run has ended, and the newest articles count."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from scraper.records import Article, Report
from scraper.store import Queued, Store
from scraper.store.templates import DOCUMENTS, FIRST_KEYS, KEYS
from tests.store.making import HOUR, MORNING, article, link, meet, take


def store_with(store: Store, run_id: str, *names: str, now: datetime = MORNING, first: int = 1) -> None:
    """A run stores articles with a block of their own and one that all have."""
    meet(store, run_id, *map(link, names), now=now)
    for number, queued in enumerate(take(store, run_id), start=first):
        made = article(queued.link.url.rpartition("/")[2], run_id=run_id)
        store.links.settle_article(queued, made, now=now, blocks=(number, 2**63 + 7))


def end(store: Store, run_id: str, *, stopped: str | None = None, now: datetime = MORNING) -> None:
    store.end_run(Report(run_id=run_id, started_at=now, ended_at=now, exit_code=0, stopped=stopped))


def known(store: Store, site: str = "news.example") -> dict[str, list[int]]:
    return {seen.key.rpartition("/")[2]: list(seen.blocks) for seen in store.templates.of(site)}


def test_what_a_run_stores_counts_when_it_has_ended(store: Store) -> None:
    store.begin_run("run-1", MORNING)
    store_with(store, "run-1", "a", "b")
    assert known(store) == {}

    end(store, "run-1")
    assert known(store) == {"a": [1, 2**63 + 7], "b": [2, 2**63 + 7]}
    assert known(store, "other.example") == {}


def test_a_run_that_was_killed_is_unseen_until_the_one_that_goes_on_has_ended(path: Path) -> None:
    with Store(path) as store:
        store.begin_run("run-1", MORNING)
        store_with(store, "run-1", "a")
    with Store(path) as store:
        store.begin_run("run-2", MORNING + HOUR)
        store_with(store, "run-2", "b", now=MORNING + HOUR)
        assert known(store) == {}
        end(store, "run-2")
        assert set(known(store)) == {"a", "b"}


@pytest.mark.parametrize(("stopped", "counts"), [("signal", False), ("max_runtime", True), (None, True)])
def test_a_run_that_was_interrupted_lets_the_next_one_go_on_as_it_began(
    store: Store, stopped: str | None, *, counts: bool
) -> None:
    store.begin_run("run-1", MORNING)
    store_with(store, "run-1", "a")
    end(store, "run-1", stopped=stopped)

    assert bool(known(store)) is counts


def test_what_waits_for_more_than_a_day_counts_at_the_beginning_of_a_run(store: Store) -> None:
    store.begin_run("run-1", MORNING)
    store_with(store, "run-1", "a")
    store.begin_run("run-2", MORNING + 23 * HOUR)
    assert known(store) == {}
    store_with(store, "run-2", "b", now=MORNING + 23 * HOUR)

    store.begin_run("run-3", MORNING + 25 * HOUR)
    assert set(known(store)) == {"a"}


def test_a_newer_version_takes_the_place_of_the_older_one(store: Store) -> None:
    def revise(run_id: str, revision: int, block: int) -> None:
        store.begin_run(run_id, MORNING)
        queued = Queued(link=link("a"), domain="news.example", etag=None, last_modified=None, attempts=0)
        made: Article = msgspec.structs.replace(article("a"), revision=revision, run_id=run_id)
        store.links.settle_article(queued, made, now=MORNING, blocks=(block,))

    revise("run-1", 1, 10)
    end(store, "run-1")
    revise("run-2", 2, 20)
    assert known(store) == {"a": [10]}
    end(store, "run-2")
    assert known(store) == {"a": [20]}


def test_of_each_site_the_newest_articles_count(store: Store) -> None:
    names = [f"{number:03}" for number in range(DOCUMENTS + 10)]
    store.begin_run("run-1", MORNING)
    store_with(store, "run-1", *names[:50])
    end(store, "run-1")
    store.begin_run("run-2", MORNING)
    store_with(store, "run-2", *names[50:])
    end(store, "run-2")

    assert len(known(store)) == DOCUMENTS
    assert list(known(store))[:20] == names[50:]
    assert set(known(store)) - set(names[50:]) == set(names[: DOCUMENTS - 20])


def test_of_an_endless_article_the_beginning_and_the_end_are_remembered(store: Store) -> None:
    store.begin_run("run-1", MORNING)
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    store.links.settle_article(queued, article("a"), now=MORNING, blocks=range(1, 5_001))
    end(store, "run-1")

    [blocks] = known(store).values()
    assert len(blocks) == KEYS
    assert (blocks[FIRST_KEYS - 1], blocks[FIRST_KEYS], blocks[-1]) == (FIRST_KEYS, 4_809, 5_000)


def test_an_article_of_which_nothing_is_told_is_not_counted(store: Store) -> None:
    store.begin_run("run-1", MORNING)
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    store.links.settle_article(queued, article("a"), now=MORNING)
    end(store, "run-1")

    assert known(store) == {}
