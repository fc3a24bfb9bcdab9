"""The links: which are known, which wait for this run or a later one, and how each one ended.

Within a run every link is met once (`run_id`), given to fetching once (`tried_run`) and settled once
(`outcome`), so that the counts of a run add up.
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from scraper.records import Article, Drop, Link, Outcome, Reason, Record, Sketch
from scraper.store.database import Database
from scraper.store.inserting import insert_whole

_json = msgspec.json.Encoder()
_link = msgspec.json.Decoder(Link)

NO_FAULT_OF_ITS_OWN = frozenset({Reason.STOPPED, Reason.HOST_UNAVAILABLE})
"""Deferrals that say nothing about the address; they do not count as its failures."""

MAX_RETRY_GAP_S = 86_400.0
"""Longest pause between two tries of an address that keeps failing."""


class Queued(Record, frozen=True, kw_only=True):
    """A link that waits to be asked for, with what is known from the last time."""

    link: Link
    domain: str
    etag: str | None
    last_modified: str | None
    attempts: int
    article_id: str | None = None
    """The article that the address gave before."""


class Links:
    """Every address that any run has met, and the queue among them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- meeting links -------------------------------------------------------------------------------

    def add_document(
        self,
        url: str | None,
        links: Iterable[tuple[Link, str]],
        *,
        run_id: str,
        now: datetime,
        revisit_s: float,
        source_hash: str = "",
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> tuple[int, int]:
        """Take up the links of a feed, sitemap, section page or list, together with its validators.

        A known link that is not due (see `is_due`) counts as unchanged. Links are pairs with their
        registrable domain. A link that this run has already met is passed over.

        Returns:
            How many links this run had not met, and how many of them are not due.
        """
        found = unchanged = 0
        seen = now.timestamp()
        too_early = False
        with self._database.transaction() as db:
            for link, domain in links:
                row = db.execute(
                    "SELECT rowid, run_id, queued, fetched_at, reason, source FROM urls WHERE key = ?",
                    (link.key,),
                ).fetchone()
                if row is None:
                    db.execute(
                        "INSERT INTO urls (key, link, source, domain, queued, first_seen, announced_at, "
                        "run_id) VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
                        (link.key, _json.encode(link), link.source, domain, seen, _announced(link), run_id),
                    )
                    found += 1
                    continue
                rowid, met_in, queued, fetched_at, reason, source = row
                if met_in == run_id:
                    continue
                found += 1
                if queued and source == link.source:
                    # It waits as it was announced first, as it would have in one run: when a feed has nothing
                    # new to say, a front page that names the link again knows less of it.
                    db.execute("UPDATE urls SET run_id = ? WHERE rowid = ?", (run_id, rowid))
                    continue
                due = bool(queued) or _is_due(link, fetched_at, seen, _age(reason, revisit_s))
                unchanged += not due
                too_early |= not due and (_announced(link) or 0.0) > seen
                db.execute(
                    "UPDATE urls SET link = ?, source = ?, domain = ?, announced_at = ?, run_id = ?, "
                    "queued = ? WHERE rowid = ?",
                    (_json.encode(link), link.source, domain, _announced(link), run_id, due, rowid),
                )
            if url is not None:
                # What is announced for later (our clock may be slow) is to be read again: no 304 then.
                validators = (None, None) if too_early else (etag, last_modified)
                db.execute(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                    (url, source_hash, *validators, seen),
                )
        return found, unchanged

    def is_due(self, link: Link, *, revisit_s: float, now: datetime) -> bool:
        """Whether a run would ask for the link: it is new or waiting, or was last asked for too long ago.

        Too long means before its announced date, or `revisit_s` ago.
        """
        rows = self._database.all("SELECT queued, fetched_at, reason FROM urls WHERE key = ?", (link.key,))
        if not rows:
            return True
        queued, fetched_at, reason = rows[0]
        return bool(queued) or _is_due(link, fetched_at, now.timestamp(), _age(reason, revisit_s))

    def document_validators(self, url: str, source_hash: str) -> tuple[str | None, str | None]:
        """ETag and Last-Modified of a feed or sitemap, as long as its source is configured as it was."""
        rows = self._database.all(
            "SELECT etag, last_modified FROM documents WHERE url = ? AND source_hash = ?", (url, source_hash)
        )
        return (rows[0][0], rows[0][1]) if rows else (None, None)

    # ---- the queue -----------------------------------------------------------------------------------

    def open_queue(
        self, run_id: str, limits: Mapping[str, int | None], *, now: datetime
    ) -> dict[str, tuple[int, Mapping[Reason, int]]]:
        """Decide which waiting links of the sources in `limits` this run asks for.

        Links left by earlier runs join; links in a pause that a server asked for, and those over a source's
        limit (those that failed least come first, then the newest announcements), are put off.

        Returns:
            For each source, how many links joined from earlier runs, and how many were put off, by reason.
        """
        result: dict[str, tuple[int, Mapping[Reason, int]]] = {}
        with self._database.transaction() as db:
            for source, limit in limits.items():
                joined = db.execute(
                    "UPDATE urls SET run_id = ? WHERE source = ? AND queued AND run_id != ?",
                    (run_id, source, run_id),
                ).rowcount
                paused = db.execute(
                    "UPDATE urls SET tried_run = ?, outcome = 'deferred' "
                    "WHERE source = ? AND queued AND not_before > ? RETURNING reason",
                    (run_id, source, now.timestamp()),
                ).fetchall()
                put_off = Counter(Reason(reason) for (reason,) in paused)
                if limit is not None:
                    over = db.execute(
                        "UPDATE urls SET tried_run = ?1, outcome = 'deferred', reason = 'over_limit' "
                        "WHERE rowid IN (SELECT rowid FROM urls WHERE source = ?2 AND queued "
                        "AND tried_run IS NOT ?1 "
                        "ORDER BY attempts, announced_at DESC, rowid LIMIT -1 OFFSET ?3)",
                        (run_id, source, limit),
                    ).rowcount
                    if over:
                        put_off[Reason.OVER_LIMIT] += over
                result[source] = (joined, put_off)
        return result

    def waiting_domains(self, run_id: str) -> list[str]:
        """Registrable domains with links that this run has yet to ask for."""
        rows = self._database.all(
            "SELECT domain FROM urls WHERE queued AND run_id = ?1 AND tried_run IS NOT ?1 "
            "GROUP BY domain ORDER BY min(rowid)",
            (run_id,),
        )
        return [row[0] for row in rows]

    def waiting(self, run_id: str) -> int:
        """How many links this run has yet to ask for."""
        return int(
            self._database.one(
                "SELECT count(*) FROM urls WHERE queued AND run_id = ?1 AND tried_run IS NOT ?1", (run_id,)
            )
        )

    def take(self, domain: str, run_id: str, *, limit: int) -> list[Queued]:
        """The next links of a domain. They are marked as tried, so each is given once a run."""
        with self._database.transaction() as db:
            rows = db.execute(
                "UPDATE urls SET tried_run = ?1, outcome = NULL WHERE rowid IN (SELECT rowid FROM urls "
                "WHERE queued AND domain = ?2 AND run_id = ?1 AND tried_run IS NOT ?1 "
                "ORDER BY attempts, rowid LIMIT ?3) "
                "RETURNING attempts, rowid, link, domain, etag, last_modified, article_id",
                (run_id, domain, limit),
            ).fetchall()
            return [
                Queued(
                    link=_link.decode(link),
                    domain=of,
                    etag=etag,
                    last_modified=modified,
                    attempts=attempts,
                    article_id=article,
                )
                for attempts, _, link, of, etag, modified, article in sorted(rows, key=lambda row: row[:2])
            ]

    def close_queue(self, run_id: str) -> dict[str, int]:
        """Put off the links that this run did not come to, or did not finish; count them by source."""
        with self._database.transaction() as db:
            rows = db.execute(
                "UPDATE urls SET tried_run = ?1, outcome = 'deferred', reason = 'stopped' "
                "WHERE queued AND run_id = ?1 AND (tried_run IS NOT ?1 OR outcome IS NULL) RETURNING source",
                (run_id,),
            ).fetchall()
        return Counter(source for (source,) in rows)

    # ---- outcomes ------------------------------------------------------------------------------------

    def settle_drop(
        self, queued: Queued, drop: Drop, *, now: datetime, max_attempts: int, retry_gap_s: float = 0.0
    ) -> Drop:
        """Record a link that did not become an article.

        A link that fails is asked for in the next run; one that goes on failing after 1, 3, 7, … times
        `retry_gap_s`, and not before the time that its server named.

        Returns:
            `drop`, or a final one in its place when the link has failed in `max_attempts` runs.
        """
        attempts = queued.attempts
        gap_s = drop.retry_after_s or 0.0
        if drop.deferred and drop.reason not in NO_FAULT_OF_ITS_OWN:
            attempts += 1
            gap_s = max(gap_s, min(MAX_RETRY_GAP_S, retry_gap_s * (2 ** min(attempts - 1, 60) - 1)))
            if attempts >= max_attempts:
                detail = f"after {attempts} runs; last: {drop.reason} {drop.detail}".strip()
                drop = msgspec.structs.replace(drop, reason=Reason.GAVE_UP, detail=detail)
        elif not drop.deferred:
            attempts = 0
        waits = drop.deferred
        pause = now.timestamp() + gap_s if waits and gap_s else None
        with self._database.transaction() as db:
            db.execute(
                "UPDATE urls SET queued = ?, outcome = ?, stage = ?, reason = ?, detail = ?, "
                "http_status = ?, not_before = ?, attempts = ?, "
                "fetched_at = coalesce(?, fetched_at) WHERE key = ?",
                (
                    waits,
                    Outcome.DEFERRED if waits else Outcome.DROPPED,
                    drop.stage,
                    drop.reason,
                    drop.detail,
                    drop.http_status,
                    pause,
                    attempts,
                    None if waits else now.timestamp(),
                    queued.link.key,
                ),
            )
        return drop

    def settle_unchanged(
        self, queued: Queued, *, now: datetime, etag: str | None, last_modified: str | None
    ) -> None:
        """Record a link that has nothing new."""
        with self._database.transaction() as db:
            _settle_answered(db, queued, Outcome.UNCHANGED, now, etag, last_modified)

    def settle_article(
        self,
        queued: Queued,
        article: Article,
        *,
        now: datetime,
        blocks: Collection[int] = (),
        sketch: Sketch | None = None,
    ) -> None:
        """Store an article, record its link, and remember the hashes of its blocks, at once.

        With a `sketch`, it waits to be held against others.
        """
        with self._database.transaction() as db:
            insert_whole(
                db,
                article,
                key=queued.link.key,
                source=queued.link.source,
                site=queued.domain,
                now=now,
                blocks=blocks,
                sketch=sketch,
            )
            _settle_answered(
                db, queued, Outcome.STORED, now, article.etag, article.last_modified, article_id=article.id
            )


def _settle_answered(
    db: sqlite3.Connection,
    queued: Queued,
    outcome: Outcome,
    now: datetime,
    etag: str | None,
    last_modified: str | None,
    *,
    article_id: str | None = None,
) -> None:
    db.execute(
        "UPDATE urls SET queued = 0, outcome = ?, stage = NULL, reason = NULL, detail = NULL, etag = ?, "
        "last_modified = ?, not_before = NULL, attempts = 0, fetched_at = ?, "
        "article_id = coalesce(?, article_id) WHERE key = ?",
        (outcome, etag, last_modified, now.timestamp(), article_id, queued.link.key),
    )


def _age(reason: str | None, revisit_s: float) -> float:
    """Age at which a link is due: one that was given up is not, unless something newer is announced."""
    return float("inf") if reason == Reason.GAVE_UP else revisit_s


def _announced(link: Link) -> float | None:
    announced = link.date_modified or link.date_published
    return announced.timestamp() if announced else None


def _is_due(link: Link, fetched_at: float | None, now: float, revisit_s: float) -> bool:
    fetched = fetched_at or 0.0
    # A date in the future announces nothing yet: or one wrong date would be asked for in every run.
    return fetched < (_announced(link) or 0.0) <= now or now - fetched >= revisit_s
