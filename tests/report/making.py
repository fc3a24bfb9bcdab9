"""Articles, sources and runs, each with what a test does not care about filled in."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from scraper.config import HealthConfig
from scraper.records import Alarm, Article, Drop, Reason, Removal, Report, SourceReport, Stage
from scraper.report.past import Past

MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def article(name: str = "one", **fields: Any) -> Article:
    url = f"https://news.example/{name}"
    made = Article(
        id=f"id of {name}",
        url=url,
        requested_url=url,
        hostname="news.example",
        text=f"The text of {name}.",
        paragraphs=(),
        authors=("Ada Marsh",),
        date_published=MORNING,
        date_crawled=MORNING,
        word_count=300,
        content_hash=f"hash of {name}",
        fingerprint="00000000000000ff",
        method="test",
        confidence=1.0,
    )
    return msgspec.structs.replace(made, **fields)


def drop(reason: Reason, url: str = "https://news.example/feed.xml", detail: str = "") -> Drop:
    return Drop(url=url, stage=Stage.FETCH, reason=reason, detail=detail)


def removal(kind: str, text: str = "Sign up now") -> Removal:
    return Removal(rule="rule", kind=kind, text=text, offset=0)


def source(name: str = "Courier", **figures: Any) -> SourceReport:
    """A source on a good day: 30 pages tried, all of them articles of 400 words."""
    usual = {
        "found": 30,
        "fetched": 30,
        "stored": 30,
        "words": 12_000,
        "tried": 30,
        "articles": 30,
        "median_words": 400,
        "same_text": 1,
        "documents": 1,
        "fresh_documents": 1,
        "announced": 30,
    }
    return SourceReport(name=name, **(usual | figures))


def run(number: int, *sources: SourceReport, alarms: tuple[Alarm, ...] = (), **fields: Any) -> Report:
    """The run of a day, counted from `MORNING`."""
    begun = MORNING + number * DAY
    usual: dict[str, Any] = {
        "run_id": f"{begun:%Y%m%dT%H%M%SZ}-abcdef",
        "started_at": begun,
        "ended_at": begun + timedelta(minutes=4),
        "exit_code": 0,
        "links": sum(one.found for one in sources),
        "stored": sum(one.stored for one in sources),
        "words": sum(one.words for one in sources),
        "sources": sources,
        "alarms": alarms,
    }
    return Report(**(usual | fields))


def past(runs: Iterable[Report]) -> Past:
    """What the runs, given in their order, are to a later one."""
    return Past(reversed(list(runs)))


HEALTH = HealthConfig()
