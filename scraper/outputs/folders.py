"""Folders of sealed parts: a part appears whole, under a name that is a function of its rows."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO, Literal, NamedTuple
from urllib.parse import quote

import msgspec

from scraper.errors import OutputError
from scraper.outputs.encoders import Encoder, Lines
from scraper.outputs.places import Place
from scraper.outputs.shapes import Shape
from scraper.records import Record

STATE_MARK = "_STATE"
"""Names the state that a folder belongs to, so that no other state clears its parts away."""
SUCCESS_MARK = "_SUCCESS"
"""Stands in the folder while its last run has published everything; holds that run's id."""
REPORT = "run.json"
HIDDEN_REPORT = "_run.json"
"""Where the parts are no JSON: who reads a folder as one table passes over names that begin so."""
NO_SOURCE = "__HIVE_DEFAULT_PARTITION__"
"""As Hive names the folder of rows that have no value."""


class Row(NamedTuple):
    """An article as it is published."""

    seq: int
    record: bytes
    """JSON, in one line, without its end."""
    source: str = ""
    """Name of the source that it came from."""


class SealedPart(Record, frozen=True, kw_only=True):
    """A part that is durably in its place."""

    name: str
    first_seq: int
    last_seq: int
    rows: int


class Folder:
    """An output folder of sealed parts."""

    def __init__(
        self,
        place: Place,
        *,
        state_id: str,
        encoder: Encoder | None = None,
        partition: Literal["date", "source"] | None = None,
    ) -> None:
        """Open or make the folder; JSON lines without partitions, when nothing else is said.

        Raises:
            OutputError: It cannot be made, or holds the parts of another state or of another format.
        """
        self._place = place
        self.address = place.address
        self._encoder = encoder or Lines(Shape.of())
        self._partition = partition
        place.prepare()
        mark = place.read(STATE_MARK)
        owner = mark.decode("utf-8", "replace").strip() if mark is not None else None
        parts = [name for name in place.names() if is_part(name)]
        if (parts and owner is None) or owner not in {None, state_id}:
            raise OutputError(
                f"{self.address}: holds parts of another state; give this state a folder of its own, "
                f"or bring back the state that wrote them"
            )
        alien = next((name for name in parts if not self._is_own(name)), None)
        if alien:
            raise OutputError(
                f"{self.address}: holds {alien}, which is of another format or partition; "
                f"give each one a folder of its own"
            )
        if owner is None:
            place.write(STATE_MARK, (state_id + "\n").encode())

    def _is_own(self, name: str) -> bool:
        folder, _, file = name.rpartition("/")
        fits = folder.startswith(f"{self._partition}=") if self._partition else not folder
        return fits and file.partition(".")[2] == self._encoder.ending[1:]

    def clear_unknown(self, known: frozenset[str]) -> list[str]:
        """Remove what a killed run left: temporary files, and parts that the state does not know."""
        gone = []
        for name in self._place.names():
            if name.endswith(".tmp") or (is_part(name) and name not in known):
                self._place.remove(name)
                gone.append(name)
        return gone

    def seal(self, rows: Iterable[Row]) -> list[SealedPart]:
        """Write rows as one part, or as one in each partition; nothing when there are none."""
        if not self._partition:
            return self._part("", rows)
        # So many rows as a seal has are held, instead of a file for each partition.
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(self._folder_of(row), []).append(row)
        return [part for folder in sorted(groups) for part in self._part(folder, groups[folder])]

    def _folder_of(self, row: Row) -> str:
        if self._partition == "source":
            return f"source={quote(row.source, safe='') or NO_SOURCE}/"
        return f"date={_crawled.decode(row.record).date_crawled[:10]}/"

    def _part(self, folder: str, rows: Iterable[Row]) -> list[SealedPart]:
        counting = _Counting(rows)
        sealed: list[SealedPart] = []

        def fill(file: IO[bytes]) -> str:
            records = counting.records()
            first = next(records, None)
            if first is None:
                return ""
            self._encoder.write(file, _chained(first, records))
            name = f"{folder}part-{counting.last:09d}-{counting.digest}{self._encoder.ending}"
            sealed.append(
                SealedPart(name=name, first_seq=counting.first, last_seq=counting.last, rows=counting.count)
            )
            return name

        self._place.put(fill)
        return sealed

    def open_run(self) -> None:
        """Take the mark of success away: a run is under way."""
        self._place.remove(SUCCESS_MARK)

    def close_run(self, run_id: str, report: bytes | None, *, complete: bool) -> None:
        """Write the run's report, where it has one, then the mark of success."""
        if report is not None:
            lines = self._encoder.ending.startswith(".jsonl")
            self._place.write(REPORT if lines else HIDDEN_REPORT, report)
        if complete:
            self._place.write(SUCCESS_MARK, f"{run_id}\n".encode())


class _Crawled(Record, frozen=True, kw_only=True):
    date_crawled: str


_crawled = msgspec.json.Decoder(_Crawled)


class _Counting:
    """Passes the records of rows on, and notes which they were."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self._hash = hashlib.sha256()
        self.first = self.last = self.count = 0

    def records(self) -> Iterator[bytes]:
        for row in self._rows:
            self.first = self.first or row.seq
            self.last = row.seq
            self.count += 1
            self._hash.update(row.record)
            yield row.record

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:16]


def _chained(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def is_part(name: str) -> bool:
    """Whether a file is a part, by its name."""
    return name.rpartition("/")[2].startswith("part-")
