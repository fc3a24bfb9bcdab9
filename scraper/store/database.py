"""The SQLite file itself: its schema, its transactions, its faults, and the lock beside it.

Only this package knows SQL. Each public method that changes something is one transaction, so a process
killed between two calls leaves a state from which the next run goes on. One process at a time holds the
state (`flock` on a file beside it).
"""

import fcntl
import os
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from scraper.errors import StateError, StateLocked
from scraper.store.seal import check, damaged, log_of, mark_in_use, seal

STATE_VERSION = 6
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
    record BLOB NOT NULL, record_sum INTEGER NOT NULL, UNIQUE (id, revision)
);
CREATE INDEX articles_text ON articles (content_hash);
CREATE TABLE near (
    cluster INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, keys BLOB NOT NULL, sample BLOB NOT NULL
);
CREATE TABLE near_members (seq INTEGER PRIMARY KEY, cluster INTEGER NOT NULL);
CREATE TABLE near_segments (segment INTEGER PRIMARY KEY, level INTEGER NOT NULL, originals INTEGER NOT NULL);
CREATE TABLE near_keys (
    segment INTEGER NOT NULL, key INTEGER NOT NULL, cluster INTEGER NOT NULL,
    PRIMARY KEY (segment, key, cluster)
) WITHOUT ROWID;
CREATE TABLE near_waiting (
    seq INTEGER PRIMARY KEY, new INTEGER NOT NULL, published REAL NOT NULL, key TEXT NOT NULL,
    keys BLOB NOT NULL, sample BLOB NOT NULL
);
CREATE INDEX near_waiting_order ON near_waiting (new, published, key, seq);
CREATE TABLE documents (
    url TEXT PRIMARY KEY, source_hash TEXT NOT NULL, etag TEXT, last_modified TEXT, fetched_at REAL NOT NULL
);
CREATE TABLE templates (
    site TEXT NOT NULL, key TEXT NOT NULL, learnt INTEGER NOT NULL, seen_at REAL NOT NULL,
    blocks BLOB NOT NULL, UNIQUE (site, key, learnt)
);
CREATE INDEX templates_learnt ON templates (learnt);
CREATE TABLE robots (origin TEXT PRIMARY KEY, fetched_at REAL NOT NULL, status INTEGER NOT NULL, body BLOB);
CREATE TABLE archives (
    address TEXT NOT NULL, work TEXT NOT NULL, size INTEGER, offset INTEGER NOT NULL,
    records INTEGER NOT NULL, here INTEGER NOT NULL, done INTEGER NOT NULL, run_id TEXT NOT NULL,
    read_at REAL NOT NULL, PRIMARY KEY (address, work)
);
CREATE TABLE parts (
    output TEXT NOT NULL, name TEXT NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    rows INTEGER NOT NULL, run_id TEXT NOT NULL, sealed_at REAL NOT NULL, PRIMARY KEY (output, name)
);
"""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the state at `path` for the time of the block.

    Raises:
        StateLocked: Another process holds it.
        StateError: The lock file cannot be made, or its file system has no locks.
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
        except OSError as error:
            raise StateError(f"{lock}: cannot be locked: {error.strerror}") from error
        yield
    finally:
        os.close(handle)


class Database:
    """The open file. Not to be shared between threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the state at `path`, or make it.

        Raises:
            StateError: It cannot be opened, was written by a newer version or by another program, or, when
                `read_only`, is not there.
            StateCorrupt: It is not a sound database.
        """
        self.path = path
        self._to_seal = not read_only
        if read_only and not path.exists():
            raise StateError(f"{path}: there is no state here; the first `scraper run` makes it")
        if not read_only and not check(path):
            self._check_structure()
        self._db = self._connect(self._reading() if read_only else "rwc")
        try:
            if read_only:
                self.one("PRAGMA query_only = ON")
            else:
                self.one("PRAGMA journal_mode = WAL")
                self.one("PRAGMA synchronous = FULL")
            self._make_schema(read_only=read_only)
            if not read_only:
                mark_in_use(path)
            self.id = str(self.one("SELECT value FROM meta WHERE key = 'state_id'"))
        except BaseException:
            self._db.close()
            raise

    def close(self, *, sealed: bool = True) -> None:
        """Close the file; what was committed is on disk.

        Args:
            sealed: Whether to leave its sum for the next run, which checks the structure where there is none.

        Raises:
            StateError: The sum cannot be written.
        """
        try:
            # While somebody reads, pages stay in the log, and the file has no sum yet.
            seal_it = sealed and self._to_seal and not self.one("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._to_seal = False
            self._db.close()
        if seal_it:
            seal(self.path)

    def _reading(self) -> str:
        """How a state is opened that is only read: its log needs files beside it, if there may be any."""
        if os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK):
            return "rw"
        return "ro" if log_of(self.path).exists() else "ro&immutable=1"

    def _connect(self, mode: str) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
            )
        except (OSError, sqlite3.OperationalError) as error:
            raise StateError(f"{self.path}: cannot be opened: {error}") from error

    def _check_structure(self) -> None:
        """Look for what SQLite can find, after a run that did not come to its end."""
        journal = self.path.with_name(self.path.name + "-journal")
        if not self.path.is_file() or journal.exists():
            return  # never filled: a state has a rollback journal only while it is made
        # One that may only read leaves file and log as they are, whatever it finds.
        with closing(self._connect("ro")) as db, self.guarded():
            fault = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if fault != "ok":
            raise damaged(self.path, " ".join(fault.split()))

    def _make_schema(self, *, read_only: bool) -> None:
        version = int(self.one("PRAGMA user_version"))
        if version > STATE_VERSION:
            raise StateError(f"{self.path}: written by a newer version of scraper (state version {version})")
        if version == STATE_VERSION:
            return
        if self.one("SELECT count(*) FROM sqlite_schema"):
            raise StateError(f"{self.path}: a database of another program; nothing was changed")
        if read_only:
            raise StateError(f"{self.path}: the state is still empty; the first `scraper run` fills it")
        with self.transaction() as db:
            for statement in SCHEMA.split(";\n"):
                db.execute(statement)
            db.execute("INSERT INTO meta VALUES ('state_id', ?)", (uuid.uuid4().hex,))
            db.execute(f"PRAGMA user_version = {STATE_VERSION}")

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what SQLite, or a record that can't be read back, reports into errors of the state."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StateError(f"{self.path}: {error}") from error
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a fault of ours, not of the file
        except (sqlite3.DatabaseError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise damaged(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block, durably, or none of it; within another such block, as a part of that one."""
        if self._db.in_transaction:
            yield self._db
            return
        with self.guarded():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                # A full or failing disk ends the transaction by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - whatever the column holds
        """The first column of the first row, None when there is no row."""
        with self.guarded():
            row = self._db.execute(sql, values).fetchone()
        return row[0] if row else None

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows at once."""
        with self.guarded():
            return self._db.execute(sql, values).fetchall()

    def each(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """One row after the other."""
        with self.guarded():
            yield from self._db.execute(sql, values)
