"""Reads what the operator names: files, folders, standard input; writes results beside or to one place."""

import gzip
import os
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import typer

from scraper.cli.streams import drop_output
from scraper.config import FetchConfig
from scraper.errors import ConfigError, InputError
from scraper.formats import is_file, is_remote
from scraper.records import Record
from scraper.web.printable import counted, visible, visible_lines
from scraper.web.urls import hostname

STDIN = "-"
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
MOST_BYTES: Final = FetchConfig().max_decoded_bytes
"""Most bytes of one document once it is unpacked: no more are taken of a page that is fetched, either."""
UNREADABLE: Final = (OSError, EOFError, zlib.error)
"""What reading a file that is damaged, gone or too large raises."""
SHOWN_ENDINGS: Final = 5


class Source(Record, frozen=True, kw_only=True):
    """One input, read; or what kept it from being read."""

    name: str
    """For messages."""
    relative: Path
    """Below the folder that was named."""
    body: bytes = b""
    problem: str | None = None


def is_address(argument: str) -> bool:
    """Whether an argument is an address of the web rather than a path."""
    return argument.startswith(("http://", "https://"))


def require_address(name: str, address: str) -> None:
    """Refuse what is no address of the web.

    Raises:
        ConfigError: It is none; the message begins with the name of its option or argument.
    """
    if not is_address(address) or not _has_host(address):
        raise ConfigError(f"{name}: {address!r} is not an http or https address")


def _has_host(address: str) -> bool:
    try:
        return bool(hostname(address))
    except ValueError:
        return False


def read_inputs(
    argument: str,
    suffixes: tuple[str, ...],
    *,
    max_bytes: int = MOST_BYTES,
    passed_over: Counter[str] | None = None,
) -> Iterator[Source]:
    """Read a file, a folder's files with one of `suffixes` (also with `.gz` behind), or standard input.

    Args:
        argument: A path, or `-`.
        suffixes: As `named_files` is given them.
        max_bytes: A file with more, once it is unpacked, is not taken.
        passed_over: As `named_files` is given it.

    Raises:
        InputError: Nothing is there.
    """
    if argument == STDIN:
        yield _read(None, Path("stdin"), max_bytes)
        return
    for path, relative in named_files(argument, suffixes, passed_over=passed_over):
        yield _read(path, relative, max_bytes)


def named_files(
    argument: str,
    suffixes: tuple[str, ...],
    *,
    output: str | None = None,
    passed_over: Counter[str] | None = None,
) -> Iterator[tuple[Path, Path]]:
    """The file named, or those below a folder with one of `suffixes` (also with `.gz` behind), in order.

    Each comes with its path below the folder. Of a folder, the names of one level are held at a time. What
    has such a name is given though it cannot be read, as a link to nothing: to be named.

    Args:
        argument: The path of a file or a folder.
        suffixes: Endings of the files that are wanted.
        output: A folder below it that is left out: what an earlier run wrote is no input.
        passed_over: Is added the endings of the other files.

    Raises:
        InputError: Nothing is there.
    """
    path = Path(argument)
    if path.is_file():
        yield path, Path(path.name)
        return
    if not path.is_dir():
        what = "neither a file nor a folder" if path.exists() else "no such file or folder"
        raise InputError(f"{argument}: {what}")
    endings = (*suffixes, *(f"{suffix}.gz" for suffix in suffixes))
    found = False
    for file in _files_below(argument, os.path.realpath(output) if output else ""):
        if file.lower().endswith(endings):
            found = True
            yield Path(file), Path(file).relative_to(path)
        elif passed_over is not None:
            passed_over[Path(file).suffix.lower()] += 1
    if not found:
        raise InputError(f"{argument}: no files ending in {', '.join(suffixes)} below this folder")


def _files_below(folder: str, left_out: str) -> Iterator[str]:
    levels = [iter(_level(folder))]
    while levels:
        entry = next(levels[-1], None)
        if entry is None:
            levels.pop()
        elif entry.endswith(os.sep):
            if os.path.realpath(entry) != left_out:
                levels.append(iter(_level(entry)))
        else:
            yield entry


