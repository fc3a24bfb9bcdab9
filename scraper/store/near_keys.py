"""The keys of originals in layers: few pages of the file change for an article, however many keys there are.

Keys are random numbers. In one table of ten million originals each of the 16 keys of a new one would change a
page of its own: 64 KB to the log and as much to the file, for 200 bytes. So new keys go to a small segment; a
full one is moved, in order, behind the others, and eight of one level become one of the next (a
log-structured merge tree: O'Neil et al., Acta Informatica 33, 1996). A key is looked up in each segment.
"""

import sqlite3
from collections.abc import Sequence

OPEN = 0
"""The segment that new keys go to."""
OPENED = 4_096
"""Originals in it at most."""
MERGED = 8
"""Segments of one level that become one of the next."""
LEVELS = 4
"""The highest holds two million originals in a segment: at ten million 4 of them, and 22 others at most."""
LEVELS_AT_WORK = 3
"""Up to here segments are merged while a run is under way; two million take minutes: the next one does it."""
NAMED_BY_A_KEY = 16
"""Originals that a key leads to; those that have it in common with so many are found by their other keys."""

_LOOK_UP = (
    "SELECT * FROM (SELECT k.cluster FROM near_segments AS s CROSS JOIN near_keys AS k "
    "ON k.segment = s.segment AND k.key = ? ORDER BY s.segment LIMIT ?)"
)


def look_up(count: int) -> str:
    """What gives the clusters under each of `count` keys; it takes each key and the most to give for it."""
    return " UNION ALL ".join([_LOOK_UP] * count)


def insert_keys(db: sqlite3.Connection, cluster: int, keys: Sequence[int]) -> None:
    """Have the keys lead to a cluster."""
    db.execute(
        "INSERT INTO near_segments VALUES (?, 0, 1) "
        "ON CONFLICT (segment) DO UPDATE SET originals = originals + 1",
        (OPEN,),
    )
    # A phrase of a form letter is not written down for each letter.
    db.executemany(
        "INSERT OR IGNORE INTO near_keys SELECT ?1, ?2, ?3 WHERE "
        "(SELECT count(*) FROM (SELECT 1 FROM near_keys WHERE segment = ?1 AND key = ?2 LIMIT ?4)) < ?4",
        [(OPEN, key, cluster, NAMED_BY_A_KEY) for key in keys],
    )


def delete_keys(db: sqlite3.Connection, cluster: int, keys: Sequence[int]) -> None:
    """Have the keys no longer lead to a cluster."""
    db.executemany(
        "DELETE FROM near_keys WHERE segment IN (SELECT segment FROM near_segments) "
        "AND key = ? AND cluster = ?",
        [(key, cluster) for key in keys],
    )


def merge(db: sqlite3.Connection, *, levels: int = LEVELS_AT_WORK) -> None:
    """Make one segment of the next level, `levels` at most, of those of a level that has grown full.

    It gets a place behind all others, so that it is written from one end to the other.
    """
    for level in range(levels):
        segments, originals, last = db.execute(
            "SELECT count(*), sum(originals), (SELECT max(segment) FROM near_segments) FROM near_segments "
            "WHERE level = ?",
            (level,),
        ).fetchone()
        if not (segments >= MERGED if level else (originals or 0) >= OPENED):
            continue
        db.execute(
            "INSERT INTO near_keys SELECT ?, key, cluster FROM ("
            "SELECT key, cluster, row_number() OVER (PARTITION BY key ORDER BY cluster) AS place "
            "FROM near_keys WHERE segment IN (SELECT segment FROM near_segments WHERE level = ?)"
            ") WHERE place <= ? ORDER BY key, cluster",
            (last + 1, level, NAMED_BY_A_KEY),
        )
        db.execute(
            "DELETE FROM near_keys WHERE segment IN (SELECT segment FROM near_segments WHERE level = ?)",
            (level,),
        )
        db.execute("DELETE FROM near_segments WHERE level = ?", (level,))
        db.execute("INSERT INTO near_segments VALUES (?, ?, ?)", (last + 1, level + 1, originals))
