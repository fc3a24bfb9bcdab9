"""A table of an SQLite file. Lists and records are JSON, times RFC 3339 text, truth values 0 and 1."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from scraper.errors import OutputError
from scraper.outputs.files import make_folder
from scraper.outputs.folders import Row, SealedPart
from scraper.outputs.shapes import Shape, item_kind, plain_kind
from scraper.outputs.tables import MARKS, Counted

BUSY_S = 30.0
"""How long to wait for somebody who reads or writes the file."""
_json = msgspec.json.Encoder()


class SqliteTable:
    """A table of an SQLite file; the file and the table are made when they are not there."""

    def __init__(self, path: str, *, table: str, shape: Shape, state_id: str) -> None:
        self.address = path
        self._table = table
        self._shape = shape
        self._state_id = state_id
        names = shape.names()
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
        self._upsert = (
            f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '  # noqa: S608 - names are checked
            f"ON CONFLICT (id) DO UPDATE SET {updates}"
        )

    def probe(self) -> None:
        """Look whether the table can be written; nothing is left of it, and no file is made."""
        if Path(self.address).exists():
            with self._transaction(keep=False):
                return

    def watermark(self) -> int:
        """The number of the last article that the table has of this state; 0 when it has none."""
        with self._transaction() as db:
            row = db.execute(
                f"SELECT last_seq FROM {MARKS} WHERE state = ? AND output = ?",  # noqa: S608 - our own name
                (self._state_id, self._table),
            ).fetchone()
        return int(row[0]) if row else 0

    def rewind(self, seq: int) -> None:
        """Note that the articles after the one numbered `seq` are not in the table, whatever was noted."""
        with self._transaction() as db:
            self._note(db, seq)

    def put(self, rows: Iterable[Row]) -> SealedPart | None:
        """Insert articles, or replace them by id, and note the last number, in one transaction."""
        counted = Counted(rows)
        with self._transaction() as db:
            db.executemany(self._upsert, (self._cells(row) for row in counted))
            if counted.count:
                self._note(db, counted.last)
        return counted.sealed(self._table)

    def _note(self, db: sqlite3.Connection, seq: int) -> None:
        db.execute(
            f"INSERT OR REPLACE INTO {MARKS} VALUES (?, ?, ?)",  # noqa: S608 - our own name
            (self._state_id, self._table, seq),
        )

    def _cells(self, row: Row) -> list[Any]:
        return [_cell(value) for value in self._shape.values(row.record)]

    @contextmanager
    def _transaction(self, *, keep: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            make_folder(Path(self.address).absolute().parent)
            with closing(sqlite3.connect(self.address, timeout=BUSY_S, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = FULL")
                db.execute("BEGIN IMMEDIATE")
                try:
                    self._prepare(db)
                    yield db
                    db.execute("COMMIT" if keep else "ROLLBACK")
                except BaseException:
                    # A full or failing disk ends the transaction by itself.
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
        except (OSError, sqlite3.Error) as error:
            raise OutputError(f"{self.address}: cannot be written: {error}") from error

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Make what is not there: the tables, and columns that a later version has more."""
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {MARKS} (state TEXT NOT NULL, output TEXT NOT NULL, "
            "last_seq INTEGER NOT NULL, PRIMARY KEY (state, output))"
        )
        columns = {column.name: column_type(column.kind) for column in self._shape.columns}
        there = {row[1] for row in db.execute(f'PRAGMA table_info("{self._table}")')}
        if not there:
            written = ", ".join(
                f'"{name}" {kind}{" PRIMARY KEY NOT NULL" * (name == "id")}' for name, kind in columns.items()
            )
            db.execute(f'CREATE TABLE "{self._table}" ({written})')
            # One that was taken away gets everything again.
            db.execute(f"DELETE FROM {MARKS} WHERE output = ?", (self._table,))  # noqa: S608 - our own name
            return
        for name, kind in columns.items():
            if name not in there:
                db.execute(f'ALTER TABLE "{self._table}" ADD COLUMN "{name}" {kind}')


def column_type(kind: Any) -> str:  # noqa: ANN401 - whatever a field is annotated with
    """The declared type of a column."""
    kind = plain_kind(kind)
    if item_kind(kind) is None:
        for python, declared in ((int, "INTEGER"), (float, "REAL")):
            if issubclass(kind, python):
                return declared
    return "TEXT"


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return _json.encode(value).decode().strip('"')
    return _json.encode(value).decode()


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
