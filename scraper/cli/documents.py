"""Texts as the operator has them: files, folders, JSON lines, gzip, standard input; one held at a time."""

import codecs
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

import msgspec

from scraper.cli.inputs import (
    MOST_BYTES,
    STDIN,
    UNREADABLE,
    is_file_here,
    named_files,
    opened_input,
    read_whole,
    too_large,
    unreadable,
    until_reader_leaves,
)
from scraper.cli.manyfiles import ManyFiles
from scraper.errors import ConfigError
from scraper.outputs import write_file
from scraper.records import Record
from scraper.web.charset import decode
from scraper.web.printable import visible_lines

LINES_SUFFIXES: Final = (".jsonl", ".ndjson")
JSON_FILES: Final = (".jsonl", ".jsonl.gz")
TEXT_FILES: Final = (".txt", ".txt.gz")
DEFAULT_FIELD: Final = "text"
MOST_CONTROLS: Final = 0.01
"""Share of control characters up to which bytes count as text: old files have a form feed or a bell."""
MOST_GARBLED: Final = 0.001
"""Share of characters that could not be decoded, up to which an encoding was told."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_GARBLED: Final = re.compile("[\ufffd\x80-\x84\x86-\x9f]")
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u(?P<alone>[dD][89a-fA-F]..)|.)", re.DOTALL
)
"""An escape in JSON, and half a pair of UTF-16 without its other half."""
_NO_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_Fields = dict[str, msgspec.Raw]


class Document(Record, frozen=True, kw_only=True):
    """One text, or what keeps it from being one."""

    name: str
    """For messages: the file, and the line of a file of JSON lines."""
    text: str | None = None
    problem: str | None = None
    fields: _Fields | None = None
    """The record that it is a field of, the values as they are written."""
    line: bytes | None = None
    """The line that it stands on, without its end; empty where that is too long to be held."""


class TextInput:
    """One file, or standard input: a document, or a document on each line."""

    def __init__(
        self,
        path: Path | None,
        relative: Path,
        *,
        field: str | None,
        encoding: str | None,
        max_bytes: int = MOST_BYTES,
    ) -> None:
        self.name = str(path) if path else "standard input"
        self.relative = relative
        """Below the folder that was named."""
        self.field = field
        """The field of JSON lines that holds the text; None where the input is one text."""
        self._path = path
        self._encoding = encoding
        self._max_bytes = max_bytes

    def documents(self) -> Iterator[Document]:
        """What it holds, in order."""
        try:
            with opened_input(self._path) as file:
                if self.field is None:
                    yield self._whole(read_whole(file, self._max_bytes))
                    return
                for number, line in enumerate(_lines(file, self._max_bytes), start=1):
                    name = f"{self.name}:{number}"
                    if line is None:
                        yield Document(name=name, problem=f"has {too_large(self._max_bytes)}", line=b"")
                    elif not line.strip():
                        yield Document(name=name, line=line)
                    else:
                        yield _on_line(name, line, self.field, first=number == 1)
        except UNREADABLE as error:
            yield Document(name=self.name, problem=unreadable(error))

    def _whole(self, body: bytes) -> Document:
        text, problem = read_text(body, self._encoding)
        return Document(name=self.name, text=text, problem=problem)


def text_inputs(
    argument: str,
    suffixes: tuple[str, ...],
    *,
    field: str | None = None,
    encoding: str | None = None,
    output: str | None = None,
    max_bytes: int = MOST_BYTES,
    passed_over: Counter[str] | None = None,
) -> Iterator[TextInput]:
    """The texts that are named: a file, those below a folder with one of `suffixes`, or standard input.

    Args:
        argument: A path, or `-`.
        suffixes: Endings of the files that are one text; files of JSON lines are always taken.
        field: What holds the text in JSON lines. It makes standard input and a file of any name JSON lines.
        encoding: Of text files; unset, it is told from the bytes.
        output: Where results go: a folder among the inputs that is none.
        max_bytes: A text, or a line of JSON lines, with more of them, once unpacked, is not taken.
        passed_over: Is added the endings of files below a folder that are of no such type.

    Raises:
        ConfigError: The encoding is none that Python knows.
        InputError: Nothing is there.
    """
    if encoding is not None:
        _check_encoding(encoding)
    if argument == STDIN:
        yield TextInput(None, Path("stdin"), field=field, encoding=encoding, max_bytes=max_bytes)
        return
    alone = Path(argument).is_file()
    endings = (*suffixes, *LINES_SUFFIXES)
    for path, relative in named_files(argument, endings, output=output, passed_over=passed_over):
        has_lines = relative.name.lower().removesuffix(".gz").endswith(LINES_SUFFIXES)
        wanted = (field or DEFAULT_FIELD) if has_lines else field if alone else None
        yield TextInput(path, relative, field=wanted, encoding=encoding, max_bytes=max_bytes)


def _check_encoding(encoding: str) -> None:
    try:
        b" ".decode(encoding)
    except LookupError as error:
        raise ConfigError(f"--encoding {encoding}: no such encoding") from error
    except UnicodeError:
        pass  # a space alone may be too short for it


def read_text(body: bytes, encoding: str | None = None) -> tuple[str | None, str | None]:
    """The text of some bytes, or what is wrong with them."""
    if encoding is not None:
        try:
            return body.decode(encoding), None
        except UnicodeError as error:
            return None, f"is not in {encoding}: {error}"
    text = decode(body, "text/plain")
    if b"\0" in body and not body.startswith(_WIDE) and len(text) > 0.6 * len(body):
        return None, "is not text: it holds NUL bytes"
    if len(_CONTROLS.findall(text)) > MOST_CONTROLS * len(text):
        return None, f"is not text: more than {MOST_CONTROLS:.0%} of it are control characters"
    if len(_GARBLED.findall(text)) > MOST_GARBLED * len(text) and not _is_utf8(body):
        return None, "is in an encoding that cannot be told; name it with --encoding"
    return text, None


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are sound: what is garbled in them was so before they were written."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _lines(file: IO[bytes], most: int) -> Iterator[bytes | None]:
    """The lines of a file without their ends, one held at a time; None for one of more than `most` bytes."""
    while line := file.readline(most + 1):
        if len(line) <= most:
            yield line.rstrip(b"\r\n")
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(most)
        yield None


def _on_line(name: str, line: bytes, field: str, *, first: bool) -> Document:
    def failed(problem: str) -> Document:
        return Document(name=name, problem=problem, line=line)

    try:
        fields = _fields_of(line.removeprefix(codecs.BOM_UTF8) if first else line)
    except _NO_JSON as error:
        return failed(f"is not a JSON object: {error}")
    if field not in fields:
        return failed(f"has no field {field!r}")
    try:
        return Document(
            name=name, text=msgspec.json.decode(fields[field], type=str), fields=fields, line=line
        )
    except _NO_JSON as error:
        return failed(f"field {field!r} is no text: {error}")


def _fields_of(line: bytes) -> _Fields:
    """The fields of an object in JSON, halves of pairs in their escapes replaced, as other decoders do."""
    try:
        return msgspec.json.decode(line, type=_Fields)
    except msgspec.DecodeError:
        mended = _ESCAPE.sub(lambda escape: rb"\ufffd" if escape["alone"] else escape[0], line)
        if mended == line:
            raise
        return msgspec.json.decode(mended, type=_Fields)


def write_results(results: Iterable[tuple[Path, Iterable[bytes]]], output: str | None) -> None:
    """Write the lines or the text that came of each input: to standard output, to one file, or to a folder.

    In a folder each has its input's path and name, and appears there whole (`ManyFiles`).

    Args:
        results: Pairs of an input's relative path and what came of it, without line ends.
        output: Unset for standard output; a path with a known ending is a file, another a folder.

    Raises:
        ConfigError: The path ends as a file of another format, or is an address.
        OutputError: Something cannot be written.
    """
    if output is None:
        at_terminal = sys.stdout.isatty()
        with until_reader_leaves():
            for _, rows in results:
                for row in rows:
                    shown = visible_lines(row.decode("utf-8", "replace")).encode() if at_terminal else row
                    sys.stdout.buffer.write(shown + b"\n")
                sys.stdout.buffer.flush()
        return
    path = Path(output)
    if is_file_here(output, (*TEXT_FILES, *JSON_FILES)):
        write_file(path, (row for _, rows in results for row in rows))
        return
    with ManyFiles() as files:
        for relative, rows in results:
            files.write(path / relative, rows)
