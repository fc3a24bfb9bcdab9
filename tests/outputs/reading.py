"""Reads each format back, as its users would: the records that were written, or it says why not."""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

import msgspec
import zstandard

from scraper.outputs.encoders import FORMULA
from scraper.records import Article

KINDS = {field.name: field.type for field in msgspec.structs.fields(Article)}
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])')


def unpacked(data: bytes, name: str) -> bytes:
    if name.endswith(".gz"):
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data) if name.endswith(".zst") else data


def lines(data: bytes) -> list[Article]:
    return [msgspec.json.decode(line, type=Article) for line in data.split(b"\n") if line]


def csv_cells(data: bytes) -> Iterator[list[str | None]]:
    """Rows of strings, and None where nothing stands, which `csv` of this Python does not tell apart."""
    row: list[str | None] = []
    text, end = data.decode(), 0
    for cell in _CELL.finditer(text):
        if cell.start() != end:
            raise AssertionError(f"a cell that is none: {text[end : cell.start()]!r}")
        end = cell.end()
        quoted, bare, after = cell.groups()
        row.append(quoted.replace('""', '"') if quoted is not None else bare or None)
        if after == "\n":
            yield row
            row = []
    if end != len(text):
        raise AssertionError(f"left: {text[end:]!r}")


def from_csv(data: bytes) -> list[Article]:
    names, *rows = csv_cells(data)
    return [
        _article({str(name): _from_text(name, cell) for name, cell in zip(names, row, strict=True)})
        for row in rows
    ]


def _from_text(name: str | None, cell: str | None) -> Any:
    kind = KINDS[str(name)]
    if cell is None or _is_text(kind) or _is_time(kind):
        return cell[1:] if cell and FORMULA.match(cell) else cell
    return json.loads(cell)


def _parts(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) is UnionType else (kind,)


def _is_text(kind: Any) -> bool:
    return any(isinstance(part, type) and issubclass(part, str) for part in _parts(kind))


def _is_time(kind: Any) -> bool:
    return datetime in _parts(kind)


def _article(values: dict[str, Any]) -> Article:
    return msgspec.convert(values, Article, strict=True)


def from_parquet(file: Any) -> list[Article]:
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    return from_rows(parquet.read_table(file, partitioning=None).to_pylist())


def from_rows(rows: Iterable[dict[str, Any]]) -> list[Article]:
    return [_article(row) for row in rows]


def from_sqlite(path: Path, table: str = "articles") -> list[Article]:
    """In the order of ids."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        rows = db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608 - our own
    return [_article({name: _from_sqlite(name, row[name]) for name in row.keys()}) for row in rows]  # noqa: SIM118


def _from_sqlite(name: str, value: Any) -> Any:
    kind = KINDS[name]
    if value is None or _is_text(kind) or _is_time(kind):
        return value
    if bool in _parts(kind):
        return bool(value)
    return json.loads(value) if isinstance(value, str) else value
