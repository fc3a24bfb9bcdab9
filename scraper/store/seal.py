"""The sum beside the state, by which a run knows the file for what the last one left.

SQLite keeps no checksums of its pages: a flipped bit in a text or in the key of an index is read as if it had
been written so, and what is then not found again would be fetched and published a second time. So each run
leaves the size and CRC-32 of the whole file in `<state>.sum` when it has closed it. The next one reads the
file once before it sends a request. While a run is under way `.sum` says so; after one that was killed there
is no sum, and SQLite's own `integrity_check` takes its place: it knows a broken structure, but not a changed
value. (The records of articles have sums of their own.) Pages that still wait in the write-ahead log have
checksums of SQLite's: from the first damaged one on they count as never written.
"""

import os
import zlib
from pathlib import Path

from scraper.errors import StateCorrupt, StateError

IN_USE = "in use"
CHUNK_BYTES = 1 << 20


def sum_file(path: Path) -> Path:
    """Where the sum of the state at `path` is kept."""
    return path.with_name(path.name + ".sum")


def damaged(path: Path, why: object, remedy: str = "") -> StateCorrupt:
    """What to tell of a damaged state, with the ways back."""
    return StateCorrupt(
        f"{path}: the state is damaged ({why}). The run does not go on, and the file stays where it is. "
        f"Move it away together with its -wal, -shm and .sum files; then put a backup in its place, or start "
        f"with a new state and a new output{remedy}"
    )


def log_of(path: Path) -> Path:
    """Where SQLite keeps what is not yet in the file."""
    return path.with_name(path.name + "-wal")


def check(path: Path) -> bool:
    """Hold the closed state against its sum; returns whether there is one.

    Raises:
        StateCorrupt: The file is not as it was left, or has gone.
        StateError: It cannot be read.
    """
    kept = sum_file(path)
    log = log_of(path)
    try:
        left = kept.read_text(encoding="ascii", errors="replace").strip() if kept.exists() else None
        size = path.stat().st_size if path.exists() else 0
        if not size and (left is not None or (log.exists() and log.stat().st_size)):
            raise damaged(path, "the file is empty or gone, and was not when a run used it")
        if left in {None, IN_USE}:
            return False
        found = _sum(path)
    except OSError as error:
        raise StateError(f"{path}: cannot be read: {error.strerror or error}") from error
    if found != left:
        raise damaged(
            path,
            f"it is not as the last run left it: {found}, not {left}",
            f". Where something else was meant to write to it, remove {kept.name} alone",
        )
    return True


def mark_in_use(path: Path) -> None:
    """Say, durably, that the sum no longer holds.

    Raises:
        StateError: It cannot be written.
    """
    _write(path, IN_USE)


def seal(path: Path) -> None:
    """Keep the sum of the state, now that it is closed.

    Raises:
        StateError: It cannot be written.
    """
    try:
        left = _sum(path)
    except OSError as error:
        raise StateError(f"{path}: cannot be read: {error.strerror or error}") from error
    _write(path, left)


def _sum(path: Path) -> str:
    crc = size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
    return f"crc32 {crc:08x} of {size} bytes"


def _write(path: Path, text: str) -> None:
    kept = sum_file(path)
    temporary = kept.with_name(kept.name + ".tmp")
    try:
        with temporary.open("w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(kept)
        folder = os.open(kept.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StateError(f"{kept}: cannot be written: {error.strerror or error}") from error
