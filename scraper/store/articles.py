"""The stored articles: what deduplication asks of them, and what the outputs have of them."""

import sqlite3
from collections.abc import Collection, Generator, Iterable
from datetime import datetime

from scraper.records import Article, Known, Record
from scraper.store.database import Database
from scraper.store.packed import packed, unpacked


class Part(Record, frozen=True, kw_only=True):
    """A published piece of an output."""

    output: str
    name: str
    first_seq: int
    last_seq: int
    rows: int


class Row(Record, frozen=True, kw_only=True):
    """An article as it goes to the outputs."""

    seq: int
    record: bytes
    """JSON, in one line, without its end."""
    source: str
    """Name of the source that it came from."""


def insert_article(db: sqlite3.Connection, article: Article, *, key: str, source: str) -> None:
    """Store an article, as part of the transaction in which its link is settled."""
    db.execute(
        "INSERT INTO articles (id, revision, key, content_hash, fingerprint, source, run_id, record, "
        "record_sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.id,
            article.revision,
            key,
            article.content_hash,
            article.fingerprint,
            source,
            article.run_id,
            *packed(article),
        ),
    )


class Articles:
    """Each revision of each article, numbered in the order in which they were stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known_id(self, article_id: str) -> Known | None:
        """The latest revision of an article."""
        return self._known("WHERE id = ? ORDER BY revision DESC LIMIT 1", article_id)

    def known_text(self, content_hash: str) -> Known | None:
        """The first article with this text."""
        return self._known("WHERE content_hash = ? ORDER BY seq LIMIT 1", content_hash)

    def _known(self, where: str, value: str) -> Known | None:
        rows = self._database.all(
            f"SELECT id, revision, key, content_hash, fingerprint FROM articles {where}",  # noqa: S608 - fixed text
            (value,),
        )
        if not rows:
            return None
        found, revision, key, content_hash, fingerprint = rows[0]
        return Known(id=found, revision=revision, key=key, content_hash=content_hash, fingerprint=fingerprint)

    def rows(
        self, *, after: int = 0, limit: int = -1, sources: Collection[str] = (), latest: bool = False
    ) -> Generator[Row, None, None]:
        """Articles stored after the one numbered `after`, in order; `limit` below 0 is none.

        Args:
            after: The number of an article.
            limit: At most so many.
            sources: Of these only, where there are any.
            latest: Only the newest revision of each.

        Raises:
            StateCorrupt: A record is not as it was stored.
        """
        conditions = ["seq > ?"]
        if sources:
            conditions.append(f"source IN ({', '.join('?' * len(sources))})")
        if latest:
            conditions.append(
                "revision = (SELECT max(revision) FROM articles AS other WHERE other.id = a.id)"
            )
        for seq, record, ought, source in self._database.each(
            "SELECT seq, record, record_sum, source FROM articles AS a "  # noqa: S608 - fixed texts
            f"WHERE {' AND '.join(conditions)} ORDER BY seq LIMIT ?",
            (after, *sources, limit),
        ):
            yield Row(seq=seq, record=unpacked(self._database.path, seq, record, ought), source=source)

    def last_seq(self) -> int:
        """The number of the article that was stored last; 0 when there is none."""
        return self._database.one("SELECT max(seq) FROM articles") or 0

    def sources(self) -> frozenset[str]:
        """Names of the sources that articles came from."""
        return frozenset(name for (name,) in self._database.all("SELECT DISTINCT source FROM articles"))

    def unpublished(self, output: str, *, limit: int = -1) -> Generator[Row, None, None]:
        """Articles that `output` does not have, in the order in which they were stored."""
        return self.rows(after=self.published(output), limit=limit)

    def published(self, output: str) -> int:
        """The number of the last article that `output` is known to have; 0 when there is none."""
        return self._database.one("SELECT max(last_seq) FROM parts WHERE output = ?", (output,)) or 0

    def part_names(self, output: str) -> frozenset[str]:
        """Names of the parts that `output` is known to have."""
        rows = self._database.all("SELECT name FROM parts WHERE output = ?", (output,))
        return frozenset(row[0] for row in rows)

    def add_parts(self, parts: Iterable[Part], *, run_id: str, now: datetime) -> None:
        """Record that the parts of one seal are durably in their place."""
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        part.output,
                        part.name,
                        part.first_seq,
                        part.last_seq,
                        part.rows,
                        run_id,
                        now.timestamp(),
                    )
                    for part in parts
                ],
            )
