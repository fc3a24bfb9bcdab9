"""Compares what a disturbed run and its reruns left with what an undisturbed run leaves."""

import json
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

RUN_ID = re.compile(rb"\d{8}T\d{6}Z-[0-9a-f]{6}")
CRAWLED = re.compile(rb'"date_crawled":"[^"]*"')
ALWAYS = {
    "news.toml",
    "state.db",
    "state.db.lock",
    "state.db.sum",
    "scraper.prom",
    "all.jsonl",
    "all.jsonl.run.json",
}
MARKS = {"_STATE", "_SUCCESS", "run.json"}


@dataclass
class Findings:
    """What is wrong; nothing, it is to be hoped."""

    lost: int = 0
    duplicated: int = 0
    torn: int = 0
    stray: int = 0
    again: int = 0
    """Pages that were asked for again although what became of them was committed."""
    differs: int = 0
    """Whether the bytes are others, although nothing of the above was found."""
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.duplicated or self.torn or self.stray or self.again or self.differs)


@dataclass(frozen=True)
class Published:
    """The outputs of a folder."""

    parts: bytes
    """All parts, one after the other."""
    file: bytes

    @classmethod
    def of(cls, folder: Path) -> "Published":
        """Read them."""
        parts = sorted((folder / "articles").glob("part-*.jsonl"))
        file = folder / "all.jsonl"
        return cls(b"".join(part.read_bytes() for part in parts), file.read_bytes() if file.exists() else b"")

    def comparable(self, *, clock_moved: bool = False) -> "Published":
        """Without what honestly differs: names of runs.

        Where the clock was moved that is the time of fetching as well, and the order: what is announced for
        later, as it seems, is fetched by a later run.
        """

        def same(data: bytes) -> bytes:
            data = RUN_ID.sub(b"RUN", data)
            if clock_moved:
                data = b"".join(sorted(CRAWLED.sub(b'"date_crawled":""', data).splitlines(keepends=True)))
            return data

        return Published(same(self.parts), same(self.file))


def torn(published: Published) -> int:
    """Lines of the outputs that are no whole records."""
    count = 0
    for data in (published.parts, published.file):
        count += bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            try:
                json.loads(line)
            except ValueError:
                count += 1
    return count


def judge(folder: Path, undisturbed: Published, *, clock_moved: bool = False) -> Findings:
    """What a folder has after everything is done, against what it should have."""
    found = Findings()
    published = Published.of(folder)
    found.torn = torn(published)
    if found.torn:
        return found
    for has, ought in ((published.parts, undisturbed.parts), (published.file, undisturbed.file)):
        revisions, expected = _revisions(has), _revisions(ought)
        found.lost += len(expected.keys() - revisions.keys())
        found.duplicated += sum(count - 1 for count in revisions.values())
    strays = _strays(folder)
    found.stray = len(strays)
    found.notes += strays
    same = published.comparable(clock_moved=clock_moved) == undisturbed.comparable(clock_moved=clock_moved)
    found.differs = int(not same and not found.lost and not found.duplicated)
    return found


def _revisions(data: bytes) -> Counter[tuple[str, int]]:
    records = (json.loads(line) for line in data.splitlines())
    return Counter((record["id"], record["revision"]) for record in records)


def _strays(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "state.db")) as state:
        state.text_factory = lambda text: text.decode("utf-8", "replace")
        known = {name for (name,) in state.execute("SELECT name FROM parts WHERE output = 'parts'")}
    beside = {file.name for file in folder.iterdir() if file.is_file()} - ALWAYS
    within = {file.name for file in (folder / "articles").iterdir()} - MARKS - known
    missing = known - {file.name for file in (folder / "articles").iterdir()}
    unmarked = {mark for mark in MARKS if not (folder / "articles" / mark).exists()}
    return [
        *(f"stray {name}" for name in sorted(beside | within)),
        *(f"missing {name}" for name in sorted(missing | unmarked)),
    ]


def settled(folder: Path, since: datetime) -> set[str]:
    """Paths of the pages whose outcome a killed run had committed; the state is looked at in a copy."""
    if not (folder / "state.db").exists():
        return set()
    with tempfile.TemporaryDirectory(dir=folder.parent) as copy:
        for name in ("state.db", "state.db-wal"):
            if (folder / name).exists():
                shutil.copy(folder / name, copy)
        with closing(sqlite3.connect(Path(copy) / "state.db")) as state:
            if not state.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'urls'").fetchone()[0]:
                return set()
            rows = state.execute(
                "SELECT key FROM urls WHERE NOT queued AND fetched_at >= ?", (since.timestamp(),)
            )
            return {urlsplit(key).path for (key,) in rows}
