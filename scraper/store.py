"""The state: one SQLite file with what was seen, what waits, and what is to be published.

Only this module knows SQL. Each public method that changes something is one transaction, so a process
killed between two calls leaves a state from which the next run goes on. One process at a time holds the
state (`flock` on a file beside it).
"""

import fcntl
import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from scraper.errors import StateCorrupt, StateError, StateLocked
from scraper.records import Article, Drop, Known, Link, Outcome, Reason, Record, Report, Stage

STATE_VERSION = 1
"""`PRAGMA user_version` of the schema below."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, started_at REAL NOT NULL, ended_at REAL, exit_code INTEGER, report BLOB
);
CREATE TABLE urls (
    rowid INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, link BLOB NOT NULL, source TEXT NOT NULL,
    domain TEXT NOT NULL, queued INTEGER NOT NULL, first_seen REAL NOT NULL, announced_at REAL,
    run_id TEXT NOT NULL, tried_run TEXT, outcome TEXT, stage TEXT, reason TEXT, detail TEXT,
    http_status INTEGER, etag TEXT, last_modified TEXT, fetched_at REAL, not_before REAL,
    attempts INTEGER NOT NULL DEFAULT 0, article_id TEXT
);
CREATE INDEX urls_queue ON urls (domain, attempts, rowid) WHERE queued;
CREATE INDEX urls_waiting ON urls (source, announced_at DESC, rowid) WHERE queued;
CREATE TABLE articles (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, revision INTEGER NOT NULL, key TEXT NOT NULL,
    content_hash TEXT NOT NULL, fingerprint TEXT NOT NULL, source TEXT NOT NULL, run_id TEXT NOT NULL,
    record BLOB NOT NULL, UNIQUE (id, revision)
);
CREATE INDEX articles_text ON articles (content_hash);
CREATE TABLE documents (
    url TEXT PRIMARY KEY, source_hash TEXT NOT NULL, etag TEXT, last_modified TEXT, fetched_at REAL NOT NULL
);
CREATE TABLE robots (origin TEXT PRIMARY KEY, fetched_at REAL NOT NULL, status INTEGER NOT NULL, body BLOB);
CREATE TABLE parts (
    output TEXT NOT NULL, name TEXT NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    rows INTEGER NOT NULL, run_id TEXT NOT NULL, sealed_at REAL NOT NULL, PRIMARY KEY (output, name)
);
"""

_json = msgspec.json.Encoder()
_link = msgspec.json.Decoder(Link)
_report = msgspec.json.Decoder(Report)


class Queued(Record, frozen=True, kw_only=True):
    """A link that waits to be asked for, with what is known from the last time."""

    link: Link
    domain: str
    etag: str | None
    last_modified: str | None
    attempts: int
    article_id: str | None = None
    """The article that the address gave before."""


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


