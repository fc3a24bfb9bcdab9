"""Stores an article with all that goes with it, whichever door its page came in by."""

import sqlite3
from collections.abc import Collection
from datetime import datetime

from scraper.records import Article, Sketch
from scraper.store.articles import insert_article
from scraper.store.near import Place, let_wait
from scraper.store.templates import insert_seen


def insert_whole(
    db: sqlite3.Connection,
    article: Article,
    *,
    key: str,
    source: str,
    site: str,
    now: datetime,
    blocks: Collection[int],
    sketch: Sketch | None,
) -> None:
    """Store an article, and the hashes of its blocks; with a `sketch` it waits to be held against others.

    A part of the transaction that `db` is in.
    """
    insert_article(db, article, key=key, source=source)
    if sketch:
        let_wait(db, Place.of(article, key=key), sketch)
    if blocks:
        insert_seen(db, site=site, key=key, blocks=blocks, now=now)
