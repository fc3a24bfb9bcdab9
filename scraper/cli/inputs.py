"""Reads what the operator names: files, folders, standard input; writes results beside or to one place."""

import gzip
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scraper.errors import ConfigError, InputError
from scraper.records import Record
from scraper.web.printable import visible_lines

STDIN = "-"
HTML_SUFFIXES = (".html", ".htm", ".xhtml")


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


def read_inputs(argument: str, suffixes: tuple[str, ...]) -> Iterator[Source]:
    """Read a file, a folder's files with one of `suffixes` (also with `.gz` behind), or standard input.

    Raises:
        InputError: Nothing is there.
    """
    if argument == STDIN:
        yield Source(name="standard input", relative=Path("stdin"), body=sys.stdin.buffer.read())
        return
    for path, relative in named_files(argument, suffixes):
        yield _read(path, relative)


def named_files(
    argument: str, suffixes: tuple[str, ...], *, output: str | None = None
) -> Iterator[tuple[Path, Path]]:
    """The file named, or those below a folder with one of `suffixes` (also with `.gz` behind), in order.

    Each comes with its path below the folder. Of a folder, the names of one level are held at a time. A
    folder `output` below it is left out: what an earlier run wrote is no input.

    Raises:
        InputError: Nothing is there.
    """
    path = Path(argument)
    if path.is_file():
        yield path, Path(path.name)
        return
    if not path.is_dir():
        raise InputError(f"{argument}: no such file or folder")
    endings = (*suffixes, *(f"{suffix}.gz" for suffix in suffixes))
    found = False
    for file in _files_below(argument, os.path.realpath(output) if output else ""):
        if file.lower().endswith(endings):
            found = True
            yield Path(file), Path(file).relative_to(path)
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
                if entry.is_file() or entry.is_dir(follow_symlinks=False)
            ]
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror}") from error
    return sorted(found, key=lambda path: path.rstrip(os.sep))


def _read(path: Path, relative: Path) -> Source:
    try:
        body = path.read_bytes()
        if path.suffix == ".gz":
            body = gzip.decompress(body)
            if not path.with_suffix("").exists():  # else the results of the two would be one file
                relative = relative.with_suffix("")
    except (OSError, EOFError, zlib.error) as error:
        return Source(name=str(path), relative=relative, problem=f"cannot be read: {error}")
    return Source(name=str(path), relative=relative, body=body)


@contextmanager
def until_reader_leaves() -> Iterator[None]:
    """End the block where the reader of standard output has gone, as `head` does: nothing is wrong then."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What Python still flushes goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def deliver(
    results: Iterable[tuple[Path, bytes]], output: str | None, *, suffix: str, file_suffixes: tuple[str, ...]
) -> None:
    """Write results as they come: to standard output, to one file, or each to a file of its own in a folder.

    Args:
        results: Pairs of an input's relative path and its result, without a line end.
        output: Unset for standard output; a path with one of `file_suffixes` is a file, any other a folder.
        suffix: Ending of the files in a folder.
        file_suffixes: Endings of the formats that fit into one file.

    Raises:
        ConfigError: The path has an ending that is no known format.
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
    if output.lower().endswith(file_suffixes):
        write_file(path, (data for _, data in results))
        return
    if path.suffix and not path.is_dir():
        raise ConfigError(
            f"{output}: unknown format; name a folder or a file ending in {', '.join(file_suffixes)}"
        )
    with ManyFiles() as files:
        for relative, data in results:
            files.write(path / relative.parent / (relative.name + suffix), (data,))
