"""Which articles tell one story: the index of near-duplicates, and the articles that wait for it.

An article waits from when it is stored until the rows of the run are published. Then all that wait are ruled
on in an order that does not depend on when each was fetched: first what changed, then by date of publication
and address. Each becomes the original of a cluster, and is indexed, or a copy in one; so the index holds
originals only, and a cluster is what resembles its original, not a chain.

An article costs the same, but for the number of segments that a key is looked up in (`near_keys`): it looks
up its few keys, each of which names a few originals at most, and reads the sketches of some.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import msgspec

from scraper.records import Article, Outcome, Reason, Record, Sketch, Stage
from scraper.store.database import Database
from scraper.store.near_keys import NAMED_BY_A_KEY, delete_keys, insert_keys, look_up, merge
from scraper.store.packed import article_of, packed

HELD_AGAINST = 24
"""Most originals that a text is held against, those first that have most keys in common with it."""
COPIES = 64
"""Articles with one text that are looked at."""
TOGETHER = 500
"""Articles that are ruled on in one transaction."""
_UNDATED = float("inf")
JOIN = "INSERT OR REPLACE INTO near_members VALUES (?, ?)"
"""A log that a failing disk has cut can leave the member of an article that is gone; numbers come again."""


class Place(Record, frozen=True, kw_only=True, order=True):
    """Where an article stands in the order in which those that wait are ruled on."""

    new: bool
    """What changed an article that is known comes first."""
    published: float
    """Undated ones last."""
    key: str

    @classmethod
    def of(cls, article: Article, *, key: str) -> "Place":
        """The place of an article that comes from the address with the canonical form `key`."""
        date = article.date_published
        return cls(new=article.revision == 1, published=date.timestamp() if date else _UNDATED, key=key)


class Waiting(Record, frozen=True, kw_only=True):
    """A stored article that has not been held against the others yet."""

    seq: int
    id: str
    new: bool
    """Whether no revision of it was ruled on before."""
    key: str
    content_hash: str
    sketch: Sketch


class Copy(Record, frozen=True, kw_only=True):
    """A stored article with a certain text."""

    id: str
    key: str
    original: str
    """The id of the article that it is a copy of; its own where it is none."""
    cluster: int | None
    place: Place | None
    """None when it no longer waits."""


class Original(Record, frozen=True, kw_only=True):
    """An article that others may be copies of."""

    id: str
    cluster: int
    """Lower than those of the originals that were found after it."""
    sketch: Sketch


class Ruling(Record, frozen=True, kw_only=True):
    """What an article is that waited."""

    original: str | None = None
    """The id of the article that it is a copy of; None where it is none."""
    cluster: int | None = None
    """Of that article, if it is in one."""
    reason: Reason | None = None
    """Why it is taken back, where it is not to be published."""
    detail: str = ""


class Ruled(Record, frozen=True, kw_only=True):
    """A copy, and what was ruled."""

    article: Article
    source: str
    ruling: Ruling


def let_wait(db: sqlite3.Connection, place: Place, sketch: Sketch) -> None:
    """Have the article that was just inserted wait for a ruling, as part of the same transaction."""
    db.execute(
        "INSERT INTO near_waiting VALUES (last_insert_rowid(), ?, ?, ?, ?, ?)",
        (place.new, place.published, place.key, *_columns(sketch)),
    )


class Near:
    """Clusters of articles that tell one story."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def copies(self, content_hash: str, *, but: str = "") -> list[Copy]:
        """Stored articles with a text, in the order of their clusters, without that of the id `but`."""
        rows = self._database.all(
            "SELECT a.id, a.key, m.cluster, n.id, w.new, w.published FROM articles AS a "
            "LEFT JOIN near_members AS m ON m.seq = a.seq LEFT JOIN near AS n ON n.cluster = m.cluster "
            "LEFT JOIN near_waiting AS w ON w.seq = a.seq "
            "WHERE a.content_hash = ? AND a.id != ? ORDER BY m.cluster, a.seq LIMIT ?",
            (content_hash, but, COPIES),
        )
        return [
            Copy(
                id=known,
                key=key,
                original=original or known,
                cluster=cluster,
                place=None if new is None else Place(new=bool(new), published=published, key=key),
            )
            for known, key, cluster, original, new, published in rows
        ]

    def alike(self, keys: Sequence[int]) -> Iterator[Original]:
        """Originals that share keys, those first that share most, then the earliest."""
        rows = self._database.all(
            "SELECT n.cluster, n.id, n.keys, n.sample FROM "  # noqa: S608 - fixed text
            f"(SELECT cluster, count(*) AS shared FROM ({look_up(len(keys))}) GROUP BY cluster "
            "ORDER BY shared DESC, cluster LIMIT ?) AS best "
            "CROSS JOIN near AS n ON n.cluster = best.cluster ORDER BY shared DESC, n.cluster",
            (*chain.from_iterable((key, NAMED_BY_A_KEY) for key in keys), HELD_AGAINST),
        )
        for cluster, found, stored, sample in rows:
            yield Original(id=found, cluster=cluster, sketch=_sketch(stored, sample))

    def key_of(self, article_id: str) -> str:
        """The canonical form of the address that an article was fetched from last."""
        return str(
            self._database.one(
                "SELECT key FROM articles WHERE id = ? ORDER BY revision DESC LIMIT 1", (article_id,)
            )
        )

    def is_original(self, article_id: str) -> bool:
        """Whether an earlier revision of the article was published as an original."""
        return self._own_cluster(article_id) is not None

    def rule(self, judge: Callable[[Waiting], Ruling], *, most: int = TOGETHER) -> list[Ruled] | None:
        """Have `judge` rule on the next `most` articles that wait, and act on it, all in one transaction.

        Returns:
            The copies among them; None when nothing waits.
        """
        with self._database.transaction() as db:
            rows = db.execute(
                "SELECT w.seq, a.id, w.key, a.content_hash, w.keys, w.sample FROM near_waiting AS w "
                "JOIN articles AS a ON a.seq = w.seq ORDER BY w.new, w.published, w.key, w.seq LIMIT ?",
                (most,),
            ).fetchall()
            ruled = []
            for seq, known, key, content_hash, keys, sample in rows:
                waiting = Waiting(
                    seq=seq,
                    id=known,
                    new=not self._is_known(known),
                    key=key,
                    content_hash=content_hash,
                    sketch=_sketch(keys, sample),
                )
                ruling = judge(waiting)
                if ruling.reason:
                    ruled.append(self._take_back(db, waiting, ruling))
                elif ruling.original:
                    ruled.append(self._link(db, waiting, ruling))
                else:
                    self._index(db, waiting)
                db.execute("DELETE FROM near_waiting WHERE seq = ?", (seq,))
            merge(db)
        return ruled if rows else None

    def _is_known(self, article_id: str) -> bool:
        """Whether a revision of the article was published, or is to be."""
        return bool(
            self._database.all(
                "SELECT 1 FROM articles AS a WHERE id = ? AND NOT EXISTS "
                "(SELECT 1 FROM near_waiting AS w WHERE w.seq = a.seq) LIMIT 1",
                (article_id,),
            )
        )

    def _own_cluster(self, article_id: str) -> int | None:
        rows = self._database.all(
            "SELECT n.cluster FROM articles AS a JOIN near_members AS m ON m.seq = a.seq "
            "JOIN near AS n ON n.cluster = m.cluster AND n.id = a.id WHERE a.id = ? LIMIT 1",
            (article_id,),
        )
        return int(rows[0][0]) if rows else None

    def _index(self, db: sqlite3.Connection, waiting: Waiting) -> None:
        """Make an article an original, or put its newer text in the place of the older one."""
        keys, sample = _columns(waiting.sketch)
        cluster = None if waiting.new else self._own_cluster(waiting.id)
        if cluster is None:
            cluster = _new_cluster(db, waiting.id, keys, sample)
            insert_keys(db, cluster, waiting.sketch.keys)
        elif self._is_newest(waiting):
            (stored,) = db.execute("SELECT keys FROM near WHERE cluster = ?", (cluster,)).fetchone()
            delete_keys(db, cluster, array("q", stored))
            db.execute("UPDATE near SET keys = ?, sample = ? WHERE cluster = ?", (keys, sample, cluster))
            insert_keys(db, cluster, waiting.sketch.keys)
        db.execute(JOIN, (waiting.seq, cluster))

    def _is_newest(self, waiting: Waiting) -> bool:
        """Whether no later revision of it was ruled on already, as is one that was stored in the same run."""
        return not self._database.all(
            "SELECT 1 FROM articles AS a JOIN near_members AS m ON m.seq = a.seq "
            "WHERE a.id = ? AND a.seq > ?",
            (waiting.id, waiting.seq),
        )

    def _link(self, db: sqlite3.Connection, waiting: Waiting, ruling: Ruling) -> Ruled:
        cluster = ruling.cluster
        if cluster is None:
            # The original was stored when nothing was held against anything: there is no sketch of it.
            cluster = _new_cluster(db, str(ruling.original), b"", b"")
            db.execute(
                "INSERT OR IGNORE INTO near_members SELECT seq, ? FROM articles WHERE id = ? AND seq NOT IN "
                "(SELECT seq FROM near_waiting)",
                (cluster, ruling.original),
            )
        article, source = self._stored(db, waiting.seq)
        article = msgspec.structs.replace(article, dup_of=ruling.original)
        db.execute(
            "UPDATE articles SET record = ?, record_sum = ? WHERE seq = ?", (*packed(article), waiting.seq)
        )
        db.execute(JOIN, (waiting.seq, cluster))
        return Ruled(article=article, source=source, ruling=ruling)

    def _take_back(self, db: sqlite3.Connection, waiting: Waiting, ruling: Ruling) -> Ruled:
        article, source = self._stored(db, waiting.seq)
        db.execute("DELETE FROM articles WHERE seq = ?", (waiting.seq,))
        db.execute(
            "UPDATE urls SET outcome = ?, stage = ?, reason = ?, detail = ?, article_id = NULL "
            "WHERE key = ? AND article_id = ? AND NOT queued",
            (Outcome.DROPPED, Stage.DEDUPE, ruling.reason, ruling.detail, waiting.key, waiting.id),
        )
        return Ruled(article=article, source=source, ruling=ruling)

    def _stored(self, db: sqlite3.Connection, seq: int) -> tuple[Article, str]:
        record, ought, source = db.execute(
            "SELECT record, record_sum, source FROM articles WHERE seq = ?", (seq,)
        ).fetchone()
        return article_of(self._database.path, seq, record, ought), source


def _new_cluster(db: sqlite3.Connection, original: str, keys: bytes, sample: bytes) -> int:
    row = db.execute(
        "INSERT INTO near (id, keys, sample) VALUES (?, ?, ?) RETURNING cluster", (original, keys, sample)
    ).fetchone()
    return int(row[0])


def _columns(sketch: Sketch) -> tuple[bytes, bytes]:
    return array("q", sketch.keys).tobytes(), sketch.sample


def _sketch(keys: bytes, sample: bytes) -> Sketch:
    return Sketch(keys=tuple(array("q", keys)), sample=sample)