def _level(folder: str) -> list[str]:
    """What a folder holds, in order; folders end with a separator. Links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = [
                entry.path + os.sep if entry.is_dir(follow_symlinks=False) else entry.path
                for entry in entries
                if not (entry.is_symlink() and os.path.isdir(entry.path))  # noqa: PTH112 - a loop is none
            ]
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror}") from error
    return sorted(found, key=lambda path: path.rstrip(os.sep))


@contextmanager
def opened_input(path: Path | None) -> Iterator[IO[bytes]]:
    """A file opened to be read, unpacked by its ending; standard input where it is None.

    Raises:
        OSError: It cannot be opened, or is none: opening a pipe would wait for who writes to it.
    """
    if path is None:
        yield sys.stdin.buffer
        return
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    if path.suffix.lower() == ".gz":
        with gzip.open(path) as unpacked:
            yield unpacked  # type: ignore[misc]  # it is one, but for its type
    else:
        with path.open("rb") as file:
            yield file


def read_whole(file: IO[bytes], max_bytes: int) -> bytes:
    """All that a file holds.

    Raises:
        OSError: It holds more than `max_bytes`, or cannot be read.
    """
    body = file.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise OSError(too_large(max_bytes))
    return body


def too_large(max_bytes: int) -> str:
    """What is told of a document, or a line, with more than `max_bytes`."""
    return f"more than {max_bytes:,} bytes"


def unreadable(error: BaseException) -> str:
    """What is told of a file that cannot be read, without its name."""
    return f"cannot be read: {(isinstance(error, OSError) and error.strerror) or error}"


def tell_passed_over(argument: str, passed_over: Counter[str]) -> None:
    """Say on standard error how many files of a folder were of no type that is read."""
    if passed_over:
        endings = [ending or "no ending" for ending, _ in passed_over.most_common(SHOWN_ENDINGS)]
        more = ", …" if len(passed_over) > SHOWN_ENDINGS else ""
        line = f"{argument}: {counted(passed_over.total(), 'file')} of other types passed over"
        sys.stderr.write(visible(f"scraper: {line} ({', '.join(endings)}{more})") + "\n")


def _read(path: Path | None, relative: Path, max_bytes: int) -> Source:
    name = str(path) if path else "standard input"
    if path and path.suffix.lower() == ".gz" and not path.with_suffix("").exists():
        relative = relative.with_suffix("")  # else the results of the two would be one file
    try:
        with opened_input(path) as file:
            return Source(name=name, relative=relative, body=read_whole(file, max_bytes))
    except UNREADABLE as error:
        return Source(name=name, relative=relative, problem=unreadable(error))


@contextmanager
def until_reader_leaves() -> Iterator[None]:
    """End the verb with 0 where the reader of standard output has gone, as `head` does: nothing is wrong.

    Raises:
        typer.Exit: It has gone.
    """
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as left:
        # rich makes the second of the first.
        if isinstance(left, SystemExit) and not isinstance(left.__context__, BrokenPipeError):
            raise
        drop_output()
        raise typer.Exit from None


def is_file_here(output: str, endings: tuple[str, ...]) -> bool:
    """Whether a path names one file of this machine rather than a folder of it, as `is_file` tells.

    Raises:
        ConfigError: It ends as a file of another format, or is an address.
    """
    if is_remote(output):
        raise ConfigError(f"{output}: name a file or a folder of this machine")
    return is_file(output, endings)


def deliver(
    results: Iterable[tuple[Path, bytes]], output: str | None, *, suffix: str, file_suffixes: tuple[str, ...]
) -> None:
    """Write results as they come: to standard output, to one file, or each to a file of its own in a folder.

    Args:
        results: Pairs of an input's relative path and its result, without a line end.
        output: Unset for standard output; a path with one of `file_suffixes` is a file, another a folder.
        suffix: Ending of the files in a folder.
        file_suffixes: Endings of the formats that fit into one file.

    Raises:
        ConfigError: The path ends as a file of another format, or is an address.
        OutputError: Something cannot be written.
    """
    if output is None:
        at_terminal = sys.stdout.isatty()
        with until_reader_leaves():
            for _, data in results:
                if at_terminal:
                    data = visible_lines(data.decode("utf-8", "replace")).encode()  # noqa: PLW2901
                sys.stdout.buffer.write(data + b"\n")
                sys.stdout.buffer.flush()
        return
    from scraper.cli.manyfiles import ManyFiles
    from scraper.outputs import write_file

    path = Path(output)
    if is_file_here(output, file_suffixes):
        write_file(path, (data for _, data in results))
        return
    with ManyFiles() as files:
        for relative, data in results:
            files.write(path / relative.parent / (relative.name + suffix), (data,))
