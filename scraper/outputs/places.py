"""Where files lie: in a folder of this machine, or behind an address that fsspec knows (`s3://bucket/prefix`)."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from scraper.errors import ConfigError, OutputError, ScraperError, to_install
from scraper.formats import is_remote
from scraper.outputs.files import (
    TEMPORARY,
    as_output_errors,
    directory_to_disk,
    make_folder,
    opened,
    replace,
    to_disk,
    write_atomically,
)

EXTRAS = {"s3": "s3", "s3a": "s3"}
"""Extras of this package by the scheme of an address."""
SIDE_BY_SIDE = 200
"""Small files written, or objects uploaded, at a time."""
WRITERS = 16
"""Threads that write small files: they wait for the disk."""


class Place(Protocol):
    """A folder, here or elsewhere. Names are relative, with `/`."""

    address: str
    """For messages."""

    def prepare(self) -> None:
        """Make it, where that has a meaning."""

    def names(self) -> list[str]:
        """Names of the files in it, and of those in partitions, in order."""

    def read(self, name: str) -> bytes | None:
        """The content of a small file; None when it is not there."""

    def write(self, name: str, data: bytes) -> None:
        """Replace a small file in one step."""

    def write_many(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Replace small files, each in one step; all are durable when this returns."""

    def put(self, fill: Callable[[IO[bytes]], str]) -> None:
        """Put a file in its place in one step; `fill` writes it and says its name, or "" for none."""

    def replace(self, name: str, fill: Callable[[IO[bytes]], None]) -> None:
        """Put a file that `fill` writes in the place of `name`, in one step."""

    def remove(self, name: str) -> None:
        """Take a file away; nothing when it is not there."""


def place_of(path: str, options: Mapping[str, Any]) -> Place:
    """The folder that a path or an address names.

    Raises:
        ConfigError: There is no library for it.
    """
    return RemotePlace(path, options) if is_remote(path) else LocalPlace(Path(path))


