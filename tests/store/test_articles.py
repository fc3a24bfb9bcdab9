"""The stored articles: what is known of them, and what each output has."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from scraper.errors import StateCorrupt
from scraper.records import Article, Known
from scraper.store import Part, Store
from tests.store.making import HOUR, MORNING, article, link, meet, store_article, take


def test_a_stored_article_is_known_by_its_identity_and_by_its_text(store: Store) -> None:
    store_article(store, "a")
    known = Known(
        id="id of a",
        revision=1,
        key="https://news.example/a",
        content_hash="hash of a",
        fingerprint="00000000000000ff",
    )
    assert store.articles.known_id("id of a") == known
    assert store.articles.known_text("hash of a") == known
    assert store.articles.known_id("id of b") is None
    assert store.articles.known_text("hash of b") is None


def test_the_latest_revision_is_the_known_one_and_the_first_article_has_the_text(store: Store) -> None:
    store_article(store, "a")
    meet(store, "run-2", link("a"), link("b"), now=MORNING + 6 * HOUR)
    a, b = take(store, "run-2")
    revised = article("a", revision=2, content_hash="another hash")
    store.links.settle_article(a, revised, now=MORNING + 6 * HOUR)
    store.links.settle_article(b, article("b", content_hash="hash of a"), now=MORNING + 6 * HOUR)
    latest = store.articles.known_id("id of a")
    first = store.articles.known_text("hash of a")
    assert latest is not None
    assert (latest.revision, latest.content_hash) == (2, "another hash")
    assert first is not None
    assert first.id == "id of a"


def test_rows_come_in_the_order_in_which_they_were_stored(store: Store) -> None:
    for name in "cab":
        store_article(store, name)
    rows = list(store.articles.rows())
    assert [row.seq for row in rows] == [1, 2, 3]
    articles = [msgspec.json.decode(row.record, type=Article) for row in rows]
    assert [each.id for each in articles] == ["id of c", "id of a", "id of b"]
    assert articles[0] == article("c")
    assert [row.seq for row in store.articles.rows(after=1, limit=1)] == [2]


def test_a_record_is_one_line(store: Store) -> None:
    meet(store, "run-1", link("a"))
    [queued] = take(store, "run-1")
    store.links.settle_article(queued, article("a", text="two\nlines\u2028and more"), now=MORNING)
    [row] = store.articles.rows()
    assert b"\n" not in row.record


def add_part(store: Store, output: str, first: int, last: int) -> None:
    part = Part(output=output, name=f"part-{last}", first_seq=first, last_seq=last, rows=last - first + 1)
    store.articles.add_parts([part], run_id="run-1", now=MORNING)


def test_each_output_has_its_own_unpublished_articles(store: Store) -> None:
    for name in "abc":
        store_article(store, name)
    add_part(store, "one", 1, 2)
    assert [row.seq for row in store.articles.unpublished("one")] == [3]
    assert [row.seq for row in store.articles.unpublished("two")] == [1, 2, 3]
    assert [row.seq for row in store.articles.unpublished("two", limit=2)] == [1, 2]
    add_part(store, "one", 3, 3)
    assert list(store.articles.unpublished("one")) == []
    assert store.articles.part_names("one") == {"part-2", "part-3"}
    assert store.articles.part_names("two") == frozenset()


def test_a_part_that_is_recorded_again_is_the_same_part(store: Store) -> None:
    store_article(store, "a")
    add_part(store, "one", 1, 1)
    add_part(store, "one", 1, 1)
    assert store.articles.part_names("one") == {"part-1"}


def test_a_record_that_is_not_as_it_was_stored_is_never_handed_on(store: Store, path: Path) -> None:
    store_article(store, "a")
    store_article(store, "b")
    with sqlite3.connect(path) as other:
        # One byte of the four that a compressed record begins with, and all that follow as they were.
        other.execute("UPDATE articles SET record = CAST(x'29' || substr(record, 2) AS BLOB) WHERE seq = 2")
    other.close()
    rows = store.articles.rows()
    assert next(rows).seq == 1
    with pytest.raises(StateCorrupt, match="the record of article 2 is not as it was stored"):
        next(rows)
