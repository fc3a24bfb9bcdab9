"""Links, articles and steps of a run, each with what a test does not care about filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from scraper.records import Article, Drop, Link, Reason, SourceType, Stage
from scraper.store import Queued, Store

MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
REVISIT_S = 6 * 3600.0


def link(name: str, *, source: str = "Courier", announced: datetime | None = None) -> Link:
    url = f"https://news.example/{name}"
    return Link(url=url, key=url, source=source, source_type=SourceType.RSS, date_published=announced)


def meet(
    store: Store, run_id: str, *links: Link, now: datetime = MORNING, domain: str = "news.example"
) -> tuple[int, int]:
    """A document names links."""
    pairs = [(each, domain) for each in links]
    return store.links.add_document(None, pairs, run_id=run_id, now=now, revisit_s=REVISIT_S)


def take(store: Store, run_id: str, *, limit: int = 100, domain: str = "news.example") -> list[Queued]:
    return store.links.take(domain, run_id, limit=limit)


def names(queued: list[Queued]) -> list[str]:
    return [each.link.url.rpartition("/")[2] for each in queued]


def article(name: str, **fields: Any) -> Article:
    url = f"https://news.example/{name}"
    made = Article(
        id=f"id of {name}",
        url=url,
        requested_url=url,
        hostname="news.example",
        text=f"The text of {name}.",
        paragraphs=(),
        date_crawled=MORNING,
        word_count=4,
        content_hash=f"hash of {name}",
        fingerprint="00000000000000ff",
        method="test",
        confidence=1.0,
        run_id="run-1",
    )
    return msgspec.structs.replace(made, **fields)


def drop(queued: Queued, reason: Reason, *, retry_after_s: float | None = None) -> Drop:
    return Drop(
        url=queued.link.url, stage=Stage.FETCH, reason=reason, detail="as told", retry_after_s=retry_after_s
    )


def store_article(store: Store, name: str, *, run_id: str = "run-1", now: datetime = MORNING) -> None:
    """A link is met, taken, and gives an article."""
    meet(store, run_id, link(name), now=now)
    for queued in take(store, run_id):
        store.links.settle_article(queued, article(name, run_id=run_id), now=now)
