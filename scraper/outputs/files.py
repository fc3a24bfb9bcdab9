"""Files of this machine that appear whole and durable, or not at all."""

import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from scraper.errors import OutputError

TEMPORARY = ".tmp"
GZIP_LEVEL = 6
ZSTD_LEVEL = 3


def write_file(path: Path, rows: Iterable[bytes]) -> int:
    """Write lines into one file, plain, gzip or zstd by its ending, atomically; returns their number.

    Raises:
        OutputError: It cannot be written; an earlier file of that name is still there.
    """
    count = 0

    def fill(file: IO[bytes]) -> None:
        nonlocal count
        with compressed(file, path.suffix) as write:
            for record in rows:
                write(record + b"\n")
                count += 1

    replace(path, fill)
    return count


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of `path` in one step.

    Raises:
        OutputError: It cannot be written; an earlier file of that name is still there.
    """

    def fill(file: IO[bytes]) -> None:
        file.write(data)

    replace(path, fill)


def replace(path: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """Put a file that `fill` writes in the place of `path`.

    Raises:
        OutputError: It cannot be written; an earlier file of that name is still there.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    with as_output_errors(path):
        make_folder(path.parent)
        with opened(temporary) as file:
            fill(file)
            to_disk(file)
        temporary.rename(path)
        directory_to_disk(path.parent)


@contextmanager
def opened(temporary: Path) -> Iterator[IO[bytes]]:
    """A file to write whole; it goes again where that fails, so that a full disk gets its room back."""
    with temporary.open("wb") as file:
        try:
            yield file
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def compressed(file: IO[bytes], ending: str) -> Iterator[Callable[[bytes], int]]:
    """What writes into a file, packed where its name ends in .gz or .zst; equal rows give equal bytes."""
    if ending.endswith(".gz"):
        # Time and name are left out.
        with gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as packed:
            yield packed.write
    elif ending.endswith(".zst"):
        with zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(file, closefd=False) as stream:
            yield stream.write
    else:
        yield file.write


def make_folder(path: Path) -> None:
    """Make the folder and those above it, and each durable: a file is no safer than the way to it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        directory_to_disk(folder.parent)


def to_disk(file: IO[bytes]) -> None:
    """Have the content of a file on its disk."""
    file.flush()
    os.fsync(file.fileno())


def directory_to_disk(path: Path) -> None:
    """Have the names in a folder on its disk."""
    with opened_folder(path) as handle:
        os.fsync(handle)


@contextmanager
def opened_folder(path: Path) -> Iterator[int]:
    """A handle on a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def as_output_errors(path: Path) -> Iterator[None]:
    """Turn what the file system reports into errors of the output."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
