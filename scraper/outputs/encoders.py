"""What turns articles into the bytes of a file: JSON lines and CSV here, Parquet beside."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO, Any, Final, Protocol

import msgspec

from scraper.errors import ConfigError
from scraper.formats import Format
from scraper.outputs.files import compressed
from scraper.outputs.shapes import Shape

_json = msgspec.json.Encoder()

FORMULA: Final = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet may take for the beginning of a formula, full-width forms too (OWASP, CSV Injection);
with apostrophes before it, so that one can be put in front and taken away again."""


class Encoder(Protocol):
    """A format of files."""

    ending: str
    """Of the names of its files."""

    def write(self, file: IO[bytes], records: Iterable[bytes]) -> None:
        """Write articles, as they are stored, as one whole file."""


def encoder(kind: Format, shape: Shape) -> Encoder:
    """What writes `kind`.

    Raises:
        ConfigError: A library for it is not installed.
    """
    if kind == "parquet":
        # An extra: imported where it is asked for.
        from scraper.outputs.parquet import Parquet  # noqa: PLC0415

        return Parquet(shape)
    if kind.startswith("csv"):
        return Csv(shape, f".{kind}")
    if kind.startswith("jsonl"):
        return Lines(shape, f".{kind}")
    raise ConfigError(f"{kind} is no format of files")


class Lines:
    """A JSON object on each line."""

    def __init__(self, shape: Shape, ending: str = ".jsonl") -> None:
        self.ending = ending
        self._shape = shape

    def write(self, file: IO[bytes], records: Iterable[bytes]) -> None:
        """Write articles, as they are stored, as one whole file."""
        with compressed(file, self.ending) as write:
            for record in records:
                write(self._shape.line(record) + b"\n")


class Csv:
    """RFC 4180, with a line of names, in UTF-8; lines end with a line feed.

    Strings are quoted and unknown values are not there at all, which tells them from empty strings; lists
    and records are JSON. A string that a spreadsheet would run gets an apostrophe in front.
    """

    def __init__(self, shape: Shape, ending: str = ".csv") -> None:
        self.ending = ending
        self._shape = shape

    def write(self, file: IO[bytes], records: Iterable[bytes]) -> None:
        """Write articles, as they are stored, as one whole file."""
        with compressed(file, self.ending) as write:
            write(_row(self._shape.names(), _quoted))
            for record in records:
                write(_row(self._shape.values(record), _cell))


def _row(values: Iterable[Any], cell: Callable[[Any], str]) -> bytes:
    return (",".join(map(cell, values)) + "\n").encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(f"'{value}" if FORMULA.match(value) else value)
    if isinstance(value, bool | int | float):
        return _json.encode(value).decode()
    if isinstance(value, datetime):
        return _json.encode(value).decode().strip('"')
    return _quoted(_json.encode(value).decode())


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
