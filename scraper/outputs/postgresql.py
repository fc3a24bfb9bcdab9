"""A table of a PostgreSQL database: `timestamptz`, `text[]` for lists of words, `jsonb` for records.

PostgreSQL has no text with the character NUL: it becomes U+FFFD.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec

from scraper.errors import ConfigError, OutputError, to_install
from scraper.outputs.folders import Row, SealedPart
from scraper.outputs.shapes import Shape, item_kind, plain_kind
from scraper.outputs.tables import MARKS, Counted

try:
    import psycopg
except ImportError as missing:
    raise ConfigError(f"postgresql needs psycopg: {to_install('postgres')}") from missing

CONNECT_S = 15
"""How long to wait for the server; `connect_timeout` in the address says otherwise."""
LOCK = 7_267_310_421
"""Advisory lock under which tables are made and filled: two states may write into one table."""
_json = msgspec.json.Encoder()


class PostgresqlTable:
    """A table of a database; the table is made when it is not there, the database is not."""

    def __init__(self, address: str, *, table: str, shape: Shape, state_id: str) -> None:
        self.address = address
        self._table = table
        self._shape = shape
        self._state_id = state_id
        self._types = {column.name: column_type(column.kind) for column in shape.columns}
        names = shape.names()
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        self._upsert = (
            f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join(["%s"] * len(names))}) '  # noqa: S608 - names are checked
            f"ON CONFLICT (id) DO UPDATE SET {updates}"
        )

    def probe(self) -> None:
        """Look whether the table can be written; nothing is left of it."""
        with self._transaction(keep=False):
            return

    def watermark(self) -> int:
        """The number of the last article that the table has of this state; 0 when it has none."""
        with self._transaction() as db:
            row = db.execute(
                f"SELECT last_seq FROM {MARKS} WHERE state = %s AND output = %s",  # noqa: S608 - our own name
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
        with self._transaction() as db, db.cursor() as cursor:
            cursor.executemany(self._upsert, (self._cells(row) for row in counted))
            if counted.count:
                self._note(db, counted.last)
        return counted.sealed(self._table)

    def _note(self, db: Any, seq: int) -> None:  # noqa: ANN401 - of an extra, which the type check does without
        db.execute(
            f"INSERT INTO {MARKS} VALUES (%s, %s, %s) "  # noqa: S608 - our own name
            "ON CONFLICT (state, output) DO UPDATE SET last_seq = excluded.last_seq",
            (self._state_id, self._table, seq),
        )

    def _cells(self, row: Row) -> list[Any]:
        has_nul = b"\\u0000" in row.record
        values = self._shape.values(row.record)
        if has_nul:
            values = list(map(_without_nul, values))
        return [_cell(value, declared) for value, declared in zip(values, self._types.values(), strict=True)]

    @contextmanager
    def _transaction(self, *, keep: bool = True) -> Iterator[Any]:
        given = "connect_timeout" in self.address
        try:
            with (
                psycopg.connect(self.address, **({} if given else {"connect_timeout": CONNECT_S})) as db,
                db.transaction(force_rollback=not keep),
            ):
                db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                self._prepare(db)
                yield db
        except (psycopg.Error, OSError) as error:
            reason = " ".join(str(error).split())
            raise OutputError(f"{self.address}: cannot be written: {reason}") from error

    def _prepare(self, db: Any) -> None:  # noqa: ANN401 - of an extra, which the type check does without
        """Make what is not there: the tables, and columns that a later version has more."""
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {MARKS} (state text NOT NULL, output text NOT NULL, "
            "last_seq bigint NOT NULL, PRIMARY KEY (state, output))"
        )
        there = {
            name
            for (name,) in db.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0",
                (f'"{self._table}"',),
            )
        }
        if not there:
            written = ", ".join(
                f'"{name}" {kind}{" PRIMARY KEY" * (name == "id")}' for name, kind in self._types.items()
            )
            db.execute(f'CREATE TABLE "{self._table}" ({written})')
            # One that was taken away gets everything again.
            db.execute(f"DELETE FROM {MARKS} WHERE output = %s", (self._table,))  # noqa: S608 - our own name
            return
        for name, kind in self._types.items():
            if name not in there:
                db.execute(f'ALTER TABLE "{self._table}" ADD COLUMN "{name}" {kind}')


def column_type(kind: Any) -> str:  # noqa: ANN401 - whatever a field is annotated with
    """The declared type of a column."""
    kind = plain_kind(kind)
    item = item_kind(kind)
    if item is not None:
        return "text[]" if issubclass(item, str) else "jsonb"
    for python, declared in (
        (datetime, "timestamptz"),
        (bool, "boolean"),
        (int, "bigint"),
        (float, "double precision"),
        (str, "text"),
    ):
        if issubclass(kind, python):
            return declared
    return "jsonb"


def _cell(value: object, declared: str) -> object:
    if value is None:
        return None
    if declared == "jsonb":
        return _json.encode(value).decode()
    if declared == "text":
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _without_nul(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, tuple):
        return tuple(map(_without_nul, value))
    if isinstance(value, msgspec.Struct):
        return type(value)(**{key: _without_nul(part) for key, part in msgspec.structs.asdict(value).items()})
    return value
