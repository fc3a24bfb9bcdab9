"""How far archives have been read, and what the state knows of the pages in them."""

from collections.abc import Collection
from datetime import datetime

from scraper.records import Article, Record, Sketch
from scraper.store.database import Database
from scraper.store.inserting import insert_whole
from scraper.store.packed import article_of


class Progress(Record, frozen=True, kw_only=True):
    """How far an archive has been read."""

    size: int | None = None
    """Its size in bytes when it was read, where that was known."""
    offset: int = 0
    """Of the last record that was dealt with."""
    records: int = 0
    """Records up to there."""
    here: int = 0
    """Those of them that the offset stands for."""
    done: bool = False


class Archives:
    """The archives that were read, each with the work that was done on it.

    `work` names all that decides what comes of a page: when it changes, an archive is new again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self, address: str, work: str) -> Progress | None:
        """How far an archive has been read."""
        rows = self._database.all(
            "SELECT size, offset, records, here, done FROM archives WHERE address = ? AND work = ?",
            (address, work),
        )
        if not rows:
            return None
        size, offset, records, here, done = rows[0]
        return Progress(size=size, offset=offset, records=records, here=here, done=bool(done))

    def advance(self, address: str, work: str, progress: Progress, *, run_id: str, now: datetime) -> None:
        """Remember how far an archive has been read; in the transaction of what was found there."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO archives VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    address,
                    work,
                    progress.size,
                    progress.offset,
                    progress.records,
                    progress.here,
                    progress.done,
                    run_id,
                    now.timestamp(),
                ),
            )

    def article_at(self, key: str) -> str | None:
        """The identity of the article that a run had from an address."""
        found: str | None = self._database.one("SELECT article_id FROM urls WHERE key = ?", (key,))
        return found

    def crawled_at(self, article_id: str) -> datetime | None:
        """When the page of an article's latest revision was fetched."""
        rows = self._database.all(
            "SELECT seq, record, record_sum FROM articles WHERE id = ? ORDER BY revision DESC LIMIT 1",
            (article_id,),
        )
        return article_of(self._database.path, *rows[0]).date_crawled if rows else None

    def settle_article(
        self,
        article: Article,
        *,
        key: str,
        source: str,
        site: str,
        now: datetime,
        blocks: Collection[int] = (),
        sketch: Sketch | None = None,
    ) -> None:
        """Store an article, and remember the hashes of its blocks.

        With a `sketch`, it waits to be held against others.
        """
        with self._database.transaction() as db:
            insert_whole(
                db, article, key=key, source=source, site=site, now=now, blocks=blocks, sketch=sketch
            )
