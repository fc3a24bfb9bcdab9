"""What the articles of each site are made of, by hash: from it the site's memory is made.

A run sees what earlier runs have learnt and nothing of itself, so that its outcome depends neither on the
order of its pages nor on how often it was killed: what it stores waits, and counts once a run has ended.
"""

import sqlite3
from array import array
from collections.abc import Collection
from datetime import datetime

from scraper.records import Record
from scraper.store.database import Database

DOCUMENTS = 60
"""Articles of a site that count; with older ones is forgotten what the site has stopped showing."""
KEYS = 256
"""Most blocks of an article that are remembered, its last ones rather than those in the middle."""
FIRST_KEYS = 64
WAIT_S = 24 * 3600.0
"""After this an article counts although no run has ended well since."""


class Seen(Record, frozen=True, kw_only=True):
    """An article of a site, and the hashes of its blocks."""

    key: str
    """Canonical form of the address it was fetched from."""
    blocks: Collection[int]


def insert_seen(
    db: sqlite3.Connection, *, site: str, key: str, blocks: Collection[int], now: datetime
) -> None:
    """Remember an article's blocks, as part of the transaction in which it is stored."""
    keys = list(blocks)
    if len(keys) > KEYS:
        keys = keys[:FIRST_KEYS] + keys[FIRST_KEYS - KEYS :]
    db.execute(
        "INSERT OR REPLACE INTO templates (site, key, learnt, seen_at, blocks) VALUES (?, ?, 0, ?, ?)",
        (site, key, now.timestamp(), array("Q", keys).tobytes()),
    )


def let_count(db: sqlite3.Connection, *, before: datetime | None = None) -> None:
    """Let the articles count that wait, or those stored more than a day before `before`.

    A newer version of an article takes the place of the older one; the oldest of a site are forgotten.
    """
    latest = before.timestamp() - WAIT_S if before else float("inf")
    waiting = "SELECT 1 FROM templates WHERE learnt = 0 AND seen_at <= ? LIMIT 1"
    if not db.execute(waiting, (latest,)).fetchone():
        return
    db.execute(
        "DELETE FROM templates WHERE learnt > 0 AND (site, key) IN "
        "(SELECT site, key FROM templates WHERE learnt = 0 AND seen_at <= ?)",
        (latest,),
    )
    db.execute(
        "UPDATE templates SET learnt = (SELECT max(learnt) FROM templates) + 1 "
        "WHERE learnt = 0 AND seen_at <= ?",
        (latest,),
    )
    db.execute(
        "DELETE FROM templates WHERE rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER "
        "(PARTITION BY site ORDER BY learnt DESC, key) AS place FROM templates WHERE learnt > 0 AND site IN "
        "(SELECT site FROM templates WHERE learnt = (SELECT max(learnt) FROM templates))) WHERE place > ?)",
        (DOCUMENTS,),
    )


class Templates:
    """What is known of each site's articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, site: str) -> list[Seen]:
        """The site's articles that count, the newest first; the same throughout a run."""
        rows = self._database.all(
            "SELECT key, blocks FROM templates WHERE site = ? AND learnt > 0 ORDER BY learnt DESC, key",
            (site,),
        )
        return [seen(key, blocks) for key, blocks in rows]

    def all(self) -> dict[str, list[tuple[str, bytes]]]:
        """As `of`, for every site: key and blocks of each article, as `seen` takes them."""
        found: dict[str, list[tuple[str, bytes]]] = {}
        for site, key, blocks in self._database.each(
            "SELECT site, key, blocks FROM templates WHERE learnt > 0 ORDER BY site, learnt DESC, key"
        ):
            found.setdefault(site, []).append((key, blocks))
        return found


def seen(key: str, blocks: bytes) -> Seen:
    """An article as the state holds it."""
    return Seen(key=key, blocks=array("Q", blocks))
