"""The keys of originals: found wherever they have been moved to, and bounded in number."""

import random
import sqlite3
from collections.abc import Iterator

import pytest

from scraper.store import near_keys
from scraper.store.database import SCHEMA
from scraper.store.near_keys import NAMED_BY_A_KEY, OPEN, delete_keys, insert_keys, look_up, merge


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    opened.executescript(SCHEMA)
    yield opened
    opened.close()


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments that are full soon."""
    monkeypatch.setattr(near_keys, "OPENED", 3)
    monkeypatch.setattr(near_keys, "MERGED", 2)


def under(db: sqlite3.Connection, key: int) -> list[int]:
    return sorted(cluster for (cluster,) in db.execute(look_up(1), (key, NAMED_BY_A_KEY)))


def levels(db: sqlite3.Connection) -> list[int]:
    return [level for (level,) in db.execute("SELECT level FROM near_segments ORDER BY segment")]


def test_a_key_leads_to_what_was_put_under_it(db: sqlite3.Connection) -> None:
    insert_keys(db, 1, [10, 20])
    insert_keys(db, 2, [20, 30])
    assert (under(db, 10), under(db, 20), under(db, 30), under(db, 40)) == ([1], [1, 2], [2], [])


def test_what_was_taken_away_is_found_no_more(db: sqlite3.Connection) -> None:
    insert_keys(db, 1, [10, 20])
    insert_keys(db, 2, [20])
    delete_keys(db, 1, [10, 20])
    assert (under(db, 10), under(db, 20)) == ([], [2])


def test_a_key_of_a_form_letter_leads_to_a_few_only(db: sqlite3.Connection) -> None:
    for cluster in range(100):
        insert_keys(db, cluster, [7, 1_000 + cluster])
    assert len(under(db, 7)) == NAMED_BY_A_KEY
    assert under(db, 1_099) == [99]
    assert db.execute("SELECT count(*) FROM near_keys").fetchone() == (100 + NAMED_BY_A_KEY,)


@pytest.mark.usefixtures("_small")
def test_full_segments_become_fewer_and_larger_ones(db: sqlite3.Connection) -> None:
    grown = []
    for cluster in range(24):
        insert_keys(db, cluster, [cluster])
        merge(db, levels=3)
        grown.append(levels(db))
    assert grown[1] == [OPEN]
    assert grown[2] == [1]
    assert grown[5] == [2]
    assert grown[11] == [3]
    assert grown[23] == [3, 3]  # of the highest level there may be any number


@pytest.mark.usefixtures("_small")
def test_keys_are_found_and_taken_away_wherever_they_are(db: sqlite3.Connection) -> None:
    draw = random.Random(1)  # noqa: S311 - keys, not secrets
    ought: dict[int, set[int]] = {}
    kept: dict[int, list[int]] = {}
    for cluster in range(60):
        keys = [draw.randrange(-30, 30) * 2**58 for _ in range(3)]
        insert_keys(db, cluster, keys)
        kept[cluster] = keys
        for key in keys:
            ought.setdefault(key, set()).add(cluster)
        if draw.random() < 0.3:
            gone = draw.choice(list(kept))
            delete_keys(db, gone, kept[gone])
            for key in kept.pop(gone):
                ought[key].discard(gone)
        merge(db, levels=3)
    assert {key: under(db, key) for key in ought} == {key: sorted(found) for key, found in ought.items()}
