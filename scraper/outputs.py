"""Publishes stored articles as sealed files that appear whole or not at all.

A folder gets parts whose name is a function of their rows, so that sealing the same rows again, after a
crash, gives the same file. A file gets all rows of the state at once, by an atomic rename.
"""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scraper.errors import OutputError
from scraper.records import Record

STATE_MARK = "_STATE"
"""Names the state that a folder belongs to, so that no other state clears its parts away."""
SUCCESS_MARK = "_SUCCESS"
"""Stands in the folder while its last run has published everything; holds that run's id."""
TEMPORARY = ".tmp"


class SealedPart(Record, frozen=True, kw_only=True):
    """A part that is durably in its place."""

    name: str
    first_seq: int
    last_seq: int
    rows: int


class Folder:
    """An output folder of sealed JSONL parts."""

    def __init__(self, path: Path, *, state_id: str) -> None:
        """Open or make the folder.

        Raises:
            OutputError: It cannot be made, or holds the parts of another state.
        """
        self.path = path
        mark = path / STATE_MARK
        try:
            _make_folder(path)
            owner = mark.read_text(encoding="ascii").strip() if mark.exists() else None
            strays = owner is None and any(path.glob("part-*"))
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(f"{path}: cannot be used as an output folder: {error}") from error
        if strays or owner not in {None, state_id}:
            raise OutputError(
                f"{path}: holds parts of another state; give this state a folder of its own, "
                f"or bring back the state that wrote them"
            )
        if owner is None:
            write_atomically(mark, (state_id + "\n").encode())

    def clear_unknown(self, known: frozenset[str]) -> list[str]:
        """Remove what a killed run left: temporary files, and parts that the state does not know."""
        gone = []
        with _as_output_errors(self.path):
            for file in sorted(self.path.iterdir()):
                unknown_part = file.name.startswith("part-") and file.name not in known
                if file.is_file() and (file.suffix == TEMPORARY or unknown_part):
                    file.unlink()
                    gone.append(file.name)
        return gone

    def seal(self, rows: Iterable[tuple[int, bytes]]) -> SealedPart | None:
        """Write rows (number, JSON line) as one part; None when there are none."""
        first = last = count = 0
        digest = hashlib.sha256()
        temporary = self.path / f"part{TEMPORARY}"
        with _as_output_errors(self.path):
            with _opened(temporary) as file:
                for seq, record in rows:
                    first = first or seq
                    last = seq
                    count += 1
                    digest.update(record)
                    file.write(record + b"\n")
                _to_disk(file)
            if not count:
                temporary.unlink()
                return None
            name = f"part-{last:09d}-{digest.hexdigest()[:16]}.jsonl"
            temporary.rename(self.path / name)
            _directory_to_disk(self.path)
        return SealedPart(name=name, first_seq=first, last_seq=last, rows=count)

    def open_run(self) -> None:
        """Take the mark of success away: a run is under way."""
        with _as_output_errors(self.path):
            (self.path / SUCCESS_MARK).unlink(missing_ok=True)

    def close_run(self, run_id: str, report: bytes, *, complete: bool) -> None:
        """Write the run's report, then the mark of success."""
        write_atomically(self.path / "run.json", report)
        if complete:
            write_atomically(self.path / SUCCESS_MARK, f"{run_id}\n".encode())


def write_file(path: Path, rows: Iterable[bytes]) -> int:
    """Write JSON lines into one file, plain or gzip by its ending, atomically; returns their number.

    Raises:
        OutputError: It cannot be written; an earlier file of that name is still there.
    """
    count = 0
    temporary = path.with_name(path.name + TEMPORARY)
    with _as_output_errors(path):
        _make_folder(path.parent)
        with _opened(temporary) as file:
            with _encoded(file, path.suffix) as write:
                for record in rows:
                    write(record + b"\n")
                    count += 1
            _to_disk(file)
        temporary.rename(path)
        _directory_to_disk(path.parent)
    return count


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of `path` in one step.

    Raises:
        OutputError: It cannot be written; an earlier file of that name is still there.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    with _as_output_errors(path):
        _make_folder(path.parent)
        with _opened(temporary) as file:
            file.write(data)
            _to_disk(file)
        temporary.rename(path)
        _directory_to_disk(path.parent)


@contextmanager
def _opened(temporary: Path) -> Iterator[IO[bytes]]:
    """A file to write whole; it goes again where that fails, so that a full disk gets its room back."""
    with temporary.open("wb") as file:
        try:
            yield file
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _encoded(file: IO[bytes], suffix: str) -> Iterator[Callable[[bytes], int]]:
    if suffix != ".gz":
        yield file.write
        return
    # Time and name are left out, so that equal rows give equal bytes.
    with gzip.GzipFile("", "wb", 6, file, mtime=0) as compressed:
        yield compressed.write


def _make_folder(path: Path) -> None:
    """Make the folder and those above it, and each durable: a file is no safer than the way to it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        _directory_to_disk(folder.parent)


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _directory_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _as_output_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