class LocalPlace:
    """A folder of this machine: written beside, synced, renamed, and the folder synced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)

    def prepare(self) -> None:
        """Make the folder.

        Raises:
            OutputError: It cannot be made or read.
        """
        try:
            make_folder(self.path)
            self.names()
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be used as an output folder: {error}") from error

    def names(self) -> list[str]:
        """Names of files here and in partitions (`key=value`), in order."""
        with as_output_errors(self.path):
            found = []
            for entry in self.path.iterdir():
                if entry.is_file():
                    found.append(entry.name)
                elif "=" in entry.name and entry.is_dir():
                    found += [f"{entry.name}/{file.name}" for file in entry.iterdir() if file.is_file()]
            return sorted(found)

    def read(self, name: str) -> bytes | None:
        """The content of a small file; None when it is not there."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be used as an output folder: {error}") from error

    def write(self, name: str, data: bytes) -> None:
        """Replace a small file in one step."""
        write_atomically(self.path / name, data)

    def put(self, fill: Callable[[IO[bytes]], str]) -> None:
        """Put a file in its place in one step; `fill` writes it and says its name, or "" for none."""
        temporary = self.path / f"part{TEMPORARY}"
        with as_output_errors(self.path):
            with opened(temporary) as file:
                name = fill(file)
                to_disk(file)
            if not name:
                temporary.unlink()
                return
            target = self.path / name
            if target.parent != self.path:
                make_folder(target.parent)
            temporary.rename(target)
            directory_to_disk(target.parent)

    def replace(self, name: str, fill: Callable[[IO[bytes]], None]) -> None:
        """Put a file that `fill` writes in the place of `name`, in one step."""
        replace(self.path / name, fill)

    def write_many(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Replace small files, each in one step; all are durable when this returns."""
        remaining = iter(files)
        folders: set[Path] = set()
        # Disks sync many files in hardly more time than one.
        with as_output_errors(self.path), ThreadPoolExecutor(WRITERS) as pool:
            # Of a name that comes twice the last one counts.
            while some := {self.path / name: data for name, data in islice(remaining, SIDE_BY_SIDE)}:
                new = {path.parent for path in some} - folders
                for folder in sorted(new):
                    make_folder(folder)
                folders |= new
                for _ in pool.map(_write_whole, some.keys(), some.values()):
                    continue
            for folder in folders:
                directory_to_disk(folder)

    def remove(self, name: str) -> None:
        """Take a file away."""
        with as_output_errors(self.path):
            (self.path / name).unlink(missing_ok=True)


def _is_ours(name: str) -> bool:
    """Whether a file lies in the folder itself, or in a partition of it."""
    folder, slash, _ = name.rpartition("/")
    return not slash or ("=" in folder and "/" not in folder)


def _write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step; its name is durable once its folder has been synced."""
    temporary = path.with_name(path.name + TEMPORARY)
    with opened(temporary) as file:
        file.write(data)
        to_disk(file)
    temporary.rename(path)


class RemotePlace:
    """A prefix behind an address: objects are written here first, then uploaded whole.

    An object store shows an upload once it is complete. Where an address has no such promise (SFTP), what a
    broken upload leaves is not recorded, and is written again under the same name.
    """

    def __init__(self, address: str, options: Mapping[str, Any]) -> None:
        """Open an address; nothing is asked yet.

        Raises:
            ConfigError: There is no library for it.
        """
        self.address = address.rstrip("/")
        self._files, self._root = _file_system(self.address, dict(options))

    def prepare(self) -> None:
        """Folders of object stores need not be made; those of others are."""
        with _as_output_errors(self.address):
            self._files.invalidate_cache()
            if self._files.protocol not in {("s3", "s3a"), "s3"}:
                self._files.makedirs(self._root, exist_ok=True)

    def names(self) -> list[str]:
        """Names of objects below the prefix, in order."""
        with _as_output_errors(self.address):
            self._files.invalidate_cache()
            found = self._files.find(self._root, maxdepth=2)
        names = (path.removeprefix(self._root).lstrip("/") for path in found)
        # Temporary files are none of ours: nothing is written there that is not whole.
        return sorted(name for name in names if _is_ours(name) and not name.endswith(TEMPORARY))

    def read(self, name: str) -> bytes | None:
        """The content of a small object; None when it is not there."""
        with _as_output_errors(self.address):
            try:
                content: bytes = self._files.cat_file(self._path(name))
            except FileNotFoundError:
                return None
            return content

    def write(self, name: str, data: bytes) -> None:
        """Replace a small object in one step."""
        with _as_output_errors(self.address):
            self._files.pipe_file(self._path(name), data)

    def put(self, fill: Callable[[IO[bytes]], str]) -> None:
        """Upload a file; `fill` writes it and says its name, or "" for none."""
        with tempfile.NamedTemporaryFile(prefix="scraper-") as file:
            name = fill(file)
            file.flush()
            if name:
                with _as_output_errors(self.address):
                    self._make_parent(name)
                    self._files.put_file(file.name, self._path(name))

    def replace(self, name: str, fill: Callable[[IO[bytes]], None]) -> None:
        """Put an object that `fill` writes in the place of `name`, in one step."""

        def named(file: IO[bytes]) -> str:
            fill(file)
            return name

        self.put(named)

    def write_many(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Replace small objects, each in one step, many side by side."""
        some: dict[str, bytes] = {}
        for name, data in files:
            self._make_parent(name)
            some[self._path(name)] = data
            if len(some) == SIDE_BY_SIDE:
                self._pipe(some)
                some = {}
        if some:
            self._pipe(some)

    def _pipe(self, files: dict[str, bytes]) -> None:
        with _as_output_errors(self.address):
            self._files.pipe(files)

    def remove(self, name: str) -> None:
        """Take an object away."""
        with _as_output_errors(self.address):
            try:
                self._files.rm_file(self._path(name))
            except FileNotFoundError:
                return

    def _make_parent(self, name: str) -> None:
        if "/" in name and self._files.protocol not in {("s3", "s3a"), "s3"}:
            self._files.makedirs(self._path(name.rpartition("/")[0]), exist_ok=True)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def require(address: str) -> None:
    """Look whether there is a library for an address.

    Raises:
        ConfigError: There is none.
    """
    scheme = address.partition("://")[0]
    try:
        import fsspec  # noqa: PLC0415 - an extra: imported where it is asked for

        fsspec.get_filesystem_class(scheme)
    except ImportError as error:
        extra = EXTRAS.get(scheme)
        what = to_install(extra) if extra else f"install what fsspec needs ({error})"
        raise ConfigError(f"{scheme}:// needs a library: {what}") from error
    except ValueError as error:
        raise ConfigError(f"{address}: {error}") from error


def _file_system(address: str, options: dict[str, Any]) -> tuple[Any, str]:
    require(address)
    import fsspec  # noqa: PLC0415 - as above

    with _as_output_errors(address):
        files, root = fsspec.core.url_to_fs(address, **options)
    return files, root.rstrip("/")


@contextmanager
def _as_output_errors(address: str) -> Iterator[None]:
    """Each file system has exceptions of its own; all of them mean that the output cannot be written."""
    try:
        yield
    except ScraperError:
        raise
    except Exception as error:
        raise OutputError(f"{address}: cannot be written: {type(error).__name__}: {error}") from error