class Status(Record, frozen=True, kw_only=True):
    """What the state holds."""

    path: str
    articles: int
    revisions: int
    queued: int
    sources: tuple[tuple[str, int, int, int], ...]
    """Name, links known, links waiting, articles."""
    deferred: tuple[tuple[str, int], ...]
    """Reason and count of the links that wait after a failure."""
    gave_up: int
    runs: tuple[Report, ...]
    """The last ones, newest first."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the state at `path` for the time of the block.

    Raises:
        StateLocked: Another process holds it.
        StateError: The lock file cannot be made.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateError(f"{lock}: cannot be opened: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateLocked(f"{path}: another run holds the lock; nothing was done") from error
        yield
    finally:
        os.close(handle)


class Store:
    """The open state. Use as a context manager; not to be shared between threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the state at `path`, or make it.

        Raises:
            StateError: It cannot be opened, was written by a newer version, or, when `read_only`, is not there.
            StateCorrupt: It is not a sound database.
        """
        self.path = path
        if read_only and not path.exists():
            raise StateError(f"{path}: there is no state here; the first `scraper run` makes it")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise StateError(f"{path}: cannot be opened: {error}") from error
        try:
            with self._guarded():
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._make_schema()
                self.id = str(self._one("SELECT value FROM meta WHERE key = 'state_id'"))
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; what was committed is on disk."""
        self._db.close()

    def _make_schema(self) -> None:
        version = int(self._one("PRAGMA user_version"))
        if version > STATE_VERSION:
            raise StateError(f"{self.path}: written by a newer version of scraper (state version {version})")
        if version == 0:
            with self._transaction() as db:
                for statement in SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('state_id', ?)", (uuid.uuid4().hex,))
                db.execute(f"PRAGMA user_version = {STATE_VERSION}")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StateError(f"{self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StateCorrupt(
                f"{self.path}: the state is damaged ({error}). Nothing was changed. Restore it from a backup, or "
                f"move it away together with its -wal and -shm files and start with a new state and a new output"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guarded():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - whatever the column holds
        with self._guarded():
            row = self._db.execute(sql, values).fetchone()
        return row[0] if row else None

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._guarded():
            return self._db.execute(sql, values).fetchall()

    # ---- runs ----------------------------------------------------------------------------------------

    def begin_run(self, run_id: str, started_at: datetime) -> None:
        """Record that a run has begun."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO runs (run_id, started_at) VALUES (?, ?)", (run_id, started_at.timestamp())
            )

    def end_run(self, report: Report) -> None:
        """Record how a run ended."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET ended_at = ?, exit_code = ?, report = ? WHERE run_id = ?",
                (report.ended_at.timestamp(), report.exit_code, _json.encode(report), report.run_id),
            )

    def report(self, run_id: str | None = None) -> Report | None:
        """The report of a run (or of one whose id begins so), of the last ended run when none is named."""
        blob = self._one(
            "SELECT report FROM runs WHERE report IS NOT NULL AND run_id LIKE ? || '%' "
            "ORDER BY started_at DESC LIMIT 1",
            (run_id or "",),
        )
        return _report.decode(blob) if blob else None

    # ---- links ---------------------------------------------------------------------------------------

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

        A known link is queued again when it was announced with a date after it was last asked for, or when
        that is `revisit_s` ago; otherwise it counts as unchanged. Links are pairs with their registrable
        domain. A link that this run has already met is passed over.

        Returns:
            How many links this run had not met, and how many of them are not due.
        """
        found = unchanged = 0
        seen = now.timestamp()
        with self._transaction() as db:
            if url is not None:
                db.execute(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                    (url, source_hash, etag, last_modified, seen),
                )
            for link, domain in links:
                announced = link.date_modified or link.date_published
                announced_at = announced.timestamp() if announced else None
                row = db.execute(
                    "SELECT rowid, run_id, queued, fetched_at FROM urls WHERE key = ?", (link.key,)
                ).fetchone()
                if row is None:
                    db.execute(
                        "INSERT INTO urls (key, link, source, domain, queued, first_seen, announced_at, run_id) "
                        "VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
                        (link.key, _json.encode(link), link.source, domain, seen, announced_at, run_id),
                    )
                    found += 1
                    continue
                rowid, met_in, queued, fetched_at = row
                if met_in == run_id:
                    continue
                found += 1
                fetched = fetched_at or 0.0
                due = queued or (announced_at or 0.0) > fetched or seen - fetched >= revisit_s
                unchanged += not due
                db.execute(
                    "UPDATE urls SET link = ?, source = ?, domain = ?, announced_at = ?, run_id = ?, queued = ? "
                    "WHERE rowid = ?",
                    (_json.encode(link), link.source, domain, announced_at, run_id, bool(due), rowid),
                )
        return found, unchanged

    def document_validators(self, url: str, source_hash: str) -> tuple[str | None, str | None]:
        """ETag and Last-Modified of a feed or sitemap, as long as its source is configured as it was."""
        rows = self._all(
            "SELECT etag, last_modified FROM documents WHERE url = ? AND source_hash = ?", (url, source_hash)
        )
        return (rows[0][0], rows[0][1]) if rows else (None, None)

    def open_queue(
        self, run_id: str, limits: Mapping[str, int | None], *, now: datetime
    ) -> dict[str, tuple[int, Mapping[Reason, int]]]:
        """Decide which waiting links of the sources in `limits` this run asks for.

        Links left by earlier runs join; links in a pause that a server asked for, and those over a source's
        limit (the newest announcements come first), are put off.

        Returns:
            For each source, how many links joined from earlier runs, and how many were put off, by reason.
        """
        result: dict[str, tuple[int, Mapping[Reason, int]]] = {}
        with self._transaction() as db:
            for source, limit in limits.items():
                joined = db.execute(
                    "UPDATE urls SET run_id = ? WHERE source = ? AND queued AND run_id != ?",
                    (run_id, source, run_id),
                ).rowcount
                put_off: dict[Reason, int] = {}
                paused = db.execute(
                    "UPDATE urls SET tried_run = ? WHERE source = ? AND queued AND not_before > ? "
                    "RETURNING reason",
                    (run_id, source, now.timestamp()),
                ).fetchall()
                for (reason,) in paused:
                    put_off[Reason(reason)] = put_off.get(Reason(reason), 0) + 1
                if limit is not None:
                    over = db.execute(
                        "UPDATE urls SET tried_run = ?1, outcome = 'deferred', reason = 'over_limit' "
                        "WHERE queued AND rowid IN (SELECT rowid FROM urls WHERE source = ?2 AND queued "
                        "AND tried_run IS NOT ?1 ORDER BY announced_at DESC, rowid LIMIT -1 OFFSET ?3)",
                        (run_id, source, limit),
                    ).rowcount
                    if over:
                        put_off[Reason.OVER_LIMIT] = over
                result[source] = (joined, put_off)
        return result

    def waiting_domains(self, run_id: str) -> list[str]:
        """Registrable domains with links that this run has yet to ask for."""
        return [
            row[0]
            for row in self._all(
                "SELECT domain FROM urls WHERE queued AND run_id = ?1 AND tried_run IS NOT ?1 "
                "GROUP BY domain ORDER BY min(rowid)",
                (run_id,),
            )
        ]

    def waiting(self, run_id: str) -> int:
        """How many links this run has yet to ask for."""
        return int(
            self._one(
                "SELECT count(*) FROM urls WHERE queued AND run_id = ?1 AND tried_run IS NOT ?1", (run_id,)
            )
        )

    def take(self, domain: str, run_id: str, *, limit: int) -> list[Queued]:
        """The next links of a domain. They are marked as tried, so each is given once a run."""
        with self._transaction() as db:
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
        with self._transaction() as db:
            rows = db.execute(
                "UPDATE urls SET tried_run = ?1, outcome = 'deferred', reason = 'stopped' "
                "WHERE queued AND run_id = ?1 AND (tried_run IS NOT ?1 OR outcome IS NULL) RETURNING source",
                (run_id,),
            ).fetchall()
        counts: dict[str, int] = {}
        for (source,) in rows:
            counts[source] = counts.get(source, 0) + 1
        return counts

    # ---- outcomes ------------------------------------------------------------------------------------

    def settle_drop(self, queued: Queued, drop: Drop, *, now: datetime, max_attempts: int) -> Drop:
        """Record a link that did not become an article.

        Returns:
            `drop`, or a final one in its place when the link has failed in `max_attempts` runs.
        """
        counts = drop.deferred and drop.reason not in {Reason.STOPPED, Reason.HOST_UNAVAILABLE}
        attempts = queued.attempts + counts
        if counts and attempts >= max_attempts:
            detail = f"after {attempts} runs; last: {drop.reason} {drop.detail}".strip()
            drop = msgspec.structs.replace(drop, reason=Reason.GAVE_UP, detail=detail)
        waits = drop.deferred
        pause = now.timestamp() + drop.retry_after_s if waits and drop.retry_after_s else None
        with self._transaction() as db:
            db.execute(
                "UPDATE urls SET queued = ?, outcome = ?, stage = ?, reason = ?, detail = ?, http_status = ?, "
                "not_before = ?, attempts = ?, fetched_at = coalesce(?, fetched_at) WHERE key = ?",
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
        with self._transaction() as db:
            self._settle_answered(db, queued, Outcome.UNCHANGED, now, etag, last_modified, None)

    def settle_article(self, queued: Queued, article: Article, *, now: datetime) -> None:
        """Store an article and record its link, at once."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO articles (id, revision, key, content_hash, fingerprint, source, run_id, record) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    article.id,
                    article.revision,
                    queued.link.key,
                    article.content_hash,
                    article.fingerprint,
                    queued.link.source,
                    article.run_id,
                    _json.encode(article),
                ),
            )
            self._settle_answered(
                db, queued, Outcome.STORED, now, article.etag, article.last_modified, article.id
            )

    def _settle_answered(
        self,
        db: sqlite3.Connection,
        queued: Queued,
        outcome: Outcome,
        now: datetime,
        etag: str | None,
        last_modified: str | None,
        article_id: str | None,
    ) -> None:
        db.execute(
            "UPDATE urls SET queued = 0, outcome = ?, stage = NULL, reason = NULL, detail = NULL, etag = ?, "
            "last_modified = ?, not_before = NULL, attempts = 0, fetched_at = ?, "
            "article_id = coalesce(?, article_id) WHERE key = ?",
            (outcome, etag, last_modified, now.timestamp(), article_id, queued.link.key),
        )

    def known_id(self, article_id: str) -> Known | None:
        """The latest revision of an article."""
        return self._known("WHERE id = ? ORDER BY revision DESC LIMIT 1", article_id)

    def known_text(self, content_hash: str) -> Known | None:
        """The first article with this text."""
        return self._known("WHERE content_hash = ? ORDER BY seq LIMIT 1", content_hash)

    def _known(self, where: str, value: str) -> Known | None:
        rows = self._all(
            f"SELECT id, revision, key, content_hash, fingerprint FROM articles {where}",  # noqa: S608 - fixed text
            (value,),
        )
        if not rows:
            return None
        found, revision, key, content_hash, fingerprint = rows[0]
        return Known(id=found, revision=revision, key=key, content_hash=content_hash, fingerprint=fingerprint)

    # ---- outbox --------------------------------------------------------------------------------------

    def unpublished(self, output: str, *, limit: int) -> Iterator[Row]:
        """Articles that `output` does not have, in the order in which they were stored."""
        last = self._one("SELECT max(last_seq) FROM parts WHERE output = ?", (output,)) or 0
        return self.rows(after=last, limit=limit)

    def rows(self, *, after: int = 0, limit: int = -1) -> Iterator[Row]:
        """Articles stored after the one numbered `after`, in order; `limit` below 0 is none."""
        with self._guarded():
            cursor = self._db.execute(
                "SELECT seq, record FROM articles WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
            )
            for seq, record in cursor:
                yield Row(seq=seq, record=record)

    def last_seq(self) -> int:
        """Number of the article stored last, 0 when there is none."""
        return int(self._one("SELECT max(seq) FROM articles") or 0)

    def part_names(self, output: str) -> frozenset[str]:
        """Names of the parts that `output` is known to have."""
        return frozenset(row[0] for row in self._all("SELECT name FROM parts WHERE output = ?", (output,)))

    def add_part(self, part: Part, *, run_id: str, now: datetime) -> None:
        """Record that a part is durably in its place."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)",
                (part.output, part.name, part.first_seq, part.last_seq, part.rows, run_id, now.timestamp()),
            )

    # ---- robots.txt ----------------------------------------------------------------------------------

    def get(self, origin: str) -> tuple[datetime, int, bytes] | None:
        """The stored robots.txt of an origin: when it was asked for, status (0: unreachable), body."""
        rows = self._all("SELECT fetched_at, status, body FROM robots WHERE origin = ?", (origin,))
        if not rows:
            return None
        fetched_at, status, body = rows[0]
        return datetime.fromtimestamp(fetched_at, UTC), status, body or b""

    def put(self, origin: str, fetched_at: datetime, status: int, body: bytes) -> None:
        """Keep an origin's robots.txt."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)",
                (origin, fetched_at.timestamp(), status, body),
            )

    # ---- status --------------------------------------------------------------------------------------

    def status(self, *, runs: int = 5) -> Status:
        """What the state holds, and the last `runs` reports."""
        sources = self._all(
            "SELECT source, count(*), sum(queued), count(article_id) FROM urls GROUP BY source ORDER BY source"
        )
        deferred = self._all(
            "SELECT reason, count(*) FROM urls WHERE queued AND outcome = 'deferred' GROUP BY reason ORDER BY 2 DESC"
        )
        reports = self._all(
            "SELECT report FROM runs WHERE report IS NOT NULL ORDER BY started_at DESC LIMIT ?", (runs,)
        )
        return Status(
            path=str(self.path),
            articles=int(self._one("SELECT count(DISTINCT id) FROM articles")),
            revisions=int(self._one("SELECT count(*) FROM articles WHERE revision > 1")),
            queued=int(self._one("SELECT count(*) FROM urls WHERE queued")),
            sources=tuple(
                (name, links, waiting or 0, articles) for name, links, waiting, articles in sources
            ),
            deferred=tuple((reason or Stage.FETCH, count) for reason, count in deferred),
            gave_up=int(self._one("SELECT count(*) FROM urls WHERE reason = 'gave_up'")),
            runs=tuple(_report.decode(blob) for (blob,) in reports),
        )
