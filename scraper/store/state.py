"""`Store`: the open state as a whole, its runs, and what it holds."""

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from scraper.records import Record, Report
from scraper.store.archives import Archives
from scraper.store.articles import Articles
from scraper.store.database import Database
from scraper.store.links import Links
from scraper.store.near import Near
from scraper.store.near_keys import LEVELS, merge
from scraper.store.robots import StoredRobots
from scraper.store.templates import Templates, let_count

_json = msgspec.json.Encoder()
_report = msgspec.json.Decoder(Report)
_Read = TypeVar("_Read")


class ShardStatus(Record, frozen=True, kw_only=True):
    """What the state of a shard holds, in short."""

    shard: str
    """Such as 3/16."""
    path: str | None = None
    """None where the shard has never run."""
    articles: int = 0
    queued: int = 0
    gave_up: int = 0
    last: Report | None = None
    """Of its last run that ended."""
    error: str | None = None
    """Why its state cannot be read."""


class Status(Record, frozen=True, kw_only=True):
    """What the state holds, or those of all shards together."""

    path: str
    articles: int
    revisions: int
    queued: int
    sources: tuple[tuple[str, int, int, int], ...]
    """Name, links known, links waiting, articles."""
    deferred: tuple[tuple[str, int], ...]
    """Reason and count of the links that wait after a failure."""
    gave_up: int
    given_up: tuple[tuple[str, str], ...] = ()
    """Address and what happened last, of those given up; the latest ones."""
    runs: tuple[Report, ...]
    """The last ones, newest first; of shards those of all together."""
    shards: tuple[ShardStatus, ...] = ()
    """Each for itself, where there are any."""


class Store:
    """The open state. Use as a context manager; not to be shared between threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the state at `path`, or make it.

        Raises:
            StateError: It cannot be opened, was written by a newer version or by another program, or, when
                `read_only`, is not there.
            StateCorrupt: It is not a sound database.
        """
        self.path = path
        self._database = Database(path, read_only=read_only)
        self.id = self._database.id
        """Made up when the state was made; names it in the folders of its outputs."""
        self.links = Links(self._database)
        self.articles = Articles(self._database)
        self.archives = Archives(self._database)
        self.near = Near(self._database)
        self.robots = StoredRobots(self._database)
        self.templates = Templates(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close(sealed=error is None)

    def close(self) -> None:
        """Close the state; what was recorded is on disk."""
        self._database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all that is recorded in the block one transaction."""
        with self._database.transaction():
            yield

    def knows_run(self, run_id: str) -> bool:
        """Whether a run of this state has, or had, this id."""
        return bool(self._database.one("SELECT count(*) FROM runs WHERE run_id = ?", (run_id,)))

    def begin_run(self, run_id: str, started_at: datetime) -> None:
        """Record that a run has begun."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO runs (run_id, started_at) VALUES (?, ?)", (run_id, started_at.timestamp())
            )
            let_count(db, before=started_at)
            merge(db, levels=LEVELS)

    def end_run(self, report: Report) -> None:
        """Record how a run ended."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE runs SET ended_at = ?, exit_code = ?, report = ? WHERE run_id = ?",
                (report.ended_at.timestamp(), report.exit_code, _json.encode(report), report.run_id),
            )
            # The run that goes on where one was interrupted is to see what that one saw.
            if report.stopped != "signal":
                let_count(db)

    def report(self, run_id: str | None = None) -> Report | None:
        """The report of a run (or of one whose id begins so), of the last ended run when none is named."""
        reports = self._reports(run_id or "", limit=1)
        return reports[0] if reports else None

    def reports(
        self, kind: type[_Read], *, limit: int, until: datetime | None = None
    ) -> Generator[_Read, None, None]:
        """The reports of the last runs that have ended, the newest first.

        Args:
            kind: What to read each as: `Report`, or a record with some of its fields.
            limit: At most so many.
            until: Only of runs that began then or before.
        """
        decoder = msgspec.json.Decoder(kind)
        for (blob,) in self._database.each(
            "SELECT report FROM runs WHERE report IS NOT NULL AND started_at <= ? "
            "ORDER BY started_at DESC LIMIT ?",
            (until.timestamp() if until else math.inf, limit),
        ):
            with self._database.guarded():
                yield decoder.decode(blob)

    def _reports(self, beginning: str, *, limit: int) -> list[Report]:
        rows = self._database.all(
            "SELECT report FROM runs WHERE report IS NOT NULL AND substr(run_id, 1, length(?1)) = ?1 "
            "ORDER BY started_at DESC LIMIT ?2",
            (beginning, limit),
        )
        with self._database.guarded():
            return [_report.decode(blob) for (blob,) in rows]

    def status(self, *, runs: int = 5, given_up: int = 20) -> Status:
        """What the state holds, the last `runs` reports and the last `given_up` addresses given up."""
        database = self._database
        sources = database.all(
            "SELECT source, count(*), sum(queued), count(article_id) FROM urls "
            "GROUP BY source ORDER BY source"
        )
        deferred = database.all(
            "SELECT reason, count(*) FROM urls WHERE queued AND outcome = 'deferred' "
            "GROUP BY reason ORDER BY 2 DESC, 1"
        )
        return Status(
            path=str(self.path),
            articles=int(database.one("SELECT count(DISTINCT id) FROM articles")),
            revisions=int(database.one("SELECT count(*) FROM articles WHERE revision > 1")),
            queued=int(database.one("SELECT count(*) FROM urls WHERE queued")),
            sources=tuple((name, links, waiting, articles) for name, links, waiting, articles in sources),
            deferred=tuple((reason, count) for reason, count in deferred),
            gave_up=int(database.one("SELECT count(*) FROM urls WHERE reason = 'gave_up'")),
            given_up=tuple(
                (key, detail or "")
                for key, detail in database.all(
                    "SELECT key, detail FROM urls WHERE reason = 'gave_up' "
                    "ORDER BY fetched_at DESC, rowid LIMIT ?",
                    (given_up,),
                )
            ),
            runs=tuple(self._reports("", limit=runs)),
        )
