"""Writes many small files: each appears whole or not at all, and they reach the disk some at a time."""

import ctypes
import os
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from scraper.outputs.files import (
    TEMPORARY,
    as_output_errors,
    compressed,
    directory_to_disk,
    make_folder,
    opened,
    opened_folder,
)

MOST_WAITING: Final = 1_000
"""Files that wait for the disk together: of waiting for each on its own, ext4 makes 1 to 10 ms a file."""
LONGEST_WAIT_S: Final = 2.0
"""Where files are slow to come, they appear after this."""


class ManyFiles:
    """Files that are written one after the other, and get their names once their content is on the disk.

    After a power cut, as after a kill, each file is there whole, or as it was before. Those of the last two
    seconds may be missing, and leave files ending in `.tmp`, which another run replaces.
    """

    def __init__(self) -> None:
        self._waiting: dict[Path, Path] = {}
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What was finished before something went wrong stays.
        self.settle()

    def write(self, path: Path, rows: Iterable[bytes]) -> None:
        """Write lines into one file, plain, gzip or zstd by its ending.

        Raises:
            OutputError: It, or one before it, cannot be written; an earlier file of its name is still there.
        """
        temporary = path.with_name(path.name + TEMPORARY)
        if temporary in self._waiting:
            self.settle()
        with as_output_errors(path):
            make_folder(path.parent)
            with opened(temporary) as file, compressed(file, path.suffix) as write:
                for row in rows:
                    write(row + b"\n")
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting[temporary] = path
        if len(self._waiting) >= MOST_WAITING or time.monotonic() - self._since >= LONGEST_WAIT_S:
            self.settle()

    def settle(self) -> None:
        """Have all that was written on the disk, under its names.

        Raises:
            OutputError: One cannot be written; an earlier file of its name is still there.
        """
        waiting, self._waiting = self._waiting, {}
        folders = {path.parent for path in waiting.values()}
        try:
            _to_disk(waiting, folders)
            for temporary, path in waiting.items():
                with as_output_errors(path):
                    temporary.rename(path)
            for folder in folders:
                with as_output_errors(folder):
                    directory_to_disk(folder)
        finally:
            for temporary in waiting:
                temporary.unlink(missing_ok=True)


def _to_disk(files: Collection[Path], folders: Collection[Path]) -> None:
    """Have the content of the files, which lie in the folders, on the disk."""
    syncfs = _syncfs()
    if syncfs is None or len(files) == 1:
        for path in files:
            with as_output_errors(path), path.open("rb") as file:
                os.fsync(file.fileno())
        return
    for folder in {folder.stat().st_dev: folder for folder in folders}.values():
        with as_output_errors(folder), opened_folder(folder) as handle:
            if syncfs(handle):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))


def _syncfs() -> Callable[[int], int] | None:
    """What has a file system write all it holds, and tells what failed (Linux, syncfs(2)); None elsewhere."""
    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    return function
