"""Tables of databases: a row for each article, the newest revision in it.

Rows, and the number of the last one, are written in one transaction of that database. A crash between it and
the state repeats nothing: what the table has is asked of the table.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from scraper.formats import Format
from scraper.outputs.folders import Row, SealedPart
from scraper.outputs.shapes import Shape

MARKS = "scraper_published"
"""The table with the number of the last article of each state."""


class Table(Protocol):
    """A table of a database."""

    address: str
    """For messages."""

    def probe(self) -> None:
        """Look whether the table can be written; nothing is left of it.

        Raises:
            OutputError: It cannot.
        """

    def watermark(self) -> int:
        """The number of the last article that the table has of this state; 0 when it has none."""

    def rewind(self, seq: int) -> None:
        """Note that the articles after the one numbered `seq` are not in the table, whatever was noted.

        Raises:
            OutputError: The database refuses.
        """

    def put(self, rows: Iterable[Row]) -> SealedPart | None:
        """Insert articles, or replace them by id, and note the last number, in one transaction.

        Raises:
            OutputError: The database refuses; nothing of it was done.
        """


def table_of(kind: Format, address: str, *, table: str, shape: Shape, state_id: str) -> Table:
    """The table that an address names; nothing is asked yet.

    Raises:
        ConfigError: A library for it is not installed.
    """
    if kind == "postgresql":
        # An extra: imported where it is asked for.
        from scraper.outputs.postgresql import PostgresqlTable  # noqa: PLC0415

        return PostgresqlTable(address, table=table, shape=shape, state_id=state_id)
    from scraper.outputs.sqlite import SqliteTable  # noqa: PLC0415 - as above, for symmetry

    return SqliteTable(address, table=table, shape=shape, state_id=state_id)


class Counted:
    """Passes rows on and notes which they were."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.first = self.last = self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.first, self.last, self.count = self.first or row.seq, row.seq, self.count + 1
            yield row

    def sealed(self, table: str) -> SealedPart | None:
        """What was passed on; None when that was nothing."""
        if not self.count:
            return None
        return SealedPart(
            name=f"{table}@{self.last}", first_seq=self.first, last_seq=self.last, rows=self.count
        )
